import type { DuckDBConnection } from '@duckdb/node-api'
import type { FieldType } from '#kernel/scalar.ts'
import { duckdb as dialect } from '../dialects/duckdb.ts'
import type { ArrivingFile, LineFile, LoadField } from '../files.ts'
import { quoted } from '../print.ts'
import { writtenLike } from '../written-like.ts'
import { rowsOf } from './duckdb-cells.ts'
import { takenApart } from './duckdb-json.ts'

type Csv = Extract<ArrivingFile, { format: 'csv' }>

const name = (of: string) => quoted(of, dialect)

/** A text in a statement; only for what the driver takes no values for (options of table functions). */
export const literal = (of: string) => `'${of.replaceAll("'", "''")}'`

/** Longest record that is read, in bytes; a longer one is rejected. */
const longestRecord = 16 * 1024 ** 2

/** A file to be read into `stage.<into>`. */
interface Load {
  readonly file: ArrivingFile
  readonly fields: readonly LoadField[]
  /** Names of fields whose values are left out where they do not fit. */
  readonly lenient: readonly string[]
  readonly into: string
}

interface CsvLoad extends Load {
  readonly file: Csv
}

interface JsonLoad extends Load {
  readonly file: JsonFile
}

type JsonFile = Extract<ArrivingFile, { format: 'ndjson' | 'json' }>

/**
 * Reads a file into `stage.<into>` with `_row` last, what could not be read into `stage.<into>_rejected`, and what was left out of
 * records into `stage.<into>_misfits`. Every record of the file is in one of the first two.
 */
export async function loadFile(
  connection: DuckDBConnection,
  load: Load,
): Promise<{ rows: number; rejectedRows: number; misfitRows: number }> {
  const { file, into } = load
  if (file.format === 'csv') await loadCsv(connection, { ...load, file })
  else if (file.format === 'parquet') await loadParquet(connection, load, file.path)
  else await loadJson(connection, { ...load, file })
  await leaveOut(connection, load)
  const count = (part: string) => `(select count(*) from stage.${into}${part})`
  const [counts] = await rowsOf(
    connection,
    `select ${count('')} as rows, ${count('_rejected')} as rejected, ${count('_misfits')} as misfits`,
  )
  return {
    rows: Number(counts?.['rows']),
    rejectedRows: Number(counts?.['rejected']),
    misfitRows: Number(counts?.['misfits']),
  }
}

/** Empties what does not fit: a cast makes something else of it (2 of `1.6`, a day of an instant), which is no value of the file. */
async function leaveOut(connection: DuckDBConnection, { fields, lenient, into }: Load) {
  const some = await rowsOf(connection, `select 1 as n from stage.${into}_misfits limit 1`)
  if (some.length === 0) return
  const cells = fields
    .filter((field) => isTyped(field) && lenient.includes(field.name))
    .map(
      ({ name: of }) =>
        `${name(of)} = case when list_contains(m.names, ${literal(of)}) then null else t.${name(of)} end`,
    )
  await connection.run(`
    update stage.${into} as t set ${cells.join(', ')}
    from (select _row, string_split(misfits, ',') as names from stage.${into}_misfits) m
    where m._row = t._row`)
}

/** How the typed fields of a file are judged: by these conditions, one per field, each telling that it fits. */
interface Judges {
  readonly typed: readonly LoadField[]
  readonly suits: (field: LoadField) => string
  readonly lenient: readonly string[]
}

/** Whether a value does not fit that rejects its record. */
const isMisfit = ({ typed, suits, lenient }: Judges) =>
  notAll(typed.filter(({ name }) => !lenient.includes(name)).map(suits))

/** Whether a value does not fit that is left out. */
const isLeftOut = ({ typed, suits, lenient }: Judges) =>
  notAll(typed.filter(({ name }) => lenient.includes(name)).map(suits))

const notAll = (conditions: readonly string[]) =>
  conditions.length === 0 ? 'false' : `not (${conditions.join(' and ')})`

const misfitNames = ({ typed, suits }: Judges) =>
  `concat_ws(',', ${listed(typed.map((field) => `case when not ${suits(field)} then ${literal(field.name)} end`))})`

const misfitReasons = ({ typed, suits }: Judges) =>
  `concat_ws('; ', ${listed(
    typed.map(
      (field) =>
        `case when not ${suits(field)} then ${literal(`${field.name}: `)} || cast(${name(field.name)} as varchar) || ${literal(` is not ${typeWords[field.type]}`)} end`,
    ),
  )})`

/** A JSON object of the values that do not fit, as they were written. */
const misfitTexts = ({ typed, suits }: Judges) =>
  `cast(json_merge_patch('{}', json_object(${typed
    .flatMap((field) => [
      literal(field.name),
      `case when not ${suits(field)} then cast(${name(field.name)} as varchar) end`,
    ])
    .join(', ')})) as varchar)`

