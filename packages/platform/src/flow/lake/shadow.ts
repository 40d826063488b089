import {
  type Ask,
  as,
  column,
  type Draft,
  type Engine,
  every,
  join,
  type Part,
  type Row,
  sql,
  type TableName,
  value,
} from '#engine'
import { lineColumns, rowKindList } from './lines.ts'
import { keysHad, repeatsOf } from './once.ts'
import type { StreamShape } from './shape.ts'
import type { StagedStream } from './staged-rows.ts'
import { stageStream } from './staging.ts'
import { currentTable, event, fieldsOf, pastTable, position, until } from './tables.ts'
import { mergedRows, stepsOf, type Versions, verdictsOf } from './versions.ts'

/** Lines of the log that are read again. */
export interface ShadowSource {
  /** A file of lines, as the log gives them. */
  readonly path: string
  /** The places in the log of the first and the last of them. */
  readonly from: number
  readonly to: number
  /** The stream, as it is defined today. */
  readonly shape: StreamShape
  readonly signal: AbortSignal
}

/** The rows that these lines would be if they came today, beside those that they are. */
export interface Shadow {
  readonly from: number
  readonly to: number
  readonly staged: StagedStream
  /** `_event`, `_at` and all fields. */
  readonly rows: TableName
  readonly ask: Ask
}

/**
 * Makes the rows that lines of the log would be if they came today, in a table of their own that is gone after `use`. Of a stream
 * whose rows have keys: the last of each key, unless something came for it after these lines; where they only come once, the first,
 * unless one is there by other lines.
 */
export async function shadowOf<T>(
  engine: Engine,
  { path, from, to, shape, signal }: ShadowSource,
  use: (shadow: Shadow) => Promise<T>,
): Promise<T> {
  const ask: Ask = { lane: 'heavy', signal }
  const known = await fieldsOf(engine, shape.key)
  const isOf = sql`_event between ${value(from)} and ${value(to)} and _stream = ${value(shape.key)}`
  const where = sql`${isOf} and _kind in (${rowKindList})`
  const usePlain = async (lines: TableName) => {
    const [has] = await engine.rows(
      sql`select max(case when _kind = 'delete' then 1 else 0 end) as deletes,
        max(case when _kind = 'merge' then 1 else 0 end) as merges from ${lines} where ${where}`,
      ask,
    )
    const hasDeletes = has?.['deletes'] === 1
    const hasMerges = has?.['merges'] === 1 || shape.mode === 'merge'
    const arriving = { lines, where, hasDeletes, hasMerges, shape, known, ask }
    return stageStream(engine, arriving, (staged) =>
      stageRows(engine, { from, to, staged, ask }, (rows) => use({ from, to, staged, rows, ask })),
    )
  }
  return engine.stagedLines({ path, columns: lineColumns }, usePlain, ask)
}

type Reading = Omit<Shadow, 'rows'>

async function stageRows<T>(
  engine: Engine,
  of: Reading,
  use: (rows: TableName) => Promise<T>,
): Promise<T> {
  const sound = sql`select * from ${of.staged.rows(0)} r where _problem is null`
  const { mode, primaryKey } = of.staged.shape
  const useSound = (rows: TableName) => {
    if (primaryKey.length === 0) return use(rows)
    return mode === 'append'
      ? firstOfKeys(engine, { of, rows }, use)
      : lastOfKeys(engine, { of, rows }, use)
  }
  return engine.staged(sound, useSound, of.ask)
}

/** The first row of each key, unless one that stands came by other lines. */
async function firstOfKeys<T>(
  engine: Engine,
  { of, rows }: { of: Reading; rows: TableName },
  use: (rows: TableName) => Promise<T>,
): Promise<T> {
  const { from, to, ask, staged } = of
  const { key: stream, primaryKey: keys } = staged.shape
  const has = (fields: readonly { readonly name: string }[]) =>
    keys.every((key) => fields.some(({ name }) => name === key))
  if (!has(staged.fields)) return use(rows)
  const isOfOthers = sql`(${event} is null or ${event} not between ${value(from)} and ${value(to)})`
  const others = sql`(select * from ${currentTable(stream)} where ${isOfOthers}) o`
  const there = has(staged.known) ? keysHad(stream, keys, others) : undefined
  const isRepeat = sql`${position} in (select arrived from (${repeatsOf({ keys, rows, there })}) e)`
  return engine.staged(sql`select * from ${rows} r where not ${isRepeat}`, use, ask)
}

