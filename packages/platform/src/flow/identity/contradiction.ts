import type { Decision, NamedRecord } from './api.ts'

type Link = Pick<Decision, 'kind' | 'left' | 'right'>

/** Decisions that cannot hold together: records kept apart, and the chain of must-links between them. */
export interface Contradiction<D extends Link> {
  readonly apart: D
  readonly chain: readonly D[]
}

/** What tells records apart over runs: keys may change, this does not. Streams of one source tell of the same record. */
export const nameKey = ({ space, source, id }: NamedRecord): string =>
  JSON.stringify([space, source, id])

/** The first contradiction among decisions: must-links that connect what a cannot-link keeps apart. */
export function contradictionIn<D extends Link>(
  decisions: readonly D[],
): Contradiction<D> | undefined {
  const must = decisions.filter(({ kind }) => kind === 'must_link')
  const cannot = decisions.filter(({ kind }) => kind === 'cannot_link')
  const leaving = Map.groupBy(
    must.flatMap((decision) => [
      { from: nameKey(decision.left), to: nameKey(decision.right), decision },
      { from: nameKey(decision.right), to: nameKey(decision.left), decision },
    ]),
    ({ from }) => from,
  )
  for (const apart of cannot) {
    if (!leaving.has(nameKey(apart.left))) continue
    const chain = chainBetween(leaving, nameKey(apart.left), nameKey(apart.right))
    if (chain) return { apart, chain }
  }
  return undefined
}

interface Hop<D> {
  readonly from: string
  readonly to: string
  readonly decision: D
}

/** The shortest chain of must-links. */
function chainBetween<D>(
  leaving: ReadonlyMap<string, readonly Hop<D>[]>,
  from: string,
  to: string,
): readonly D[] | undefined {
  const reachedBy = new Map<string, Hop<D> | undefined>([[from, undefined]])
  // A map is walked in the order of insertion, also of what is inserted on the way.
  for (const at of reachedBy.keys())
    for (const hop of leaving.get(at) ?? []) if (!reachedBy.has(hop.to)) reachedBy.set(hop.to, hop)
  if (!reachedBy.has(to)) return undefined
  const chain: D[] = []
  for (let hop = reachedBy.get(to); hop; hop = reachedBy.get(hop.from)) chain.unshift(hop.decision)
  return chain
}