/**
 * Reads everything as text and casts it in the same pass: the reader's own casts change values in silence (`1.6` becomes 2,
 * `007` becomes 7).
 */
async function loadCsv(connection: DuckDBConnection, { file, fields, lenient, into }: CsvLoad) {
  const types = file.columns.map((column) => [column.name, dialect.types.text] as const)
  const [errors, scans] = [`${into}_errors`, `${into}_scans`]
  const judges: Judges = { typed: fields.filter(isTyped), suits: isFit, lenient }
  const cells = fields.map((field) => `${castOf(field)} as ${name(field.name)}`)
  const raw = file.columns.map((column) => asWritten(name(column.name), file))
  const misfit = isMisfit(judges)
  const told = (part: string) => `case when ${misfit} then ${part} end`
  // The number of the record is filled in afterwards: a window here would read with one thread only.
  await connection.run(`
    create table stage.${into} as select ${cells.join(', ')}, cast(null as bigint) as _row,
      ${told(misfitNames(judges))} as _misfits,
      ${told(misfitReasons(judges))} as _reason,
      ${told(`concat_ws(${literal(file.delimiter)}, ${raw.join(', ')})`)} as _raw,
      case when ${isLeftOut(judges)} then ${misfitNames(judges)} end as _left_out,
      case when ${isLeftOut(judges)} then ${misfitTexts(judges)} end as _texts
    from ${readCsv(file, types, { errors, scans })}`)
  await connection.run(`
    create table stage.${into}_rejected as
    select line - ${file.header ? 1 : 0} as _row,
      -- The reader tells of every column that is missing or too many; one sentence is enough.
      concat_ws('; ',
        min(case when error_type = 'MISSING COLUMNS' then 'too few values: ' || error_message end),
        max(case when error_type = 'TOO MANY COLUMNS' then 'too many values: ' || error_message end),
        string_agg(case when error_type not in ('MISSING COLUMNS', 'TOO MANY COLUMNS') then error_message end,
          '; ' order by column_idx)) as reason,
      cast(null as varchar) as misfits,
      any_value(csv_line) as raw
    from ${errors} group by line`)
  await connection.run(`drop table ${errors}; drop table ${scans}`)
  await numberRecords(connection, into)
  await connection.run(`
    insert into stage.${into}_rejected (_row, reason, misfits, raw)
    select _row, _reason, _misfits, _raw from stage.${into} where _misfits is not null`)
  await connection.run(`delete from stage.${into} where _misfits is not null`)
  await connection.run(
    `create table stage.${into}_misfits as select _row, _left_out as misfits, _texts as texts from stage.${into} where _left_out is not null`,
  )
  for (const extra of ['_misfits', '_reason', '_raw', '_left_out', '_texts']) {
    await connection.run(`alter table stage.${into} drop column ${extra}`)
  }
}

/** A value as a delimited file writes it: between quotes where it holds a delimiter, a quote or a line break. */
function asWritten(cell: string, { delimiter, quote }: Csv): string {
  if (quote === '') return `coalesce(${cell}, '')`
  const special = [literal(delimiter), literal(quote), 'chr(10)']
    .map((part) => `contains(${cell}, ${part})`)
    .join(' or ')
  const [mark, twice] = [literal(quote), literal(quote + quote)]
  return `case when ${special} then ${mark} || replace(${cell}, ${mark}, ${twice}) || ${mark} else coalesce(${cell}, '') end`
}

const isTyped = ({ type }: LoadField) => type !== 'text' && type !== 'json'

const castOf = ({ name: of, type }: LoadField) => {
  if (type === 'text' || type === 'json') return name(of)
  return type === 'timestamp'
    ? instantOf(name(of))
    : `try_cast(${name(of)} as ${dialect.types[type]})`
}

/** Most instants end with `Z` or have no room for an offset; to read them as if they could have one costs twice as much. */
const instantOf = (text: string) =>
  `case when suffix(${text}, 'Z') or strlen(${text}) <= 19 then try_cast(${text} as timestamp)
    else ${dialect.tryCast(text, 'timestamp')} end`

/**
 * Whether a text is nothing, or prints back as it was written when it is cast. Asked of every value that is loaded: what is
 * usual is decided first, and blanks around a value only where the rest did not fit.
 */
function isFit({ name: of, type }: LoadField): string {
  const cell = name(of)
  const fits = fitsAs[type] ?? matchesPattern(type)
  return `case when ${fits(cell)} then true when ${cell} is null then true else coalesce(trim(${cell}) = '' or ${fits(`trim(${cell})`)}, false) end`
}

