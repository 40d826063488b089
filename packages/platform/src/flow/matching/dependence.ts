import {
  as,
  call,
  cast,
  column,
  every,
  join,
  made,
  type Part,
  type Row,
  type Step,
  sql,
  value,
} from '#engine'
import type { Dependence } from './agreement.ts'
import { kindOf } from './column-kinds.ts'
import type { MatchingSettings } from './definition.ts'
import type { PatternCount } from './learn.ts'
import { isList, type Records } from './records.ts'
import { listName, recordName } from './rows.ts'
import { type Suspicion, sharedByOthers } from './sharing.ts'

/** The step that holds some of the records, as letters and digits only: `n`, `space`, `place`, a column per comparison. */
const lookedAtName = 'looked_at'

const lettersColumn = (i: number) => column(`c${i}`)

/** So many records are looked at; and so many, about, to see what follows from a value. */
const mostLookedAt = 20_000
const mostInGroups = 100_000

/** What of a text can be made of something else: of an address, what stands before the sign. */
const letters = (of: Part): Part =>
  call(
    'replace_all',
    sql`lower(${call('split_part', of, value('@'), value(1))})`,
    value('[^\\p{L}\\p{N}]'),
    value(''),
  )

/** Some of the shuffled records, in their order. */
export function lookedAtStep({ comparisons }: MatchingSettings, records: Records): Step {
  const columns = comparisons.flatMap((of, i) =>
    isList(records, of.column) ? [] : [as(letters(column(of.column, 'r')), lettersColumn(i))],
  )
  return {
    name: lookedAtName,
    says: 'some records, to see whether columns are made of others',
    query: sql`select ${join([sql`s.n`, sql`s.space`, sql`s.place`, ...columns])} from ${made('shuffled')} s
      join ${made(recordName)} r on r.n = s.n where s.place < ${value(mostLookedAt)}`,
  }
}

type Ask = (query: Part) => Promise<readonly Row[]>

/** What is looked at. */
export interface Looked {
  readonly settings: MatchingSettings
  readonly records: Records
  /** By comparison, how many of all pairs have the same value, where that was counted. */
  readonly agreeing: readonly (number | undefined)[]
  readonly count: number
  readonly allPairs: number
  /** How the candidates agree. */
  readonly candidates: readonly PatternCount[]
}

/** What follows from what; and where others share much of it, what is a person's own. */
export interface Dependences {
  readonly found: ReadonlyMap<number, Dependence>
  readonly own: readonly number[]
}

/**
 * Which comparisons follow from others, by their place: what people said, or else what the records show. Values that hold
 * the values of another column are made of them; and a column whose values are mostly the same where another is follows
 * from that, as a city from its postal code. What households share follows from each other, too. No comparison depends on itself through others.
 */
export async function findDependences(ask: Ask, looked: Looked): Promise<Dependences> {
  const { comparisons } = looked.settings
  const found = new Map<number, Dependence>()
  for (const [i, { depends_on: names }] of comparisons.entries())
    if (names && names.length > 0)
      found.set(i, { of: placesOf(names, looked), why: 'as it was set' })
  const isTold = ({ from }: Suspicion) => comparisons[from]?.depends_on !== undefined
  const suspected = [...(await madeOf(ask, looked)), ...(await following(ask, looked))]
  for (const one of suspected) if (!isTold(one) && !found.has(one.from)) add(found, one)
  const shared = sharedByOthers(looked, found)
  for (const one of shared.follow) if (!isTold(one)) add(found, one)
  return { found, own: shared.own }
}

/** Adds to what a comparison follows from, as far as it does not follow from itself by it. */
function add(found: Map<number, Dependence>, { from, of, why }: Suspicion): void {
  const before = found.get(from)
  const free = of.filter((place) => !before?.of.includes(place) && !reaches(found, place, from))
  if (free.length === 0) return
  const all = [...(before?.of ?? []), ...free].slice(0, makings.most)
  found.set(from, { of: all, why: before ? `${before.why}, ${why}` : why })
}

const placesOf = (names: readonly string[], { settings }: Looked): number[] =>
  names.map((name) => settings.comparisons.findIndex((of) => of.column === name))

function reaches(found: ReadonlyMap<number, Dependence>, from: number, to: number): boolean {
  return from === to || (found.get(from)?.of.some((next) => reaches(found, next, to)) ?? false)
}

/** Values are made of others when so many hold them, and that is so many times more than by chance. */
const makings = { share: 0.05, timesChance: 3, letters: 3, most: 4 } as const

