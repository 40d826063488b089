import { rootOf, unite } from './clusters.ts'

/** Pairs of record numbers: (`left[i]`, `right[i]`). */
export interface Pairs {
  readonly left: Int32Array
  readonly right: Int32Array
}

/** What keeps groups apart. */
export interface Constraints {
  /** Pairs that people said are not one. */
  readonly cannot: Pairs
  /** A group that rules make holds no more records than this. */
  readonly mostRecords: number
  /** Values of strong identifiers, one row per record and value. */
  readonly values: {
    readonly record: Int32Array
    /** Values of one slot are comparable, such as the passport numbers. */
    readonly slot: Int32Array
    readonly value: Int32Array
  }
  /** How many values of a slot a group may hold that rules make. */
  readonly mostValues: (slot: number) => number
  /** Records of streams in which nobody stands twice, one row per record and stream: only links by hand bring two of one together. */
  readonly clean: { readonly record: Int32Array; readonly stream: Int32Array }
}

/** What is to be linked, in canonical order. Link `i` says that a record agrees with all of its block so far. */
export interface Offers {
  readonly must: Pairs
  readonly block: Int32Array
  /** The oldest record of the block. */
  readonly first: Int32Array
  readonly record: Int32Array
}

/** What became of a link: made, or what stood against it. */
export type Verdict =
  | 'made'
  | 'kept_apart'
  | 'clean_source'
  | 'identifiers_differ'
  | 'too_many_records'

/** One answer to link `link`: the record tied to `to`, or refused by the group of `to`. */
export interface Tie {
  readonly link: number
  readonly to: number
  readonly verdict: Verdict
  /** Where identifiers differ: the slot whose values do. */
  readonly slot?: number
}

type Answer = Pick<Tie, 'verdict' | 'slot'>

/**
 * Groups under constraints. Links by hand come first and always hold. Links of rules are taken in their order: a record is
 * tied to the first member of its block whose group it may join; groups that refused it on the way are told, unless they
 * became one by another way. Members that were tied to an earlier one need not be asked: they are in its group.
 * A group with links by hand may hold as much more as rules may bring together, once for each: otherwise joining two full
 * groups by hand would only move the refusal elsewhere. Of clean streams it makes none: two records of one are tied by hand or
 * not at all.
 * `parent` holds, for every record that is offered, the record itself; afterwards its group.
 */
export function clusterUnder(
  parent: Int32Array,
  offers: Offers,
  constraints: Constraints,
): readonly Tie[] {
  const groups = groupsUnder(parent, constraints)
  for (const [i, left] of offers.must.left.entries())
    groups.join(left, offers.must.right[i] ?? left, 'by hand')
  const doors = new Map<number, number[]>()
  const ties: Tie[] = []
  for (const [link, record] of offers.record.entries()) {
    const block = offers.block[link] ?? 0
    const members = doors.get(block) ?? [offers.first[link] ?? 0]
    doors.set(block, members)
    const found = answers(members, record, groups).map((answer) => ({ link, ...answer }))
    ties.push(...found)
    if (found.at(-1)?.verdict !== 'made') members.push(record)
  }
  const isOne = ({ link, to }: Tie) =>
    rootOf(parent, to) === rootOf(parent, offers.record[link] ?? to)
  return ties.map((tie) => (isOne(tie) ? { link: tie.link, to: tie.to, verdict: 'made' } : tie))
}

// The refusals that a record meets in a block, and the first member that it may be one with.
function answers(
  members: readonly number[],
  record: number,
  groups: ReturnType<typeof groupsUnder>,
): readonly Omit<Tie, 'link'>[] {
  const met: Omit<Tie, 'link'>[] = []
  for (const to of members) {
    const answer = groups.answerTo(to, record)
    met.push({ to, ...answer })
    if (answer.verdict !== 'made') continue
    groups.join(to, record, 'by rule')
    break
  }
  return met
}

/** Groups that know their size, whom they are kept apart from, and the identifiers they hold; by their roots. */
function groupsUnder(
  parent: Int32Array,
  { cannot, mostRecords, values, mostValues, clean }: Constraints,
) {
  const sizes = new Map<number, number>()
  const byHand = new Map<number, number>()
  const apart = new Map<number, Set<number>>()
  const held = new Map<number, Map<number, Set<number>>>()
  const streams = new Map<number, Set<number>>()
  for (const [i, left] of cannot.left.entries()) {
    const right = cannot.right[i] ?? left
    apart.set(left, (apart.get(left) ?? new Set()).add(right))
    apart.set(right, (apart.get(right) ?? new Set()).add(left))
  }
  for (const [i, record] of values.record.entries())
    hold(held, record, values.slot[i] ?? 0, [values.value[i] ?? 0])
  for (const [i, record] of clean.record.entries())
    streams.set(record, (streams.get(record) ?? new Set()).add(clean.stream[i] ?? 0))

  const sizeOf = (root: number) => sizes.get(root) ?? 1
  const isKeptApart = (a: number, b: number) =>
    [...(apart.get(a) ?? [])].some((other) => rootOf(parent, other) === b)
  const isTwiceInOne = (a: number, b: number) =>
    [...(streams.get(a) ?? [])].some((stream) => streams.get(b)?.has(stream))
  /** How many times over the two may together hold what rules may bring together. */
  const room = (a: number, b: number) => 1 + (byHand.get(a) ?? 0) + (byHand.get(b) ?? 0)
  const differing = (a: number, b: number) =>
    [...(held.get(a) ?? [])].find(([slot, ours]) => {
      const theirs = held.get(b)?.get(slot)
      return (
        theirs !== undefined && new Set([...ours, ...theirs]).size > mostValues(slot) * room(a, b)
      )
    })

  return {
    answerTo: (left: number, right: number): Answer => {
      const [a, b] = [rootOf(parent, left), rootOf(parent, right)]
      if (a === b) return { verdict: 'made' }
      if (isKeptApart(a, b)) return { verdict: 'kept_apart' }
      if (isTwiceInOne(a, b)) return { verdict: 'clean_source' }
      const [slot] = differing(a, b) ?? []
      if (slot !== undefined) return { verdict: 'identifiers_differ', slot }
      const isTooMany = sizeOf(a) + sizeOf(b) > mostRecords * room(a, b)
      return { verdict: isTooMany ? 'too_many_records' : 'made' }
    },
    join: (left: number, right: number, how: 'by hand' | 'by rule'): void => {
      const [a, b] = [rootOf(parent, left), rootOf(parent, right)]
      if (a === b) return
      const size = sizeOf(a) + sizeOf(b)
      const hands = room(a, b) - (how === 'by hand' ? 0 : 1)
      unite(parent, a, b)
      const [into, from] = a < b ? [a, b] : [b, a]
      sizes.set(into, size)
      byHand.set(into, hands)
      const others = apart.get(from)
      if (others) apart.set(into, new Set([...(apart.get(into) ?? []), ...others]))
      const theirs = streams.get(from)
      if (theirs) streams.set(into, new Set([...(streams.get(into) ?? []), ...theirs]))
      for (const [slot, of] of held.get(from) ?? []) hold(held, into, slot, of)
    },
  }
}

function hold(
  held: Map<number, Map<number, Set<number>>>,
  root: number,
  slot: number,
  values: Iterable<number>,
): void {
  const slots = held.get(root) ?? new Map<number, Set<number>>()
  held.set(root, slots)
  const known = slots.get(slot) ?? new Set<number>()
  slots.set(slot, known)
  for (const one of values) known.add(one)
}
