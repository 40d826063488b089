import { createHash } from 'node:crypto'
import type { PayloadValue } from '#activation'
import type { Cell } from '#engine'
import type { Change } from './api.ts'

/** What goes along with a firing, by the names of the attributes. */
export type Data = Readonly<Record<string, PayloadValue>>

/** A rule that was met, or that was asked and not met. */
export interface Met {
  readonly trigger: 'event' | 'segment' | 'row' | 'insight' | 'profile'
  /** As the cause names them, at that time; part of the key. */
  readonly cause: string
  /** Which of the many times it was; part of the key. */
  readonly occurrence: string
  readonly holds: boolean
  readonly at: Date
  readonly profile?: string | undefined
  /** The key of a record of the account that a row names. */
  readonly account?: string | undefined
  /** The account that it is about, where it is about no person. */
  readonly subject?: string | undefined
  /** The place in the log, of events. */
  readonly event?: number
  /** All ids under which something may be remembered of whom it is about, also those that were merged into theirs. */
  readonly people: readonly string[]
  readonly data: Data
  readonly change?: Change | undefined
  /** Values before the change, by the names of the attributes that ask for them. */
  readonly was?: Data | undefined
}

/** The key of a firing: the same cause has the same key in both lanes, at each try and after each crash. */
export const keyOfMet = (action: string, { trigger, cause, occurrence }: Met): string =>
  createHash('sha256')
    .update(JSON.stringify([action, trigger, cause, occurrence]))
    .digest('hex')
    .slice(0, 32)

/** How something that is no person is called. */
export const subjectId = (on: string, id: string): string => `${on} ${id}`

/** A value of a row as JSON has it; whole numbers beyond 2^53 are text. */
export function jsonOf(cell: Cell | undefined): PayloadValue {
  if (cell === undefined) return null
  if (typeof cell === 'bigint')
    return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell)
  // Lists and structures hold cells again, of which only whole numbers are no JSON.
  if (typeof cell === 'object' && cell !== null)
    return JSON.parse(
      JSON.stringify(cell, (_, of) => (typeof of === 'bigint' ? String(of) : of)),
    ) as PayloadValue
  return cell
}
