import { column, type Engine, join, type Part, sql, value } from '#engine'
import { modelTable } from '#model'
import type { Decision, RecordName, Review, ReviewItem, ReviewQuery, SettleBody } from './api.ts'
import { type DecideTools, decide, pairKey } from './decide.ts'
import { type DecisionRecords, standing } from './decisions.ts'
import {
  addressOf,
  cleanStreams,
  mostRecords,
  mostValues,
  type Ruleset,
  type Subject,
} from './definition.ts'
import { identityFaults } from './faults.ts'
import { namesOf } from './find-record.ts'
import { labelsOf } from './graph.ts'
import { shownMatch } from './grounds.ts'
import { recordsIn } from './links.ts'
import { type RefusedLink, refusedFrom, refusedLinks } from './refused.ts'
import { linkTable, unifiedTable } from './tables.ts'

/** Links that guards hold back, as pairs of profiles: the smaller id first. */
const waiting = (on: Subject): Part =>
  sql`(select *, least(left_profile, right_profile) as one, greatest(left_profile, right_profile) as other
    from ${refusedLinks(on)} r where reason <> 'kept_apart')`

interface ReviewTools {
  readonly engine: Engine
  readonly ruleset: Ruleset
  readonly decisions: DecisionRecords
}

interface Pair {
  readonly one: string
  readonly other: string
}

/** What waits for review, the pairs with the most links first. */
export async function review(
  { engine, ruleset, decisions }: ReviewTools,
  { limit = 50, offset = 0 }: ReviewQuery,
): Promise<Review> {
  const { on } = ruleset
  const [totals] = await engine.rows(
    sql`select count(*) as pairs, coalesce(sum(n), 0) as links from (
      select count(*) as n from ${waiting(on)} w group by one, other) p`,
  )
  const rows = await engine.rows(sql`select w.one, w.other, count(*) as links,
      min(a.record_count) as one_records, min(b.record_count) as other_records
    from ${waiting(on)} w join ${unifiedTable(on)} a on a.profile = w.one
    join ${unifiedTable(on)} b on b.profile = w.other
    group by w.one, w.other order by links desc, w.one, w.other limit ${value(limit)} offset ${value(offset)}`)
  const pairs = rows.map((row) => ({
    one: String(row['one']),
    other: String(row['other']),
    links: Number(row['links']),
    records: [Number(row['one_records']), Number(row['other_records'])] as const,
  }))
  const links = await linksBetween(engine, on, pairs)
  const names = await namesOf(engine, on, recordsIn(links))
  const byPair = Map.groupBy(links, pairOf)
  const known = new Map(standing(await decisions.list(on)).map((of) => [pairKey(of), of]))
  return {
    pairs: Number(totals?.['pairs'] ?? 0),
    links: Number(totals?.['links'] ?? 0),
    items: pairs.flatMap((pair) => {
      const found = byPair.get(keyOf(pair)) ?? []
      return itemFrom({ ruleset, pair, links: found, names, known }) ?? []
    }),
  }
}

const keyOf = ({ one, other }: Pair): string => `${one} ${other}`

const pairOf = ({ leftProfile, rightProfile }: RefusedLink): string => {
  const isTurned = BigInt(leftProfile) > BigInt(rightProfile)
  return isTurned ? `${rightProfile} ${leftProfile}` : `${leftProfile} ${rightProfile}`
}

/** The links that wait between pairs of profiles, the oldest rule and the oldest records first. */
async function linksBetween(
  engine: Engine,
  on: Subject,
  pairs: readonly Pair[],
): Promise<readonly RefusedLink[]> {
  if (pairs.length === 0) return []
  const wanted = join(
    pairs.map(({ one, other }) => sql`(${value(BigInt(one))}, ${value(BigInt(other))})`),
  )
  const rows = await engine.rows(
    sql`select * from ${waiting(on)} w where (one, other) in (${wanted}) order by 1, 2, 3, 4`,
  )
  return rows.map(refusedFrom)
}

/** How many links of a pair are shown. */
const mostExamples = 3