/** The condition that a text is written as values of a type are. */
type Fits = (text: string) => string

const matchesPattern =
  (type: FieldType): Fits =>
  (text) =>
    `regexp_matches(${text}, ${literal(writtenLike[type] ?? '')})`

// Where the pattern alone does not make sure of the cast, or there is a quicker question than a pattern.
const fitsAs: { readonly [type in FieldType]?: Fits } = {
  boolean: (text) => `lower(${text}) in ('true', 'false')`,
  number: (text) => isWritten(text, 'number'),
  date: (text) => `${matchesPattern('date')(text)} and try_cast(${text} as date) is not null`,
  // A day alone is no instant: whoever wrote it did not mean midnight.
  timestamp: (text) => `length(${text}) >= 16 and try_cast(${text} as timestamp) is not null`,
}

/** Whether a text is written as its type prints it back. Of numbers more than fifteen digits may, but that only trying tells. */
export function isWritten(text: string, type: FieldType): string {
  const matches = matchesPattern(type)(text)
  if (type !== 'number') return matches
  const printed = `cast(try_cast(${text} as ${dialect.types.number}) as varchar)`
  // The engine writes e-07 where others write e-7.
  const usual = `regexp_replace(${printed}, 'e([-+])0', 'e\\1')`
  return `(${matches} or (${text} in (${printed}, ${usual}) and regexp_matches(${text}, '^-?[0-9]')))`
}

const listed = (parts: readonly string[]) => parts.join(', ') || "''"

/** Numbers the records: their order in the table, plus the rejected records before them. */
async function numberRecords(connection: DuckDBConnection, into: string) {
  const [found] = await rowsOf(connection, `select count(*) as n from stage.${into}_rejected`)
  await connection.run(`update stage.${into} set _row = rowid + 1`)
  if (Number(found?.['n']) === 0) return
  // The reader counts empty lines, which are no records: beyond the last record there is no place.
  await connection.run(`
    update stage.${into}_rejected as t set _row = greatest(n.nth, least(t._row, n.nth + (select count(*) from stage.${into})))
    from (select rowid as it, row_number() over (order by _row) as nth from stage.${into}_rejected) n where n.it = t.rowid`)
  await connection.run(`
    with before as (
      select _row - row_number() over (order by _row) as kept_before, row_number() over (order by _row) as skipped
      from stage.${into}_rejected
    ), steps as (select kept_before, max(skipped) as skipped from before group by kept_before)
    update stage.${into} as t set _row = t._row + s.skipped
    from (select r._row, b.skipped from stage.${into} r asof join steps b on r._row > b.kept_before) s
    where s._row = t._row`)
}

/** The table function that reads a delimited file with these column types. */
export function readCsv(
  file: Csv,
  types: readonly (readonly [string, string])[],
  rejects?: { readonly errors: string; readonly scans: string },
): string {
  const columns = types.map(([column, type]) => `${literal(column)}: ${literal(type)}`).join(', ')
  const options = [
    `columns = {${columns}}`,
    'auto_detect = false',
    `header = ${file.header}`,
    `delim = ${literal(file.delimiter)}`,
    `quote = ${literal(file.quote)}`,
    `escape = ${literal(file.escape)}`,
    `nullstr = ''`,
    `max_line_size = ${longestRecord}`,
    `compression = ${file.compressed ? "'gzip'" : "'uncompressed'"}`,
    // Padding cannot be done by several threads when values hold line breaks.
    ...(file.shortRows === 'pad' ? ['null_padding = true', 'parallel = false'] : []),
    ...(rejects
      ? [
          'store_rejects = true',
          `rejects_table = ${literal(rejects.errors)}`,
          `rejects_scan = ${literal(rejects.scans)}`,
        ]
      : []),
  ]
  return `read_csv(${literal(file.path)}, ${options.join(', ')})`
}

/** A query for the values of a file of lines. */
export function readLines({ path, columns }: LineFile): string {
  const types = columns.map((c) => `${literal(c.name)}: ${literal(dialect.types[c.type])}`)
  const options = `auto_detect = false, header = false, delim = '\t', quote = '', escape = '', nullstr = '\u0001', max_line_size = ${longestRecord}, compression = 'uncompressed'`
  return `select * from read_csv(${literal(path)}, columns = {${types.join(', ')}}, ${options})`
}