async function madeOf(ask: Ask, { settings, records }: Looked): Promise<readonly Suspicion[]> {
  const { comparisons } = settings
  const singles = comparisons.flatMap((of, i) => (isList(records, of.column) ? [] : [i]))
  const shares: { from: number; of: number; share: number }[] = []
  for (const [from, { column: name }] of comparisons.entries()) {
    const others = singles.filter((i) => i !== from)
    if (others.length === 0) continue
    const [row = {}] = await ask(holding({ from, name, others }, isList(records, name)))
    for (const of of others) {
      const [both, held, chance] = ['both', 'held', 'chance'].map((word) =>
        Number(row[`${word}${of}`]),
      )
      const share = (held ?? 0) / Math.max(1, both ?? 0)
      const least = Math.max(
        makings.share,
        (makings.timesChance * (chance ?? 0)) / Math.max(1, both ?? 0),
      )
      if ((held ?? 0) >= 10 && share >= least) shares.push({ from, of, share })
    }
  }
  // Of two that hold each other, the one that is held more often is the one that the other is made of.
  const clear = shares.filter(({ from, of, share }) => {
    const back = shares.find((one) => one.from === of && one.of === from)?.share ?? 0
    return share > back || (share === back && of < from)
  })
  return suspicionsOf(clear, { settings, records })
}

function suspicionsOf(
  shares: readonly { from: number; of: number; share: number }[],
  { settings: { comparisons }, records }: Pick<Looked, 'settings' | 'records'>,
): readonly Suspicion[] {
  const isName = (i: number) => {
    const name = comparisons[i]?.column ?? ''
    return ['first_name', 'last_name'].includes(kindOf(name)) && !isList(records, name)
  }
  const names = comparisons.flatMap((_, i) => (isName(i) ? [i] : []))
  return [...Map.groupBy(shares, ({ from }) => from)].map(([from, found]) => {
    const best = found.toSorted((a, b) => b.share - a.share)
    // Of a name there is often only an initial, so one of them stands for both.
    const some = best.flatMap(({ of }) => (isName(of) && !isName(from) ? names : [of]))
    const why = best
      .map(({ of, share }) => `${Math.round(share * 100)} % hold the ${comparisons[of]?.column}`)
      .join(', ')
    return { from, of: [...new Set(some)].slice(0, makings.most), why }
  })
}

/** How often the values of a column hold those of others, and how often they hold those of the next record. */
function holding(
  { from, name, others }: { from: number; name: string; others: readonly number[] },
  list: boolean,
): Part {
  const own = list ? letters(column(name, 'l')) : column(`c${from}`, 'a')
  const lists = list ? sql`join ${made(listName(name))} l on l.n = a.n` : sql``
  const cells = others.flatMap((i) => {
    const [mine, next] = [column(`c${i}`, 'a'), column(`c${i}`, 'b')]
    const held = (of: Part) =>
      sql`length(${of}) >= ${value(makings.letters)} and ${call('contains', sql`own`, of)}`
    const [here, there] = [column(`mine${i}`), column(`next${i}`)]
    return {
      inner: [as(mine, here), as(next, there)],
      outer: [
        as(
          sql`count(*) filter (where own is not null and ${here} is not null)`,
          column(`both${i}`),
        ),
        as(sql`count(*) filter (where ${held(here)})`, column(`held${i}`)),
        as(sql`count(*) filter (where ${held(there)})`, column(`chance${i}`)),
      ],
    }
  })
  return sql`select ${join(cells.flatMap(({ outer }) => outer))} from (
    select ${join([as(own, column('own')), ...cells.flatMap(({ inner }) => inner)])} from ${made(lookedAtName)} a
    ${lists} left join ${made(lookedAtName)} b on b.space = a.space and b.place = a.place + 1) t`
}

/**
 * A column follows from another when where that agrees this agrees so much more often than by chance (0 as by chance, 1
 * always). Only what strangers agree on so often that matches among them hardly count can show it.
 */
const followings = { excess: 0.3, pairsPerRecord: 20 } as const