function itemFrom(of: {
  readonly ruleset: Ruleset
  readonly pair: Pair & { readonly links: number; readonly records: readonly [number, number] }
  readonly links: readonly RefusedLink[]
  readonly names: ReadonlyMap<string, RecordName>
  readonly known: ReadonlyMap<string, Decision>
}): ReviewItem | undefined {
  const { ruleset, pair, links, names, known } = of
  const [first] = links
  if (!first) return undefined
  const labels = labelsOf(ruleset)
  const named = links.flatMap(({ rule, matched, left: a, right: b }) => {
    const [left, right] = [names.get(a), names.get(b)]
    if (!left || !right) return []
    return [{ rule, ...labels(rule), matched: shownMatch({ rule, matched }), left, right }]
  })
  const decided = named
    .flatMap(({ left, right }) =>
      (['must_link', 'cannot_link'] as const).map((kind) => pairKey({ kind, left, right })),
    )
    .flatMap((key) => known.get(key)?.number ?? [])
    .at(0)
  return {
    left: { profile: pair.one, records: pair.records[0] },
    right: { profile: pair.other, records: pair.records[1] },
    why: whyOf(first, ruleset, pair.records),
    reason: first.reason,
    ...(first.about === undefined ? {} : { about: first.about }),
    links: pair.links,
    examples: named.slice(0, mostExamples),
    ...(decided === undefined ? {} : { decided }),
  }
}

function whyOf(
  { reason, about }: RefusedLink,
  ruleset: Ruleset,
  [one, other]: readonly [number, number],
): string {
  if (reason === 'too_many_records')
    return `together they would have ${one + other} records; rules may bring ${mostRecords(ruleset)} together`
  if (reason === 'clean_source') return 'two records of a stream in which nobody stands twice'
  if (reason === 'weak_link')
    return 'these two weigh enough, but the rest of their groups speaks against it'
  const place = (ruleset.limits?.identifiers ?? []).findIndex((of) => addressOf(of) === about)
  const most = mostValues(ruleset, place)
  return `together they would have more than ${most} different ${about ?? 'identifiers'}`
}

/**
 * Decides about pairs of profiles, all or none: joined by their first link (and by two records of each clean stream in which both
 * stand, for nothing else brings these together), or kept apart by all of them.
 */
export async function settleReview(
  tools: DecideTools,
  { decide: how, pairs, why }: SettleBody,
  ruleset: Ruleset,
): Promise<readonly Decision[]> {
  const { engine, on } = tools
  const wanted = pairs.map(({ left, right }) => {
    const [one = left, other = right] = BigInt(left) > BigInt(right) ? [right, left] : [left, right]
    return { one, other }
  })
  const links = await linksBetween(engine, on, wanted)
  const byPair = Map.groupBy(links, pairOf)
  const twos = how === 'join' ? await twosOfCleanStreams(engine, ruleset, wanted) : new Map()
  const kind = how === 'join' ? ('must_link' as const) : ('cannot_link' as const)
  const chosen = wanted.flatMap((pair, i) => {
    const found = byPair.get(keyOf(pair))
    const details = { left: pair.one, right: pair.other }
    if (!found) throw identityFaults.not_in_review(details, { at: `pairs[${i}]` })
    return how === 'join' ? [...found.slice(0, 1), ...(twos.get(keyOf(pair)) ?? [])] : found
  })
  const names = await namesOf(engine, on, recordsIn(chosen))
  const verdicts = chosen.flatMap(({ left: a, right: b }) => {
    const [left, right] = [names.get(a), names.get(b)]
    return left && right ? [{ kind, left, right }] : []
  })
  return decide(tools, verdicts, why)
}

type Ends = Pick<RefusedLink, 'left' | 'right'>

/** By pairs of profiles: of each clean stream in which both stand, one record of each. */
async function twosOfCleanStreams(
  engine: Engine,
  ruleset: Ruleset,
  pairs: readonly Pair[],
): Promise<ReadonlyMap<string, readonly Ends[]>> {
  const streams = cleanStreams(ruleset)
  if (streams.length === 0) return new Map()
  const wanted = join(
    pairs.map(({ one, other }) => sql`(${value(BigInt(one))}, ${value(BigInt(other))})`),
  )
  const members = sql`(select distinct l.profile, r._stream as stream, l.record from ${linkTable(ruleset.on)} l
    join ${modelTable(ruleset.on)} r on r._key = l.record
    where r._stream in (${join(streams.map((stream) => value(stream)))}))`
  const rows = await engine.rows(sql`select p.one, p.other, min(a.record) as ${column('left')},
      min(b.record) as ${column('right')} from (values ${wanted}) p(one, other)
    join ${members} a on a.profile = p.one join ${members} b on b.profile = p.other and b.stream = a.stream
    group by p.one, p.other, a.stream order by a.stream`)
  const found = rows.map((row) => ({
    pair: { one: String(row['one']), other: String(row['other']) },
    left: String(row['left']),
    right: String(row['right']),
  }))
  return Map.groupBy(found, ({ pair }) => keyOf(pair))
}
