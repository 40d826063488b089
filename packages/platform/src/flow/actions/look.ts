import type { Engine } from '#engine'
import type { InsightShape } from '#insights'
import type { Model } from '#model'
import type { Attribute, Watch } from './definition.ts'
import type { Met } from './met.ts'
import type { AsksPeople } from './who.ts'

/** What the set lane reads from. */
export interface Ground {
  readonly engine: Engine
  readonly model: () => Promise<Model>
  readonly insights: () => Promise<readonly InsightShape[]>
  /** What the members of a segment are: `individual`, `account`, or another object. */
  readonly membersOf: (segment: string) => Promise<string>
  /** The fields that tell the rows of a stream apart; none where nothing does. */
  readonly keysOf: (stream: string) => Promise<readonly string[]>
  /** The position of the last change of each segment that has been published. */
  readonly segmentPositions: () => Promise<ReadonlyMap<string, number>>
  /** The profile of the person whom events of a stream call so. */
  readonly profileOf: (stream: string, id: string) => Promise<string | undefined>
  readonly now: () => Date
  /** Where it is left out, what asks the live profile holds for nobody. */
  readonly people?: AsksPeople | undefined
}

/** What has come of a look: what was met after a position, in order and in pieces, and up to where was looked. */
export interface Look {
  readonly upTo: number
  readonly mets: AsyncIterable<readonly Met[]>
}

/** What a look is asked. */
export interface LookAt {
  readonly watch: Watch
  readonly after: number
  readonly signal: AbortSignal
}

/** Nothing was met up to here. */
export const nothingMet = (upTo: number): Look => ({ upTo, mets: noMets() })

async function* noMets(): AsyncIterable<readonly Met[]> {}

/** The attributes of a firing that are fields of what triggers it; what only suppresses sends nothing. */
export const fieldsToSend = (watch: Watch): readonly Extract<Attribute, { field: string }>[] =>
  attributesOf(watch).flatMap((one) => ('field' in one ? [one] : []))

/** The attributes of a firing that are what fields were before. */
export const valuesBefore = (watch: Watch): readonly Extract<Attribute, { was: string }>[] =>
  attributesOf(watch).flatMap((one) => ('was' in one ? [one] : []))

const attributesOf = ({ action, withinMs }: Watch): readonly Attribute[] =>
  withinMs === undefined ? (action.body.attributes ?? []) : []