/** The last version of each key, one step after the other as in `keepVersions`. */
async function lastOfKeys<T>(
  engine: Engine,
  { of, rows }: { of: Reading; rows: TableName },
  use: (rows: TableName) => Promise<T>,
): Promise<T> {
  const { staged, ask } = of
  const { key: stream, primaryKey: keys } = staged.shape
  const versions: Versions = {
    stream,
    keys,
    fields: staged.fields,
    rows,
    there: before(of),
    hasMerges: staged.hasMerges,
    cleared: staged.cleared,
  }
  const judge = (arrived: TableName) =>
    engine.staged(
      verdictsOf({ ...versions, rows: arrived }),
      (verdicts) =>
        engine.staged(
          stepsOf(versions, verdicts),
          (steps) => {
            const isLast = sql`_position in (select arrived from ${steps} where verdict = 'stored' and ended is null)`
            return engine.staged(
              sql`select * from ${arrived} r where ${isLast} and not ${movedOn(of)}`,
              use,
              ask,
            )
          },
          ask,
        ),
      ask,
    )
  return staged.hasMerges ? engine.staged(mergedRows(versions), judge, ask) : judge(rows)
}

/** A query for the rows of the lake, in all fields that the shadow has; `of` names the table. */
const lakeRows = (
  { staged: { known, fields } }: Reading,
  from: Part,
  place: Part = position,
): Draft => {
  const cells = fields.map((field) =>
    known.some(({ name }) => name === field.name)
      ? column(field.name)
      : as(sql`cast(null as varchar)`, column(field.name)),
  )
  return sql`select ${join([...cells, as(place, position), event])} from ${from}`
}

/**
 * The versions that stood when the first of these lines came, numbered before them. One that ended between the last row before
 * these lines and the first of them is taken to have stood.
 */
function before(of: Reading): Draft {
  const { shape, known } = of.staged
  if (known.length === 0) return sql`(select * from (${emptyRows(of)}) e where false)`
  const isBefore = sql`(${event} is null or ${event} < ${value(of.from)})`
  const [current, past] = [currentTable(shape.key), pastTable(shape.key)]
  const last = sql`(select greatest(
    (select coalesce(max(${position}), 0) from ${current} where ${isBefore}),
    (select coalesce(max(${position}), 0) from ${past} where ${isBefore})))`
  return sql`(${lakeRows(of, current, value(-1))} where ${isBefore}
    union all ${lakeRows(of, past, value(-1))} where ${isBefore} and ${until} > ${last})`
}

const emptyRows = ({ staged: { fields } }: Reading) =>
  sql`select ${join([...fields.map(({ name }) => as(sql`cast(null as varchar)`, column(name))), as(value(0), position)])}`

/** Whether something came for the key of a row after these lines. */
function movedOn({ to, staged: { shape, known } }: Reading): Draft {
  if (known.length === 0) return sql`false`
  const meets = every(shape.primaryKey.map((key) => sql`${column(key, 'l')} = ${column(key, 'r')}`))
  const looks = [currentTable, pastTable].map(
    (tableOf) =>
      sql`exists (select 1 from ${tableOf(shape.key)} l where ${meets} and l.${event} > ${value(to)})`,
  )
  return sql`(${join(looks, sql` or `)})`
}

/** How rows that were read again differ from those that are there. */
export interface ShadowComparison {
  readonly same: number
  readonly changed: number
  readonly onlyInShadow: number
  readonly onlyInLake: number
  /** The fields that differ, the most frequent first. */
  readonly fields: readonly ShadowDifference[]
}

/** A field whose values differ, with a few of them. */
export interface ShadowDifference {
  readonly field: string
  readonly differing: number
  readonly examples: readonly {
    readonly event: number
    readonly lake: string | null
    readonly shadow: string | null
  }[]
}

const mostExamples = 3

