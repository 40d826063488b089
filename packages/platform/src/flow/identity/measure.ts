import {
  as,
  call,
  cast,
  column,
  type Engine,
  join,
  type Made,
  made,
  makeAll,
  type Part,
  placed,
  type Row,
  type Step,
  sql,
  value,
} from '#engine'
import { maskedValue } from '#kernel/mask.ts'
import { didYouMean } from '#kernel/near.ts'
import { currentTable, fieldsOf } from '#lake'
import { bCubed, quality, share } from '#matching'
import { type Model, modelTable } from '#model'
import type { Agreement, Measure, Truth } from './api.ts'
import { recordStep } from './compile.ts'
import type { Ruleset } from './definition.ts'
import { identityFaults } from './faults.ts'
import { linkTable, prepareUnified } from './tables.ts'
import { termStep } from './terms.ts'
import { criteriaOf, valueSteps } from './values.ts'

/** What measuring needs. */
export interface MeasureTools {
  readonly engine: Engine
  readonly model: Model
  readonly ruleset: Ruleset
  readonly signal?: AbortSignal
}

const kinds = ['email', 'phone', 'name'] as const

/** Pairs of entities with more records than this are not looked at one by one. */
const mostMembers = 50

/**
 * How good the published profiles are, against known answers. Precision and recall are counted from the sizes of groups;
 * only pairs that were missed are looked at one by one.
 */
export async function measure(tools: MeasureTools, truth: Truth): Promise<Measure> {
  const { engine, model, ruleset, signal } = tools
  await refuseBadTruth(engine, truth)
  await prepareUnified(engine, model, ruleset.on)
  const bench = {
    engine,
    ask: { lane: 'heavy', ...(signal ? { signal } : {}) } as const,
    now: () => new Date(0),
    timings: [],
  }
  return makeAll(bench, measureSteps(ruleset, model, truth), new Map(), async (where) => {
    const ask = (query: Part) => engine.rows(placed(query, where))
    return {
      ...(await qualityOf(ask, truth)),
      b_cubed: await bCubedOf(engine, where),
      missed: await missedOf(ask, ruleset),
    }
  })
}

/** Refuses known answers that are not there. */
export async function refuseBadTruth(engine: Engine, truth: Truth): Promise<void> {
  const names = (await fieldsOf(engine, truth.stream)).map(({ name }) => name)
  if (names.length === 0)
    throw identityFaults.bad_truth(
      { why: `there is no stream "${truth.stream}", or nothing has come from it yet` },
      { at: 'stream' },
    )
  for (const at of ['source', 'record', 'entity'] as const) {
    const name = truth[at]
    if (names.includes(name)) continue
    const why = `the stream ${truth.stream} has no column "${name}"${didYouMean(name, names)}`
    throw identityFaults.bad_truth({ why }, { at })
  }
}

const text = (name: string, of?: string): Part => cast(column(name, of), 'text')

function measureSteps(ruleset: Ruleset, model: Model, truth: Truth): readonly Step[] {
  const { on } = ruleset
  const labels = sql`select distinct ${text(truth.source)} as stream, ${text(truth.record)} as id,
    ${text(truth.entity)} as entity from ${currentTable(truth.stream)}`
  return [
    recordStep(ruleset),
    ...valueSteps(ruleset, model),
    termStep(ruleset, model),
    {
      name: 'truth',
      says: 'records whose answer is known, with the profile that they are in',
      query: sql`select k.n, r._key as record, l.profile, min(t.entity) as entity from (${labels}) t
        join ${modelTable(on)} r on r._stream = t.stream and r.id = t.id
        join ${linkTable(on)} l on l.record = r._key join ${made('record')} k on k.record = r._key
        where t.entity is not null group by k.n, r._key, l.profile`,
    },
    {
      name: 'missed',
      says: 'pairs that are one and were not found',
      query: sql`with looked_at as (select entity from ${made('truth')} group by entity having count(*) <= ${value(mostMembers)})
        select a.n as ${column('left')}, b.n as ${column('right')} from ${made('truth')} a
        join ${made('truth')} b on b.entity = a.entity and b.n > a.n and b.profile <> a.profile
        where a.entity in (select entity from looked_at)`,
    },
    {
      name: 'verdict',
      says: 'in what the records of a missed pair differ',
      query: verdicts(ruleset),
    },
  ]
}

const pairColumns = [column('left'), column('right')] as const

/** Pairs that share a value, in one column of values. */
const sharing = (table: Part, condition: (a: string, b: string) => Part): Part =>
  sql`select distinct m.${column('left')}, m.${column('right')} from ${made('missed')} m
    join ${table} a on a.n = m.${column('left')} join ${table} b on b.n = m.${column('right')}
    where ${condition('a', 'b')}`

function verdicts(ruleset: Ruleset): Part {
  const criteria = criteriaOf(ruleset).map(({ step, name }) =>
    sharing(made(step), (a, b) => sql`${column(name, a)} = ${column(name, b)}`),
  )
  const terms = sql`(select k.n, t.kind, t.value from ${made('term')} t join ${made('record')} k on k.record = t.record)`
  const isSame = (kind: string) => (a: string, b: string) =>
    sql`${column('kind', a)} = ${value(kind)} and ${column('kind', b)} = ${value(kind)}
      and ${column('value', a)} = ${column('value', b)}`
  const has = (kind: string, side: 'left' | 'right') =>
    sql`m.${column(side)} in (select n from ${terms} t where kind = ${value(kind)})`
  const agreement = (kind: string) =>
    sql`case when (m.${column('left')}, m.${column('right')}) in (${sharing(terms, isSame(kind))}) then 'same'
      when ${has(kind, 'left')} and ${has(kind, 'right')} then 'different' else 'missing' end`
  const outOfReach =
    criteria.length === 0
      ? sql`true`
      : sql`(m.${pairColumns[0]}, m.${pairColumns[1]}) not in (${join(criteria, sql` union `)})`
  return sql`select m.${pairColumns[0]}, m.${pairColumns[1]},
      ${join(kinds.map((kind) => as(agreement(kind), column(kind))))},
      ${outOfReach} as out_of_reach
    from ${made('missed')} m`
}