/** A query for the records of a JSON file: `line` as text, in the order of the file. */
export function readJsonLines(file: Extract<ArrivingFile, { format: 'ndjson' | 'json' }>): string {
  const compression = `compression = ${file.compressed ? "'gzip'" : "'uncompressed'"}`
  if (file.format === 'json') {
    return `select cast(json as varchar) as line from read_json_objects(${literal(file.path)}, format = 'array', ${compression}, maximum_object_size = ${longestRecord})`
  }
  // As lines of text, because a JSON reader would stop at the first broken line, or lose it.
  return `select line from read_csv(${literal(file.path)}, columns = {'line': 'varchar'}, auto_detect = false, header = false, delim = '\u0001', quote = '', escape = '', max_line_size = ${longestRecord}, ${compression}) where trim(line) <> ''`
}

async function loadJson(connection: DuckDBConnection, load: JsonLoad) {
  const { file, fields, into } = load
  await connection.run(`create table stage.${into}_lines as ${readJsonLines(file)}`)
  await connection.run(
    `create table stage.${into}_text as ${takenApart(`select rowid + 1 as _row, line from stage.${into}_lines`, fields)}`,
  )
  await castColumns(connection, load, { raw: 'line', holds: 'texts' })
  await connection.run(`drop table stage.${into}_lines; drop table stage.${into}_text`)
}

// The engine writes NaN and what is infinite as if JSON had words for them, and takes that for JSON. Outside of texts nothing
// else has these letters.
const isJson = (text: string) =>
  `not regexp_matches(regexp_replace(${text}, '"(\\\\.|[^"\\\\])*"', '', 'g'), '[NI]')`

/** A value as JSON; where JSON has no word for a part of it, its text. */
export function jsonOrText(cell: string): string {
  const text = `cast(to_json(${cell}) as varchar)`
  return `case when ${isJson(text)} then to_json(${cell}) else to_json(${text}) end`
}

/** What a file has typed itself, as our type; as JSON what is nested, while a text may be JSON already. */
function castOfTyped({ name: of, type }: LoadField): string {
  const cell = name(of)
  const made = dialect.tryCast(cell, dialect.types[type])
  return type === 'json'
    ? `case when typeof(${cell}) in ('VARCHAR', 'JSON') then ${made} else cast(${jsonOrText(cell)} as varchar) end`
    : made
}

async function loadParquet(connection: DuckDBConnection, load: Load, path: string) {
  const { fields, into } = load
  const members = fields.map((field) => `${name(field.label)} as ${name(field.name)}`).join(', ')
  await connection.run(
    `create table stage.${into}_text as select row_number() over () as _row, true as _whole, ${members} from read_parquet(${literal(path)})`,
  )
  const whole = `cast(to_json(${into}_text) as varchar)`
  const parts = ['_row', '_whole', ...fields.map((field) => field.name)]
  const pairs = parts.map((part) => `${literal(part)}, ${jsonOrText(name(part))}`)
  const raw = `case when ${isJson(whole)} then ${whole} else cast(json_object(${pairs.join(', ')}) as varchar) end`
  await castColumns(connection, load, { raw, holds: 'typed values' })
  await connection.run(`drop table stage.${into}_text`)
}

/**
 * Casts every column to its type. A value that does not fit is left out, or rejects its record with all its reasons. Texts must
 * print back as they were written; what the file itself has typed is only cast.
 */
async function castColumns(
  connection: DuckDBConnection,
  { fields, lenient, into }: Load,
  { raw, holds }: { raw: string; holds: 'texts' | 'typed values' },
) {
  const castable = (field: LoadField) =>
    `(${name(field.name)} is null or ${dialect.tryCast(name(field.name), dialect.types[field.type])} is not null)`
  const judges: Judges = {
    typed: fields.filter(isTyped),
    suits: holds === 'texts' ? isFit : castable,
    lenient,
  }
  const casts = fields.map((field) => {
    const cast = holds === 'texts' ? castOf(field) : castOfTyped(field)
    return `${cast} as ${name(field.name)}`
  })
  const misfit = isMisfit(judges)
  await connection.run(
    `create table stage.${into} as select ${[...casts, '_row'].join(', ')} from stage.${into}_text where _whole and not (${misfit})`,
  )
  await connection.run(`
    create table stage.${into}_rejected as
    select _row, case when not _whole then 'not a JSON object' else ${misfitReasons(judges)} end as reason,
      nullif(${misfitNames(judges)}, '') as misfits, ${raw} as raw
    from stage.${into}_text where not _whole or (${misfit})`)
  await connection.run(`
    create table stage.${into}_misfits as
    select _row, ${misfitNames(judges)} as misfits, ${misfitTexts(judges)} as texts
    from stage.${into}_text where _whole and not (${misfit}) and ${isLeftOut(judges)}`)
}

const typeWords = {
  text: 'text',
  integer: 'a whole number',
  decimal: 'a decimal number',
  number: 'a number',
  boolean: 'true or false',
  date: 'a day (YYYY-MM-DD)',
  timestamp: 'a time (ISO 8601)',
  json: 'JSON',
}
