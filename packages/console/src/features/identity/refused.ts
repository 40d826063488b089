import type { Explanation, RecordName } from '@tessera/platform/contract'

type RefusedLink = NonNullable<Explanation['refused']>[number]

/** A link that was not made, whichever question brought it. */
export type Refusal = Omit<RefusedLink, 'from' | 'to'> & {
  readonly left: RecordName
  readonly right: RecordName
}

/** Links that were not made for the same reason, on the ground of the same value. */
export interface Ground {
  readonly key: string
  readonly of: Refusal
  readonly pairs: readonly (readonly [RecordName, RecordName])[]
}

/** Puts links together that one rule offers for one value: a block of records gives many of them. */
export function groundsOf(links: readonly Refusal[]): readonly Ground[] {
  const keyOf = ({ rule, matched, reason }: Refusal) => JSON.stringify([rule, matched, reason])
  return [...Map.groupBy(links, keyOf)].flatMap(([key, same]) => {
    const [first] = same
    return first
      ? [{ key, of: first, pairs: same.map(({ left, right }) => [left, right] as const) }]
      : []
  })
}
