import {
  column,
  type Engine,
  join,
  type Made,
  made,
  type Part,
  placed,
  type Row,
  sql,
  value,
} from '#engine'
import type { RecordName } from './api.ts'
import type { Ruleset } from './definition.ts'
import { namesOf } from './find-record.ts'
import { labelsOf } from './graph.ts'
import { shownMatch } from './grounds.ts'
import { recordsIn } from './links.ts'
import { weightIn } from './model-words.ts'
import type { SimulatedLink, Simulation } from './simulate-api.ts'
import {
  ending,
  fallingLinks,
  fallingParts,
  joiningLinks,
  mostItems,
  newlyWaiting,
  noLongerWaiting,
  otherIds,
  publishedFigures,
  waitingPairs,
} from './simulate-steps.ts'
import { linkTable } from './tables.ts'

/** What was simulated, before it is put into words. */
export interface Found {
  readonly engine: Engine
  readonly ruleset: Ruleset
  /** The ruleset as it is published, which has words for what would no longer tie. */
  readonly published: Ruleset | undefined
  readonly where: Made
}

type Told = Pick<Simulation, 'joins' | 'splits' | 'ids' | 'review' | 'before'> & {
  readonly retired: Simulation['retired']['items']
}

/** What would become of published profiles, as people read it: counts whole, examples few, values masked. */
export async function toldOf(of: Found): Promise<Told> {
  const { on } = of.ruleset
  const ask = (query: Part) => of.engine.rows(placed(query, of.where))
  return {
    before: figuresOf(await ask(publishedFigures(on))),
    joins: await joinsOf(of, ask),
    splits: await splitsOf(of, ask),
    ids: await idsOf(on, ask),
    retired: (await ask(ending(on))).map(partFrom),
    review: await reviewOf(of, ask),
  }
}

type AskWith = (query: Part) => Promise<readonly Row[]>

const figuresOf = ([row = {}]: readonly Row[]): Simulation['before'] => {
  const [records, profiles] = [Number(row['records'] ?? 0), Number(row['profiles'] ?? 0)]
  return { records, profiles, consolidation_rate: records === 0 ? 0 : 1 - profiles / records }
}

const partFrom = (row: Row) => ({
  profile: String(row['profile']),
  records: Number(row['records']),
})

async function joinsOf(of: Found, ask: AskWith): Promise<Simulation['joins']> {
  const [total] = await ask(sql`select count(*) as n from ${made('joining')}`)
  const sizes = sql`(select profile, count(*) as records from ${linkTable(of.ruleset.on)} group by profile)`
  const rows = await ask(sql`select j.*, c.records as centre_records, o.records as other_records
    from ${made('joining')} j join ${sizes} c on c.profile = j.centre join ${sizes} o on o.profile = j.other
    where j.place <= ${value(mostItems)} order by j.place`)
  const links = await linksByPlace(of, await ask(joiningLinks))
  return {
    pairs: Number(total?.['n'] ?? 0),
    items: rows.map((row) => ({
      left: { profile: String(row['centre']), records: Number(row['centre_records']) },
      right: { profile: String(row['other']), records: Number(row['other_records']) },
      moves: Number(row['size']),
      becomes: String(row['becomes']),
      by: [...(links.get(Number(row['place'])) ?? [])].map(({ link }) => link),
    })),
  }
}

async function splitsOf(of: Found, ask: AskWith): Promise<Simulation['splits']> {
  const [total] = await ask(sql`select count(*) as n from ${made('falling')}`)
  const rows = await ask(
    sql`select * from ${made('falling')} where place <= ${value(mostItems)} order by place`,
  )
  const parts = Map.groupBy(await ask(fallingParts), (row) => Number(row['place']))
  const links = await linksByPlace(of, await ask(fallingLinks(of.ruleset.on)))
  return {
    profiles: Number(total?.['n'] ?? 0),
    items: rows.map((row) => ({
      profile: String(row['old']),
      records: Number(row['records']),
      parts: Number(row['parts']),
      into: (parts.get(Number(row['place'])) ?? []).map((part) => ({
        profile: String(part['profile']),
        records: Number(part['size']),
      })),
      without: (links.get(Number(row['place'])) ?? []).map(({ link, reason }) => ({
        ...link,
        ...(reason ? { reason } : {}),
      })),
    })),
  }
}

