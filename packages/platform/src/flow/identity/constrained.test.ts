import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Constraints, clusterUnder, type Offers, type Verdict } from './constrained.ts'

type Pair = readonly [number, number]

interface Case {
  readonly count: number
  readonly must: readonly Pair[]
  readonly cannot: readonly Pair[]
  /** Blocks in canonical order, each with its members from the oldest. */
  readonly blocks: readonly (readonly number[])[]
  /** Whether blocks are gone through side by side, by the age of records, as a rule does. */
  readonly byAge: boolean
  readonly ids: readonly { record: number; slot: number; value: number }[]
  readonly mostRecords: number
  /** Records of streams in which nobody stands twice. */
  readonly clean: readonly { record: number; stream: number }[]
}

const cases = fc.integer({ min: 2, max: 14 }).chain((count) => {
  const record = fc.nat(count - 1)
  const pair = fc.tuple(record, record).filter(([a, b]) => a !== b)
  const members = fc.uniqueArray(record, { minLength: 2, maxLength: 6 })
  return fc.record({
    count: fc.constant(count),
    must: fc.array(pair, { maxLength: 3 }),
    cannot: fc.array(pair, { maxLength: 5 }),
    blocks: fc.array(
      members.map((of) => of.toSorted((a, b) => a - b)),
      { maxLength: 12 },
    ),
    byAge: fc.boolean(),
    ids: fc.array(fc.record({ record, slot: fc.nat(1), value: fc.nat(2) }), { maxLength: 6 }),
    mostRecords: fc.integer({ min: 2, max: 15 }),
    clean: fc.array(fc.record({ record, stream: fc.nat(1) }), { maxLength: 4 }),
  })
})

function linksOf({ blocks, byAge }: Pick<Case, 'blocks' | 'byAge'>) {
  const links = blocks.flatMap(([first = 0, ...rest], block) =>
    rest.map((record) => ({ block, first, record })),
  )
  return byAge ? links.toSorted((a, b) => a.record - b.record) : links
}

/** The textbook: every record asks all members of its block before it; groups as sets that are looked through whole. */
function groupsByHand(at: Case): number[] {
  const { count, must, cannot, blocks, ids, mostRecords, clean } = at
  let groups = Array.from({ length: count }, (_, i) => [i])
  const of = (record: number) => groups.find((group) => group.includes(record))!
  const hands: number[] = []
  const room = (group: readonly number[]) => 1 + hands.filter((one) => group.includes(one)).length
  const join = (a: number[], b: number[]) => {
    if (a !== b) groups = [...groups.filter((g) => g !== a && g !== b), [...a, ...b]]
  }
  const values = (group: number[], slot: number) =>
    ids.filter((id) => id.slot === slot && group.includes(id.record)).map(({ value }) => value)
  const streams = (group: number[]) =>
    clean.filter(({ record }) => group.includes(record)).map(({ stream }) => stream)
  const may = (a: number[], b: number[]) =>
    !streams(a).some((stream) => streams(b).includes(stream)) &&
    !cannot.some(
      ([l, r]) => (a.includes(l) && b.includes(r)) || (b.includes(l) && a.includes(r)),
    ) &&
    a.length + b.length <= mostRecords * room([...a, ...b]) &&
    [0, 1].every((slot) => {
      const [ours, theirs] = [values(a, slot), values(b, slot)]
      return (
        !ours.length ||
        !theirs.length ||
        new Set([...ours, ...theirs]).size <= (1 + slot) * room([...a, ...b])
      )
    })
  for (const [a, b] of must) {
    if (of(a) !== of(b)) hands.push(a)
    join(of(a), of(b))
  }
  for (const { block, record } of linksOf(at)) {
    const before = blocks[block]!.filter((member) => member < record)
    const found = before.find((other) => of(other) === of(record) || may(of(other), of(record)))
    if (found !== undefined) join(of(found), of(record))
  }
  return Array.from({ length: count }, (_, i) => Math.min(...of(i)))
}

const column = (of: readonly number[]) => Int32Array.from(of)
const pairs = (of: readonly Pair[]) => ({
  left: column(of.map(([a]) => a)),
  right: column(of.map(([, b]) => b)),
})

function offersOf(of: Case): Offers {
  const links = linksOf(of)
  return {
    must: pairs(of.must),
    block: column(links.map(({ block }) => block)),
    first: column(links.map(({ first }) => first)),
    record: column(links.map(({ record }) => record)),
  }
}

const constraintsOf = ({ cannot, ids, mostRecords, clean }: Case): Constraints => ({
  cannot: pairs(cannot),
  mostRecords,
  values: {
    record: column(ids.map(({ record }) => record)),
    slot: column(ids.map(({ slot }) => slot)),
    value: column(ids.map(({ value }) => value)),
  },
  mostValues: (slot) => 1 + slot,
  clean: {
    record: column(clean.map(({ record }) => record)),
    stream: column(clean.map(({ stream }) => stream)),
  },
})

function clustered(of: Case) {
  const parent = Int32Array.from({ length: of.count }, (_, i) => i)
  const offers = offersOf(of)
  const ties = clusterUnder(parent, offers, constraintsOf(of))
  for (let i = 0; i < of.count; i++) parent[i] = parent[parent[i]!]!
  return { roots: [...parent], ties, offers }
}

test('groups are those of the textbook over all members of every block', () => {
  fc.assert(
    fc.property(cases, (of) => {
      expect(clustered(of).roots).toEqual(groupsByHand(of))
    }),
    { numRuns: 1500 },
  )
})

test('ties that are made hold groups together, and ties that are refused lead out of them', () => {
  fc.assert(
    fc.property(cases, (of) => {
      const { roots, ties, offers } = clustered(of)
      const isKnown = new Set(ties.map(({ link }) => link))
      expect(isKnown.size).toBe(offers.record.length)
      for (const { link, to, verdict } of ties)
        expect(roots[to] === roots[offers.record[link]!]).toBe(verdict === 'made')
      const made = ties.filter(({ verdict }) => verdict === 'made')
      const alone = { ...of, cannot: [], ids: [], clean: [], mostRecords: of.count }
      // Each tie a block of its own, from the older to the younger.
      const links = made.map(({ link, to }) => [to, offers.record[link]!].toSorted((a, b) => a - b))
      expect(groupsByHand({ ...alone, blocks: links })).toEqual(roots)
    }),
  )
})

test('no group holds two records of a clean stream, unless links by hand alone tie them', () => {
  fc.assert(
    fc.property(cases, (of) => {
      const { roots } = clustered(of)
      const hands = groupsByHand({ ...of, blocks: [] })
      for (const one of of.clean)
        for (const { record, stream } of of.clean)
          if (stream === one.stream && roots[record] === roots[one.record])
            expect(hands[record]).toBe(hands[one.record])
    }),
    { numRuns: 500 },
  )
})

test('records that agree with each other come together although their centre refuses them', () => {
  const none = { must: [], ids: [], clean: [], mostRecords: 9, count: 4, byAge: false }
  const { roots, ties } = clustered({
    ...none,
    cannot: [
      [0, 1],
      [0, 2],
    ],
    blocks: [[0, 1, 2, 3]],
  })
  expect(roots).toEqual([0, 1, 1, 0])
  const told = ties.map(({ to, verdict }): [number, Verdict] => [to, verdict])
  expect(told).toEqual([
    [0, 'kept_apart'],
    [0, 'kept_apart'],
    [1, 'made'],
    [0, 'made'],
  ])
})
