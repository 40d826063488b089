import type { Origin } from '#query'
import { personColumn } from './definition.ts'
import { unifiedNodes } from './fields.ts'

/** Whose ids the columns of insights hold, by relation and column. */
export type Whose = ReadonlyMap<string, string>

/** What an insight tells of whose its values are. */
interface Owned {
  readonly key: string
  readonly on?: string | undefined
  readonly dimensions: readonly string[]
}

const placeIn = (relation: string, name: string) => `${relation}.${name}`

/** The columns of insights that hold ids: `profile_id`, or the only dimension of what is on something else than people. */
export const whoseIn = (insights: readonly Owned[]): Whose =>
  new Map(
    insights.flatMap(({ key, on, dimensions: [first, ...others] }) => {
      const owner = others.length === 0 && on !== 'individual' ? first : personColumn
      return on === undefined || owner === undefined ? [] : [[placeIn(key, owner), on] as const]
    }),
  )

/** Whose id a column of a relation is, if it is one: of a person, of an account, or of what an insight is on. */
export function whoseId({ relation, column }: Origin, whose: Whose): string | undefined {
  const told = whose.get(placeIn(relation, column))
  if (told !== undefined || column !== personColumn) return told
  return unifiedNodes.get(relation)?.slice('unified:'.length) ?? 'individual'
}

/** Whose ids a column is made of, each once. */
export const whoseIds = (origins: readonly Origin[], whose: Whose): readonly string[] => [
  ...new Set(origins.flatMap((origin) => whoseId(origin, whose) ?? [])),
]