/** Compares what lines of the log would be today with what they are. */
export async function compareShadow(engine: Engine, shadow: Shadow): Promise<ShadowComparison> {
  const { fields } = shadow.staged
  return engine.staged(
    pairsOf(shadow),
    async (pairs) => {
      const differing = fields.map(({ name }, i) =>
        as(
          sql`sum(case when verdict = 'changed' and ${differs(name, i)} then 1 else 0 end)`,
          column(`d${i}`),
        ),
      )
      const [counts] = await engine.rows(
        sql`select ${join([...verdicts.map(countOf), ...differing])} from ${pairs}`,
        shadow.ask,
      )
      const different = fields.flatMap((field, i) => {
        const count = Number(counts?.[`d${i}`] ?? 0)
        return count > 0 ? [{ field, i, count }] : []
      })
      const told: ShadowDifference[] = []
      for (const { field, i, count } of different.toSorted((a, b) => b.count - a.count)) {
        const examples = await engine.rows(
          sql`select _event as event, cast(${column(`l${i}`)} as varchar) as lake, cast(${column(field.name)} as varchar) as shadow
            from ${pairs} where verdict = 'changed' and ${differs(field.name, i)} order by _event limit ${value(mostExamples)}`,
          shadow.ask,
        )
        told.push({ field: field.name, differing: count, examples: examples.map(exampleFrom) })
      }
      const of = (verdict: Verdict) => Number(counts?.[verdict] ?? 0)
      return {
        same: of('same'),
        changed: of('changed'),
        onlyInShadow: of('added'),
        onlyInLake: of('gone'),
        fields: told,
      }
    },
    shadow.ask,
  )
}

const exampleFrom = (row: Row) => ({
  event: Number(row['event']),
  lake: row['lake'] === null ? null : String(row['lake']),
  shadow: row['shadow'] === null ? null : String(row['shadow']),
})

const verdicts = ['same', 'changed', 'added', 'gone'] as const
type Verdict = (typeof verdicts)[number]

const countOf = (verdict: Verdict) =>
  as(sql`sum(case when verdict = ${value(verdict)} then 1 else 0 end)`, column(verdict))

const differs = (name: string, i: number) =>
  sql`${column(name)} is distinct from ${column(`l${i}`)}`

/**
 * A query for the rows of a shadow beside those of the lake: all fields of the shadow, `l0` ... the same fields in the lake, `_event`,
 * `_at`, `was` (position in the lake) and `verdict`: same, changed, added (only in the shadow) or gone (only in the lake).
 */
export function pairsOf(shadow: Shadow): Draft {
  const { staged, rows } = shadow
  const { fields, shape } = staged
  const isKeyed = shape.mode !== 'append' && shape.primaryKey.length > 0
  const meets = isKeyed
    ? every(shape.primaryKey.map((key) => sql`${column(key, 's')} = ${column(key, 'l')}`))
    : sql`s._event = l._event`
  const cells = fields.flatMap(({ name }, i) => [
    as(column(name, 's'), column(name)),
    as(column(name, 'l'), column(`l${i}`)),
  ])
  const same = every(
    fields.map(({ name }) => sql`${column(name, 's')} is not distinct from ${column(name, 'l')}`),
  )
  return sql`select ${join(cells)}, coalesce(s._event, l._event) as _event, s._at, l._position as was,
      case when l._position is null then 'added' when s._event is null then 'gone' when ${same} then 'same' else 'changed' end as verdict
    from ${rows} s full join (${compared(shadow, isKeyed)}) l on ${meets}`
}

/** The rows of the lake that lines became, or of the keys that they are about. */
function compared(shadow: Shadow, isKeyed: boolean): Draft {
  const { from, to, staged, rows } = shadow
  const { shape, known } = staged
  if (known.length === 0)
    return sql`select *, 0 as _event from (${emptyRows(shadow)}) e where false`
  const isWithin = sql`${event} between ${value(from)} and ${value(to)}`
  const keys = shape.primaryKey.map((key) => column(key))
  const one = keys.length === 1 ? join(keys) : sql`(${join(keys)})`
  const isMet = isKeyed ? sql`(${isWithin} or ${one} in (select ${one} from ${rows}))` : isWithin
  return sql`${lakeRows(shadow, currentTable(shape.key))} where ${isMet}`
}
