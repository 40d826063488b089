import { didYouMean } from '#kernel/near.ts'
import type { FieldType } from '#kernel/scalar.ts'
import type { DecisionBody } from './definition.ts'

/** What of the moment counts, and what does not and why. */
export interface Moment {
  readonly context: Readonly<Record<string, unknown>>
  readonly ignored: string[]
}

/**
 * Takes of what somebody tells of the moment that which a decision declares. A name that it does not know and a value of another
 * type would only keep offers from being shown, and nobody would learn why.
 */
export function momentOf(
  { context: declared = {} }: Pick<DecisionBody, 'context'>,
  told: Readonly<Record<string, unknown>>,
): Moment {
  const ignored: string[] = []
  const kept = Object.entries(told).filter(([name, value]) => {
    const type = Object.hasOwn(declared, name) ? declared[name] : undefined
    if (type !== undefined && isOf(type, value)) return true
    ignored.push(
      type === undefined
        ? `context.${name} is not declared${didYouMean(name, Object.keys(declared))}`
        : `context.${name} is declared as ${type}, and what came is ${typeof value}`,
    )
    return false
  })
  return { context: Object.fromEntries(kept), ignored }
}

const kinds: Readonly<Partial<Record<FieldType, readonly string[]>>> = {
  text: ['string'],
  date: ['string'],
  timestamp: ['string'],
  boolean: ['boolean'],
  // Numbers beyond what JavaScript holds come as text.
  integer: ['number', 'string'],
  decimal: ['number', 'string'],
  number: ['number', 'string'],
}

const isOf = (type: FieldType, value: unknown): boolean =>
  value === null || (kinds[type]?.includes(typeof value) ?? true)
