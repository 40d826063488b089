import {
  addressOf,
  clusterUnder,
  mostRecords,
  mostValues,
  rootOf,
  type Tie,
  unite,
} from '#identity'
import type { Known } from './known.ts'
import { together, type World } from './near.ts'

/** A link that was not made. */
export interface Refusal {
  readonly reason: Exclude<Tie['verdict'], 'made'>
  /** The place of the rule in the ruleset. */
  readonly rule: number
  readonly about: string
  /** The record that the record asked about was not joined with. */
  readonly other: number
}

/** Records in their groups. */
export interface Groups {
  /** By record, its group: any number that is the same for all of it. */
  readonly groupOf: (record: number) => number
  readonly refused: readonly Refusal[]
}

/** One link that rules offer: a record agrees with all of its block so far. Of places in `reached`. */
interface Offer {
  readonly rule: number
  readonly block: number
  readonly first: number
  readonly record: number
}

/** The groups that a run would make of these records, by the same means. */
export function groupsOf(world: World, reached: readonly number[]): Groups {
  const { known, own } = world
  const place = new Map(reached.map((record, i) => [record, i]))
  const at = (record: number) => place.get(record) ?? -1
  const parent = Int32Array.from(reached, (_, i) => i)
  const offers = offersAmong(world, reached, at)
  const must = pairsAmong(reached, at, (record) => known.must.get(record) ?? [])
  const cannot = known.cannot
    .map(([one, other]) => [at(one), at(other)] as const)
    .filter(([one, other]) => one >= 0 && other >= 0)
  for (const { first, record } of offers) unite(parent, first, record)
  for (const [one, other] of must) unite(parent, one, other)
  const held = heldAmong(world, reached)
  const clean = cleanAmong(world, reached)
  const troubled = troubledIn({ world, parent, cannot, held, clean })
  const groupOf = (record: number) => rootOf(parent, at(record))
  if (troubled.size === 0) return { groupOf, refused: [] }

  const again = reached.map((_, i) => troubled.has(rootOf(parent, i)))
  const among = (i: number) => again[i] === true
  for (const i of again.keys()) if (among(i)) parent[i] = i
  const offered = offers.filter(({ record }) => among(record))
  const ties = clusterUnder(
    parent,
    {
      must: columns(must.filter(([one]) => among(one))),
      block: Int32Array.from(offered, ({ block }) => block),
      first: Int32Array.from(offered, ({ first }) => first),
      record: Int32Array.from(offered, ({ record }) => record),
    },
    {
      cannot: columns(cannot),
      mostRecords: mostRecords(known.ruleset),
      values: held,
      mostValues: (slot) => mostValues(known.ruleset, slot % identifiers),
      clean,
    },
  )
  return { groupOf, refused: refusalsOf(world, { ties, offered, own: at(own), reached }) }
}

type Pair = readonly [one: number, other: number]

/** How many identifiers a slot can tell apart. */
const identifiers = 32

const columns = (pairs: readonly Pair[]) => ({
  left: Int32Array.from(pairs, ([left]) => left),
  right: Int32Array.from(pairs, ([, right]) => right),
})

type Place = (record: number) => number

/** Links by rules in the order of a run: rule by rule, within a rule by the age of records. What is together comes first. */
function offersAmong(world: World, reached: readonly number[], at: Place): readonly Offer[] {
  const { known, own, links, recordsOf } = world
  const offers: Offer[] = []
  for (const [i, record] of reached.entries()) {
    const [oldest = record] = together(known, record)
    if (oldest !== record)
      offers.push({ rule: -1, block: -1 - at(oldest), first: at(oldest), record: i })
    for (const block of world.blocksOf(record)) {
      if (!links(block)) continue
      const rule = known.blocks.rule[block] ?? 0
      const first = at(recordsOf(block)[0] ?? own)
      if (first !== i) offers.push({ rule, block, first, record: i })
    }
  }
  return offers.sort((a, b) => a.rule - b.rule || a.record - b.record || a.block - b.block)
}

const pairsAmong = (
  reached: readonly number[],
  at: Place,
  others: (record: number) => readonly number[],
): readonly Pair[] =>
  reached.flatMap((record, i) =>
    others(record)
      .map((other) => [i, at(other)] as const)
      .filter(([one, other]) => one < other),
  )

interface HeldAmong {
  readonly record: Int32Array
  readonly slot: Int32Array
  readonly value: Int32Array
}