type AskWith = (query: Part) => Promise<readonly Row[]>

async function qualityOf(ask: AskWith, truth: Truth) {
  const [row = {}] = await ask(sql`
    with cell as (select profile, entity, ${cast(sql`count(*)`, 'number')} as n from ${made('truth')} group by profile, entity),
      found as (select profile, sum(n) as n from cell group by profile),
      real as (select entity, sum(n) as n from cell group by entity)
    select (select sum(n * (n - 1) / 2) from cell) as right_pairs, (select sum(n * (n - 1) / 2) from found) as found_pairs,
      (select sum(n * (n - 1) / 2) from real) as true_pairs, (select sum(n) from found) as records,
      (select count(*) from real) as entities,
      (select count(*) from (select distinct ${text(truth.source)}, ${text(truth.record)} from ${currentTable(truth.stream)}) l) as labels`)
  const of = (name: string) => Number(row[name] ?? 0)
  const records = of('records')
  return {
    labelled: { records, entities: of('entities'), unknown: Math.max(0, of('labels') - records) },
    pairs: {
      true: of('true_pairs'),
      found: of('found_pairs'),
      right: of('right_pairs'),
      ...quality(
        share(of('right_pairs'), of('found_pairs')),
        share(of('right_pairs'), of('true_pairs')),
      ),
    },
  }
}

async function bCubedOf(engine: Engine, where: Made): Promise<Measure['b_cubed']> {
  const numbered = sql`select dense_rank() over (order by profile) - 1, dense_rank() over (order by entity) - 1 from ${made('truth')}`
  const none = new Int32Array()
  const [profiles = none, entities = none] = await engine.integers(placed(numbered, where))
  return { ...bCubed(profiles, entities) }
}

async function missedOf(ask: AskWith, { on }: Ruleset): Promise<Measure['missed']> {
  const groups = await ask(sql`select email, phone, name, count(*) as pairs,
      count(*) filter (where out_of_reach) as out_of_reach
    from ${made('verdict')} group by email, phone, name order by pairs desc, email, phone, name`)
  const counted = groups.map((row) => ({
    ...agreementsOf(row),
    pairs: Number(row['pairs']),
    out_of_reach: Number(row['out_of_reach']),
  }))
  const sum = (of: 'pairs' | 'out_of_reach') => counted.reduce((all, group) => all + group[of], 0)
  return {
    pairs: sum('pairs'),
    out_of_reach: sum('out_of_reach'),
    groups: counted,
    examples: (await ask(examples(on))).map((row) => ({
      ...agreementsOf(row),
      left: maskedRecord(row, 'left'),
      right: maskedRecord(row, 'right'),
    })),
  }
}

// Read by the query that made them.
const agreementsOf = (row: Row) => ({
  email: row['email'] as Agreement,
  phone: row['phone'] as Agreement,
  name: row['name'] as Agreement,
})

/** Two pairs of each of the largest groups, those out of reach first. */
function examples(on: Ruleset['on']): Part {
  const side = (which: 'left' | 'right') => sql`(
    select k.n, min(r._stream) as stream, min(r.id) as id, ${join(kinds.map((kind) => as(valuesOfKind(kind), column(kind))))}
    from ${made('record')} k join ${modelTable(on)} r on r._key = k.record
      left join ${made('term')} t on t.record = k.record
    where k.n in (select ${column(which)} from chosen) group by k.n) ${column(`${which}_side`)}`
  const cells = (which: 'left' | 'right') =>
    join(
      ['stream', 'id', ...kinds].map((name) =>
        as(column(name, `${which}_side`), column(`${which}_${name}`)),
      ),
    )
  return sql`with numbered as (select *, row_number() over (partition by email, phone, name
        order by out_of_reach desc, ${column('left')}, ${column('right')}) as place,
        count(*) over (partition by email, phone, name) as size from ${made('verdict')}),
      chosen as (select * from numbered where place <= 2 order by size desc, email, phone, name, place limit 12)
    select c.email, c.phone, c.name, ${cells('left')}, ${cells('right')} from chosen c
      join ${side('left')} on left_side.n = c.${column('left')} join ${side('right')} on right_side.n = c.${column('right')}
    order by c.size desc, c.email, c.phone, c.name, c.place`
}

const valuesOfKind = (kind: string): Part =>
  sql`${call('list_of', sql`distinct t.value`, sql`t.value`)} filter (where t.kind = ${value(kind)})`

function maskedRecord(row: Row, side: 'left' | 'right') {
  const values = (kind: string) => {
    const found = row[`${side}_${kind}`]
    return Array.isArray(found) ? found.map((one) => maskedValue(String(one))) : []
  }
  return {
    stream: String(row[`${side}_stream`]),
    id: String(row[`${side}_id`]),
    email: values('email'),
    phone: values('phone'),
    name: values('name'),
  }
}