async function following(ask: Ask, looked: Looked): Promise<readonly Suspicion[]> {
  const { settings, records, agreeing, count, allPairs } = looked
  const counted = settings.comparisons.flatMap(({ column: name }, i) => {
    const equal = agreeing[i]
    return equal === undefined || isList(records, name) ? [] : [{ i, name, equal }]
  })
  const found: (Suspicion & { excess: number })[] = []
  for (const parent of counted) {
    if (parent.equal < followings.pairsPerRecord * count) continue
    const others = counted.filter((of) => of.i !== parent.i)
    if (others.length === 0) continue
    const part = Math.max(1, Math.ceil(count / mostInGroups))
    const [row = {}] = await ask(
      within({ parent: parent.name, others: others.map(({ name }) => name), part }),
    )
    for (const [k, { i, name, equal }] of others.entries()) {
      const share = Number(row[`same${k}`]) / Math.max(1, Number(row[`all${k}`]))
      const chance = equal / Math.max(1, allPairs)
      const excess = (share - chance) / Math.max(1e-9, 1 - chance)
      const why = `${Math.round(share * 100)} % of those who share the ${parent.name} share the ${name}`
      if (excess >= followings.excess) found.push({ from: i, of: [parent.i], why, excess })
    }
  }
  return found.toSorted((a, b) => b.excess - a.excess)
}

/** Among records that agree on a column, how many pairs there are that have another, and how many of them agree on it too. */
function within({
  parent,
  others,
  part,
}: {
  readonly parent: string
  readonly others: readonly string[]
  readonly part: number
}): Part {
  const key = column(parent)
  const names = others.map((name) => column(name))
  const counted = (size: Part) => cast(sql`coalesce(sum(${size} * (${size} - 1) / 2), 0)`, 'number')
  const all = join(names.map((name, k) => as(sql`count(${name})`, column(`n${k}`))))
  const pairs = join(others.map((_, k) => as(counted(column(`n${k}`)), column(`all${k}`))))
  const same = names.map((name, k) =>
    as(
      sql`(select ${counted(sql`size`)} from (select count(*) as size from some_of where ${name} is not null
        group by space, of, ${name}) g)`,
      column(`same${k}`),
    ),
  )
  // Materialized, so that it is asked once and not for every count which records are among them.
  return sql`with some_of as materialized (select space, ${as(key, column('of'))}, ${join(names)} from ${made(recordName)}
      where ${key} is not null and mod(${call('key64', key)}, ${value(part)}) = 0)
    select *, ${join(same)} from (select ${pairs} from (select ${all} from some_of group by space, of) g) a`
}

/** The sets of columns that pairs should agree on when they are drawn: all that somebody depends on, and each of them. */
function setsOf(
  { comparisons }: MatchingSettings,
  dependences: ReadonlyMap<number, Dependence>,
): readonly (readonly string[])[] {
  const sets = [...dependences.values()].flatMap(({ of }) => [of, ...of.map((one) => [one])])
  const named = sets.map((of) => of.map((i) => comparisons[i]?.column ?? ''))
  return [...new Map(named.map((names) => [names.join(' '), names])).values()]
}

/** The values of some columns of a record `r`, of a list each by itself, and what has to be joined for them. */
export function holdingAll(
  names: readonly string[],
  records: Records,
  listOf: (name: string) => Part = (name) => made(listName(name)),
): { readonly joins: Part; readonly keys: readonly Part[] } {
  const lists = names.filter((name) => isList(records, name))
  const joins = lists.map(
    (name, i) => sql`join ${listOf(name)} ${column(`l${i}`)} on ${column('n', `l${i}`)} = r.n`,
  )
  const keys = names.map((name) => {
    const place = lists.indexOf(name)
    return column(name, place < 0 ? 'r' : `l${place}`)
  })
  return { joins: join(joins, sql` `), keys }
}

/** Pairs drawn among records that agree on what others depend on: each record beside the next one of its kind. */
export function withinSteps(
  settings: MatchingSettings,
  dependences: ReadonlyMap<number, Dependence>,
  {
    records,
    count,
    pairs,
  }: { readonly records: Records; readonly count: number; readonly pairs: number },
): readonly Step[] {
  const part = Math.max(1, Math.ceil(count / pairs))
  const drawn = setsOf(settings, dependences).map((names) => {
    const { joins, keys } = holdingAll(names, records)
    return sql`select n, other from (select s.n, s.place, max(s.n) over (
        partition by ${join([sql`s.space`, ...keys])} order by s.place rows between 1 following and 1 following) as other
      from ${made('shuffled')} s join ${made(recordName)} r on r.n = s.n ${joins}
      where ${every(keys.map((key) => sql`${key} is not null`))}) l where other <> n and mod(place, ${value(part)}) = 0`
  })
  return [
    {
      name: 'within',
      says: 'pairs that agree on what other columns follow from',
      query: sql`select distinct least(n, other) as ${column('left')}, greatest(n, other) as ${column('right')}, -1 as rule
        from (${join(drawn, sql` union all `)}) drawn`,
    },
  ]
}