function heldAmong(world: World, reached: readonly number[]): HeldAmong {
  const numbers = new Map<string, number>()
  const numberOf = (value: string) => {
    const known = numbers.get(value) ?? numbers.size
    numbers.set(value, known)
    return known
  }
  const rows = reached.flatMap((record, i) =>
    world
      .heldBy(record)
      .map(({ slot, high, low }) => [i, slot, numberOf(`${high}:${low}`)] as const),
  )
  return {
    record: Int32Array.from(rows, ([record]) => record),
    slot: Int32Array.from(rows, ([, slot]) => slot),
    value: Int32Array.from(rows, ([, , value]) => value),
  }
}

type CleanAmong = Known['clean']

function cleanAmong(world: World, reached: readonly number[]): CleanAmong {
  const rows = reached.flatMap((record, i) =>
    world.cleanOf(record).map((stream) => [i, stream] as const),
  )
  return {
    record: Int32Array.from(rows, ([record]) => record),
    stream: Int32Array.from(rows, ([, stream]) => stream),
  }
}

/** The groups in which something stands between records. */
function troubledIn(of: {
  readonly world: World
  readonly parent: Int32Array
  readonly cannot: readonly Pair[]
  readonly held: HeldAmong
  readonly clean: CleanAmong
}): ReadonlySet<number> {
  const { world, parent, cannot, held, clean } = of
  const { ruleset } = world.known
  const troubled = new Set<number>()
  for (const [one, other] of cannot)
    if (rootOf(parent, one) === rootOf(parent, other)) troubled.add(rootOf(parent, one))
  const sizes = new Map<number, number>()
  for (const i of parent.keys()) {
    const root = rootOf(parent, i)
    const size = (sizes.get(root) ?? 0) + 1
    sizes.set(root, size)
    if (size > mostRecords(ruleset)) troubled.add(root)
  }
  const values = new Map<string, Set<number>>()
  for (const [i, record] of held.record.entries()) {
    const [root, slot] = [rootOf(parent, record), held.slot[i] ?? 0]
    const known = values.get(`${root}:${slot}`) ?? new Set<number>()
    values.set(`${root}:${slot}`, known.add(held.value[i] ?? 0))
    if (known.size > mostValues(ruleset, slot % identifiers)) troubled.add(root)
  }
  for (const root of crowdedBySource(parent, clean)) troubled.add(root)
  return troubled
}

/** The groups in which two records of one clean stream stand. */
function crowdedBySource(parent: Int32Array, { record, stream }: CleanAmong): readonly number[] {
  const met = new Set<string>()
  return [...record].flatMap((one, i) => {
    const root = rootOf(parent, one)
    const place = `${root}:${stream[i]}`
    if (met.has(place)) return [root]
    met.add(place)
    return []
  })
}

/** The refusals that are about the record asked about. */
function refusalsOf(
  { known }: World,
  of: {
    readonly ties: readonly Tie[]
    readonly offered: readonly Offer[]
    readonly own: number
    readonly reached: readonly number[]
  },
): readonly Refusal[] {
  return of.ties.flatMap(({ link, to, verdict, slot }) => {
    const offer = of.offered[link]
    if (verdict === 'made' || !offer || (offer.record !== of.own && to !== of.own)) return []
    const identifier = known.ruleset.limits?.identifiers?.[(slot ?? 0) % identifiers]
    const other = offer.record === of.own ? to : offer.record
    return [
      {
        reason: verdict,
        rule: offer.rule,
        about: slot !== undefined && identifier ? addressOf(identifier) : '',
        other: of.reached[other] ?? 0,
      },
    ]
  })
}

/** The profile that each group keeps, as a run gives ids: each profile claims its larger part, of several the oldest stays. */
export function profilesKept(
  world: World,
  reached: readonly number[],
  groupOf: Groups['groupOf'],
): ReadonlyMap<number, number> {
  const { records, profiles } = world.known
  const parts = new Map<number, Map<number, { size: number; first: number }>>()
  for (const record of reached) {
    const profile = records.profile[record]
    if (profile === undefined) continue
    const of = parts.get(profile) ?? new Map<number, { size: number; first: number }>()
    parts.set(profile, of)
    const part = of.get(groupOf(record)) ?? { size: 0, first: record }
    of.set(groupOf(record), { ...part, size: part.size + 1 })
  }
  const kept = new Map<number, number>()
  for (const [profile, of] of parts) {
    const [[group] = []] = [...of].sort(([, a], [, b]) => b.size - a.size || a.first - b.first)
    if (group === undefined) continue
    const other = kept.get(group)
    const isOlder = other === undefined || (profiles.age[profile] ?? 0) < (profiles.age[other] ?? 0)
    if (isOlder) kept.set(group, profile)
  }
  return kept
}
