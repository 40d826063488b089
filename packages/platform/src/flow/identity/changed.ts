import {
  as,
  call,
  cast,
  column,
  type Engine,
  every,
  join,
  keyOf,
  made,
  type Part,
  type Step,
  sql,
  value,
} from '#engine'
import { type Model, modelTable } from '#model'
import type { Decision } from './api.ts'
import type { Ruleset } from './definition.ts'
import { heededTable, rowTable } from './tables.ts'
import { recordOf, valueColumns } from './values.ts'

/** The objects whose rows say who is who. */
export const decisiveObjects = (ruleset: Ruleset, model: Model): readonly string[] => [
  ...new Set([ruleset.on, ...valueColumns(ruleset, model).map(({ object }) => object)]),
]

/**
 * What tells rows apart that a run has seen. There are as many of them as there is data: so what they are called stands there as
 * a number, which is written in half the time.
 */
export const rowTellers: readonly string[] = ['object', 'stream', 'position', 'row_key', 'record']

/** What tells decisions apart that a run has heeded. */
export const decisionTellers: readonly string[] = ['decision', 'kind', 'left', 'right']

/** A decision that stands, with the keys of both records. */
export interface KeyedDecision extends Pick<Decision, 'number' | 'kind'> {
  readonly left: string
  readonly right: string
}

/** How many names are looked up in one question. */
const namesAtOnce = 500

/** The decisions with the keys that their records have, whether there are such records or not. */
export async function keyedDecisions(
  engine: Engine,
  decisions: readonly Decision[],
): Promise<readonly KeyedDecision[]> {
  const keyed: KeyedDecision[] = []
  for (let from = 0; from < decisions.length; from += namesAtOnce) {
    const some = decisions.slice(from, from + namesAtOnce)
    const keys = some.map(({ left, right }, i) => [
      value(i),
      ...[left, right].map((of) => keyOf([of.space, of.source], value(of.id))),
    ])
    const rows = await engine.rows(
      sql`select * from (values ${join(keys.map((cells) => sql`(${join(cells)})`))}) d(place, one, other)`,
    )
    for (const row of rows) {
      const of = some[Number(row['place'])]
      if (!of) continue
      const { number, kind } = of
      keyed.push({ number, kind, left: String(row['one']), right: String(row['other']) })
    }
  }
  return keyed
}

/** The decisions that stand as a relation: `decision`, `kind`, and both records: `left`, `right`. */
function relationOf(decisions: readonly KeyedDecision[]): Part {
  const lines = decisions.map((of) => `${of.number}|${of.kind}|${of.left}|${of.right}`)
  const cell = (n: number) => call('split_part', sql`line`, value('|'), value(n))
  const cells = join([
    as(cast(cell(1), 'integer'), sql`decision`),
    as(cell(2), sql`kind`),
    as(cast(cell(3), 'integer'), column('left')),
    as(cast(cell(4), 'integer'), column('right')),
  ])
  const each = call('unnest', call('split', value(lines.join('\n')), value('\n')))
  return sql`select ${cells} from (select ${each} as line) lines where line <> ''`
}

/** What changed steps are made of. */
export interface Watched {
  readonly ruleset: Ruleset
  readonly model: Model
  readonly decisions: readonly KeyedDecision[]
  /** Objects of which it is known that no row of them has changed. */
  readonly still: ReadonlySet<string>
  /** The streams that rows are of, as far as they are few. */
  readonly streams: readonly string[]
}

/** More streams than this are not named one by one. */
const mostStreams = 50

/** The streams of the objects whose rows say who is who; that they are known spares a join, and nothing rests on it. */
export async function streamsOf(
  engine: Engine,
  ruleset: Ruleset,
  model: Model,
): Promise<readonly string[]> {
  const each = decisiveObjects(ruleset, model).map(
    (object) => sql`select _stream from ${modelTable(object)} group by _stream`,
  )
  const rows = await engine.rows(
    sql`select distinct _stream from (${join(each, sql` union all `)}) s where _stream is not null
      order by _stream limit ${value(mostStreams)}`,
  )
  return rows.map((row) => String(row['_stream']))
}

/**
 * What has changed since the last run. These steps come before all others: what arrives while a run goes on is then not
 * taken for seen, and the next run looks at it.
 */
export function changedSteps({
  ruleset,
  model,
  decisions,
  still,
  streams,
}: Watched): readonly Step[] {
  const { on } = ruleset
  const objects = decisiveObjects(ruleset, model)
  const moving = objects.filter((object) => !still.has(object))
  const columns = join(rowTellers.map((name) => column(name)))
  const decided = join(decisionTellers.map((name) => column(name)))
  const others = sql`select ${columns}, true as is_gone from ${rowTable(on)}
    where object not in (${join(objects.map((object) => numbered(value(object))))})`
  return [
    {
      name: 'row_differs',
      says: 'rows that the last run has seen and that are no more, and rows that it has not seen',
      query: join(
        [...moving.map((object) => differingRows(model, object, { on, streams })), others],
        sql` union all `,
      ),
    },
    { name: 'decided', says: 'the decisions that stand', query: relationOf(decisions) },
    {
      name: 'heeded_added',
      says: 'decisions that the last run has not heeded',
      query: sql`select ${decided} from ${made('decided')} except select ${decided} from ${heededTable(on)}`,
    },
    {
      name: 'heeded_gone',
      says: 'decisions that the last run has heeded and that stand no more',
      query: sql`select ${decided} from ${heededTable(on)} except select ${decided} from ${made('decided')}`,
    },
  ]
}

/** A name as a number. */
const numbered = (name: Part): Part => call('key64', name)

/** The stream of a row as a number. */
function numberOfStream(streams: readonly string[]): Part {
  const cases = streams.map((name) => sql` when ${value(name)} then ${numbered(value(name))}`)
  return cases.length === 0
    ? numbered(sql`r._stream`)
    : sql`case r._stream${join(cases, sql``)} else ${numbered(sql`r._stream`)} end`
}

function differingRows(
  model: Model,
  object: string,
  { on, streams }: { readonly on: Ruleset['on']; readonly streams: readonly string[] },
): Part {
  const record = column(recordOf(model.get(object), on), 'r')
  const either = rowTellers.map((name) =>
    as(sql`coalesce(${column(name, 'a')}, ${column(name, 'b')})`, column(name)),
  )
  const same = rowTellers
    .filter((name) => name !== 'object')
    .map((name) => sql`${column(name, 'a')} = ${column(name, 'b')}`)
  return sql`select ${join(either)}, a.record is null as is_gone from (
      select ${numbered(value(object))} as object, ${numberOfStream(streams)} as stream, r._position as position, coalesce(r._key, 0) as row_key,
        ${record} as record from ${modelTable(object)} r where ${record} is not null) a
    full join (select * from ${rowTable(on)} where object = ${numbered(value(object))}) b on ${every(same)}
    where a.record is null or b.record is null`
}

/** The records that something has changed about. */
export const changedStep: Step = {
  name: 'changed',
  says: 'records that something has changed about: their rows, or what was decided of them',
  query: sql`select distinct record from (${join(
    [
      sql`select record from ${made('row_differs')}`,
      ...['heeded_added', 'heeded_gone'].flatMap((step) =>
        ['left', 'right'].map((end) => sql`select ${column(end)} from ${made(step)}`),
      ),
    ],
    sql` union all `,
  )}) touched`,
}