async function idsOf(on: Ruleset['on'], ask: AskWith): Promise<Simulation['ids']> {
  const [total] = await ask(sql`select coalesce(sum(records), 0) as n from (${otherIds(on)}) o`)
  const rows = await ask(
    sql`select * from (${otherIds(on)}) o order by records desc, old, new limit ${value(mostItems)}`,
  )
  return {
    records: Number(total?.['n'] ?? 0),
    items: rows.map((row) => ({
      from: String(row['old']),
      to: String(row['new']),
      records: Number(row['records']),
    })),
  }
}

async function reviewOf(of: Found, ask: AskWith): Promise<Simulation['review']> {
  const [totals] = await ask(
    sql`select count(*) as pairs, coalesce(sum(links), 0) as links from (${waitingPairs}) p`,
  )
  const [gone] = await ask(noLongerWaiting)
  const sizes = sql`(select profile, count(*) as records from ${made('link')} group by profile)`
  const rows = await ask(sql`select p.*, a.records as one_records, b.records as other_records
    from (${waitingPairs}) p join ${sizes} a on a.profile = p.one join ${sizes} b on b.profile = p.other
    where p.place <= ${value(mostItems)} order by p.place`)
  const links = await linksByPlace(of, await ask(linksOfPairs(rows)))
  return {
    pairs: Number(totals?.['pairs'] ?? 0),
    links: Number(totals?.['links'] ?? 0),
    no_longer: Number(gone?.['n'] ?? 0),
    items: rows.map((row) => ({
      left: { profile: String(row['one']), records: Number(row['one_records']) },
      right: { profile: String(row['other']), records: Number(row['other_records']) },
      // Only these words are ever written there.
      reason: String(row['reason']) as Simulation['review']['items'][number]['reason'],
      ...(row['about'] === '' ? {} : { about: String(row['about']) }),
      links: Number(row['links']),
      examples: (links.get(Number(row['place'])) ?? []).map(({ link }) => link),
    })),
  }
}

const [left, right] = [column('left'), column('right')]

/** The first links between pairs of profiles. */
function linksOfPairs(rows: readonly Row[]): Part {
  const pairs = rows.map(
    (row) =>
      sql`(${value(BigInt(String(row['one'])))}, ${value(BigInt(String(row['other'])))}, ${value(Number(row['place']))})`,
  )
  if (pairs.length === 0) return sql`select 0 as place where false`
  return sql`select * from (select p.place, w.*, row_number() over (partition by p.place order by w.rule, w.${left}, w.${right}, w.matched) as turn
      from (${newlyWaiting}) w join (values ${join(pairs)}) p(one, other, place) on p.one = w.one and p.other = w.other) told
    where turn <= 3 order by place, turn`
}

interface Tied {
  readonly link: SimulatedLink
  readonly reason: Simulation['review']['items'][number]['reason'] | undefined
}

/** Links in words, by the example that they belong to. */
async function linksByPlace(
  { engine, ruleset, published }: Found,
  rows: readonly Row[],
): Promise<ReadonlyMap<number, readonly Tied[]>> {
  const links = rows.map((row) => ({
    place: Number(row['place']),
    rule: String(row['rule']),
    left: String(row['left']),
    right: String(row['right']),
    matched: String(row['matched']),
    // Only these words are ever written there.
    reason: (row['reason'] ?? undefined) as Tied['reason'],
  }))
  const names = await namesOf(engine, ruleset.on, recordsIn(links))
  const [now, before] = [labelsOf(ruleset), labelsOf(published ?? ruleset)]
  const told = links.flatMap(({ place, rule, matched, reason, ...ends }) => {
    const [left, right]: (RecordName | undefined)[] = [names.get(ends.left), names.get(ends.right)]
    if (!left || !right) return []
    const shown = { rule, ...before(rule), ...now(rule), matched: shownMatch({ rule, matched }) }
    return [
      { place, tied: { link: { ...shown, ...weightIn({ rule, matched }), left, right }, reason } },
    ]
  })
  const byPlace = Map.groupBy(told, ({ place }) => place)
  return new Map([...byPlace].map(([place, all]) => [place, all.map(({ tied }) => tied)]))
}
