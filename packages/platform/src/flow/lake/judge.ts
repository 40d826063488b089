import {
  call,
  column,
  type Engine,
  type Loaded,
  type Part,
  sql,
  type TableName,
  value,
} from '#engine'
import type { LakeField } from './tables.ts'

/** Says of records whether they are as was agreed: the engine of most, the judge of those that it cannot tell. */
export interface Judge {
  /** Whether a row is as agreed for sure. */
  readonly isSure: (fields: readonly LakeField[]) => Part
  /** A cell as it is agreed on, as JSON; the column as it is unless there is more to say. */
  readonly cellOf: (field: LakeField) => Part
  /** What is not as agreed in a record, by the labels of its fields; nothing when it is. */
  readonly problemWith: (record: Readonly<Record<string, unknown>>) => string | undefined
  /** The fields that become columns. */
  readonly kept: (fields: readonly LakeField[]) => readonly LakeField[]
}

/** What is judged: a file that was loaded. */
export interface Judged {
  readonly judge: Judge | undefined
  readonly fields: readonly LakeField[]
  readonly loaded: Loaded
  readonly signal: AbortSignal
}

// What is wrong is told by few words; whoever has so many has a schema that no one can mend by reading.
const mostReasons = 1000

/** Takes what is not as agreed out of what was loaded, to what was rejected; the tables are there as long as `use` runs. */
export async function judged<T>(
  engine: Engine,
  of: Judged,
  use: (loaded: Loaded) => Promise<T>,
): Promise<T> {
  const { judge, loaded } = of
  if (judge === undefined || loaded.rows === 0) return use(loaded)
  const found = await refusedIn(engine, { ...of, judge })
  if (found.rows.length === 0) return use(loaded)
  const integers = { row: Int32Array.from(found.rows), reason: Int32Array.from(found.reasons) }
  return engine.stagedIntegers(integers, (refused) => {
    const left = sql`_row not in (select ${column('row')} from ${refused})`
    const parts = {
      table: sql`select * from ${loaded.table} where ${left}`,
      misfits: sql`select * from ${loaded.misfits} where ${left}`,
      rejected: sql`select _row, reason, misfits, raw from ${loaded.rejected} union all
        select b._row, ${reasonOf(found.words)} as reason, cast(null as varchar) as misfits, b.raw
        from ${bodies({ ...of, judge })} b join ${refused} r on r.${column('row')} = b._row`,
    }
    return stagedAll(engine, { parts, signal: of.signal }, async (tables) => {
      const [misfits] = await engine.rows(sql`select count(*) as n from ${tables.misfits}`)
      return use({
        ...tables,
        misfitRows: Number(misfits?.['n']),
        rows: loaded.rows - found.rows.length,
        rejectedRows: loaded.rejectedRows + found.rows.length,
      })
    })
  })
}

type Tables = Pick<Loaded, 'table' | 'misfits' | 'rejected'>

/** Computes the parts into tables of their own. */
const stagedAll = <T>(
  engine: Engine,
  { parts, signal }: { parts: Readonly<Record<keyof Tables, Part>>; signal: AbortSignal },
  use: (tables: Tables) => Promise<T>,
): Promise<T> => {
  const staged = <R>(part: Part, then: (table: TableName) => Promise<R>) =>
    engine.staged(part, then, { signal })
  return staged(parts.table, (table) =>
    staged(parts.misfits, (misfits) =>
      staged(parts.rejected, (rejected) => use({ table, misfits, rejected })),
    ),
  )
}

interface Refused {
  readonly rows: readonly number[]
  /** For each row, the place of its reason. */
  readonly reasons: readonly number[]
  readonly words: readonly string[]
}

async function refusedIn(engine: Engine, of: Judged & { readonly judge: Judge }): Promise<Refused> {
  const { judge, fields, loaded, signal } = of
  const hasMisfit =
    loaded.misfitRows === 0 ? sql`false` : sql`_row in (select _row from ${loaded.misfits})`
  const doubtful = sql`select b._row, b.raw from ${bodies(of)} b
    join (select _row from ${loaded.table} where ${hasMisfit} or not coalesce(${judge.isSure(fields)}, false)) d on d._row = b._row`
  const [rows, reasons]: [number[], number[]] = [[], []]
  const words = new Map<string, number>()
  for await (const batch of engine.stream(doubtful, { lane: 'heavy', signal }))
    for (const { _row: row, raw } of batch) {
      const problem = judge.problemWith(JSON.parse(String(raw)))
      if (problem === undefined) continue
      const known = words.get(problem) ?? Math.min(words.size, mostReasons)
      words.set(known === mostReasons ? otherwise : problem, known)
      rows.push(Number(row))
      reasons.push(known)
    }
  return { rows, reasons, words: [...words.keys()] }
}

const otherwise = 'it is not as agreed'

function reasonOf(words: readonly string[]): Part {
  const cases = words.map((word, i) => sql`when ${value(i)} then ${value(word)}`)
  return sql`case r.reason ${cases.reduce((all, one) => sql`${all} ${one}`)} end`
}

/** Each row with its record as JSON; a value that did not fit as it was written, what is empty left out. */
function bodies({ judge, fields, loaded }: Judged & { readonly judge: Judge }): Part {
  const hasMisfits = loaded.misfitRows > 0
  const pairs = fields.flatMap((field) => {
    const cell = judge.cellOf(field)
    const written = call('json_text', column('_texts'), value(`/${field.name}`))
    return [
      value(field.label),
      hasMisfits ? sql`coalesce(${call('json_of', written)}, ${cell})` : cell,
    ]
  })
  const from = hasMisfits
    ? sql`${loaded.table} left join (select _row as _misfit, texts as _texts from ${loaded.misfits}) m on _misfit = _row`
    : loaded.table
  // A patch leaves out what is null.
  return sql`(select _row, ${call('json_patch', value('{}'), call('json_object', ...pairs))} as raw from ${from})`
}
