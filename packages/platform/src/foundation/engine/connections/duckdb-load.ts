import type { DuckDBConnection } from '@duckdb/node-api'
import type { FieldType } from '#kernel/scalar.ts'
import { duckdb as dialect } from '../dialects/duckdb.ts'
import type { ArrivingFile, LineFile, LoadField, Needed } from '../files.ts'
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
  /** Fields without which a record is rejected, and in which words. */
  readonly needed?: Needed | undefined
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

/** How the typed fields of a file are judged: each by a column that tells whether it fits, as conditions are dear to be made ready. */
interface Judges {
  readonly typed: readonly LoadField[]
  readonly suits: (field: LoadField) => string
  readonly lenient: readonly string[]
}

/** Judges of records that have been read with `withFits`. */
const judgesOf = ({ fields, lenient }: Load): Judges => {
  const typed = fields.filter(isTyped)
  return { typed, lenient, suits: (field) => `_fit_${typed.indexOf(field)}` }
}

/** A relation with a column for each typed field that tells whether it fits. */
const withFits = (from: string, { fields }: Load, fits: (field: LoadField) => string) =>
  `(select *${fields
    .filter(isTyped)
    .map((field, i) => `, ${fits(field)} as _fit_${i}`)
    .join('')} from ${from})`

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

/** Whether a record lacks a value that it needs. */
function isLacking({ fields, needed }: Load, cast: Judging['cast']): string {
  const of = fields.filter(({ name }) => needed?.fields.includes(name))
  return of.length === 0 ? 'false' : `(${of.map((field) => `${cast(field)} is null`).join(' or ')})`
}

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
async function loadCsv(connection: DuckDBConnection, load: CsvLoad) {
  const { file, into } = load
  const types = file.columns.map((column) => [column.name, dialect.types.text] as const)
  const [errors, scans] = [`${into}_errors`, `${into}_scans`]
  const values = file.columns.map((column) => asWritten(name(column.name), file))
  // The number of the record is filled in afterwards: a window here would read with one thread only.
  await judge(connection, load, {
    from: readCsv(file, types, { errors, scans }),
    row: 'cast(null as bigint)',
    raw: `concat_ws(${literal(file.delimiter)}, ${values.join(', ')})`,
    fits: isFit,
    cast: castOf,
  })
  await connection.run(`
    create table stage.${into}_rejected as
    select line - ${file.header ? 1 : 0} as _row,
      -- The reader tells of every column that is missing or too many; one sentence is enough.
      concat_ws('; ', ${Object.entries(errorWords)
        .map(([type, words]) => {
          const pick = type === 'MISSING COLUMNS' ? 'arg_min' : 'arg_max'
          return `${pick}(${words}, column_idx) filter (error_type = ${literal(type)})`
        })
        .join(', ')},
        string_agg(case when error_type not in (${Object.keys(errorWords).map(literal).join(', ')}) then error_message end,
          '; ' order by column_idx)) as reason,
      cast(null as varchar) as misfits,
      ${lineAsCame('any_value(csv_line)')} as raw
    from ${errors} group by line`)
  await connection.run(`drop table ${errors}; drop table ${scans}`)
  await numberRecords(connection, into)
  await takeOut(connection, into)
}

/** What is judged: records, their numbers and texts, and how a value is asked whether it fits and is then cast. */
interface Judging {
  readonly from: string
  readonly row: string
  readonly raw: string
  readonly fits: (field: LoadField) => string
  readonly cast: (field: LoadField) => string
  /** Whether a record can be read at all. */
  readonly isWhole?: string
}

/**
 * Casts every column to its type, in one pass over all records. Those that are to be rejected, and those of which a value is to be
 * left out, have the reasons beside them until they are taken out.
 */
async function judge(
  connection: DuckDBConnection,
  load: Load,
  { from, row, raw, fits, cast, isWhole = 'true' }: Judging,
) {
  const { fields, into } = load
  const judges = judgesOf(load)
  const cells = fields.map((field) => `${cast(field)} as ${name(field.name)}`)
  const [misfit, lacks, leftOut] = [isMisfit(judges), isLacking(load, cast), isLeftOut(judges)]
  await connection.run(`
    create table stage.${into} as select ${[...cells, `${row} as _row`].join(', ')},
      case when ${misfit} then ${misfitNames(judges)} end as _misfits,
      case when not (${isWhole}) then 'not a JSON object' when ${misfit} then ${misfitReasons(judges)}
        when ${lacks} then ${literal(load.needed?.reason ?? '')} end as _reason,
      case when not (${isWhole}) or ${misfit} or ${lacks} then ${raw} end as _raw,
      case when ${leftOut} then ${misfitNames(judges)} end as _left_out,
      case when ${leftOut} then ${misfitTexts(judges)} end as _texts
    from ${withFits(from, load, fits)}`)
}

/** Moves the records that are rejected to the others of that kind, and what is left out of records to a table of its own. */
async function takeOut(connection: DuckDBConnection, into: string) {
  await connection.run(`
    insert into stage.${into}_rejected (_row, reason, misfits, raw)
    select _row, _reason, _misfits, _raw from stage.${into} where _reason is not null`)
  await connection.run(`delete from stage.${into} where _reason is not null`)
  await connection.run(
    `create table stage.${into}_misfits as select _row, _left_out as misfits, _texts as texts from stage.${into} where _left_out is not null`,
  )
  for (const extra of ['_misfits', '_reason', '_raw', '_left_out', '_texts']) {
    await connection.run(`alter table stage.${into} drop column ${extra}`)
  }
}

const counts = String.raw`regexp_replace(error_message, '\D*(\d+)\D+(\d+).*', '\2 instead of \1')`

/** What the reader finds wrong with a record, in words. */
const errorWords: Readonly<Record<string, string>> = {
  'MISSING COLUMNS': `'too few values: ' || ${counts}`,
  'TOO MANY COLUMNS': `'too many values: ' || ${counts}`,
  'LINE SIZE OVER MAXIMUM': "'too long: more than 16 MiB'",
  'UNQUOTED VALUE': "'a quote is opened and not closed, or stands within a value'",
}

/** So much of a line the reader keeps. */
const keptLength = 10_000

/** A line as it came: the reader gives a part of the line ends around it as well, and cuts what is long. */
const lineAsCame = (line: string) =>
  `regexp_replace(${line}, '^[\\r\\n]+|\\r?\\n$', '', 'g') || case when length(${line}) >= ${keptLength} then '\u2026' else '' end`

/** A value as a delimited file writes it: between quotes where it holds a delimiter, a quote or a line break. */
function asWritten(cell: string, { delimiter, quote, escape: before }: Csv): string {
  if (quote === '') return `coalesce(${cell}, '')`
  const special = [literal(delimiter), literal(quote), 'chr(10)', 'chr(13)']
    .map((part) => `contains(${cell}, ${part})`)
    .join(' or ')
  const mark = literal(quote)
  const doubled =
    before === quote ? cell : `replace(${cell}, ${literal(before)}, ${literal(before + before)})`
  const inner = `replace(${doubled}, ${mark}, ${literal(before + quote)})`
  return `case when ${special} then ${mark} || ${inner} || ${mark} else coalesce(${cell}, '') end`
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
  rejects?: Rejects,
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
    ...(rejects ? rejectsIn(rejects) : []),
  ]
  return `read_csv(${literal(file.path)}, ${options.join(', ')})`
}

/** The names of the tables in which the reader puts what it cannot read. */
interface Rejects {
  readonly errors: string
  readonly scans: string
}

const rejectsIn = ({ errors, scans }: Rejects) => [
  'store_rejects = true',
  `rejects_table = ${literal(errors)}`,
  `rejects_scan = ${literal(scans)}`,
]

/** A query for the values of a file of lines. */
export function readLines({ path, columns }: LineFile): string {
  const types = columns.map((c) => `${literal(c.name)}: ${literal(dialect.types[c.type])}`)
  const options = `auto_detect = false, header = false, delim = '\t', quote = '', escape = '', nullstr = '\u0001', max_line_size = ${longestRecord}, compression = 'uncompressed'`
  return `select * from read_csv(${literal(path)}, columns = {${types.join(', ')}}, ${options})`
}

/**
 * A query for the records of a JSON file: `line` as text, in the order of the file. Lines that are too long are left out, or put where
 * errors are wished.
 */
export function readJsonLines(file: JsonFile, rejects?: Rejects): string {
  const compression = `compression = ${file.compressed ? "'gzip'" : "'uncompressed'"}`
  if (file.format === 'json') {
    return `select cast(json as varchar) as line from read_json_objects(${literal(file.path)}, format = 'array', ${compression}, maximum_object_size = ${longestRecord})`
  }
  // As lines of text, because a JSON reader would stop at the first broken line, or lose it.
  return `select line from read_csv(${literal(file.path)}, columns = {'line': 'varchar'}, auto_detect = false, header = false, delim = '\u0001', quote = '', escape = '', max_line_size = ${longestRecord}, ${compression}, ${(rejects ? rejectsIn(rejects) : ['ignore_errors = true']).join(', ')}) where trim(line) <> ''`
}

async function loadJson(connection: DuckDBConnection, load: JsonLoad) {
  const { file, fields, into } = load
  const [errors, scans] = [`${into}_errors`, `${into}_scans`]
  const isLines = file.format === 'ndjson'
  const lines = readJsonLines(file, isLines ? { errors, scans } : undefined)
  await connection.run(`create table stage.${into}_lines as ${lines}`)
  // Most files have none, but then there is nothing to do.
  const [found] = isLines ? await rowsOf(connection, `select count(*) as n from ${errors}`) : []
  const hasLong = Number(found?.['n'] ?? 0) > 0
  if (hasLong)
    await connection.run(`create table stage.${into}_long as
      select kept_before, kept_before + nth as _row, raw from (
        select nth, raw, least(line - nth, (select count(*) from stage.${into}_lines)) as kept_before from (
        select line, row_number() over (order by line) as nth, ${lineAsCame('any_value(csv_line)')} as raw from ${errors} group by line))`)
  const longBefore = hasLong
    ? `(select count(*) from stage.${into}_long where kept_before <= l.rowid)`
    : '0'
  await connection.run(
    `create table stage.${into}_text as ${takenApart(`select l.rowid + 1 + ${longBefore} as _row, line from stage.${into}_lines l`, fields)}`,
  )
  await castColumns(connection, load, { raw: 'line', holds: 'texts' })
  if (hasLong)
    await connection.run(`
      insert into stage.${into}_rejected (_row, reason, misfits, raw)
      select _row, ${errorWords['LINE SIZE OVER MAXIMUM']}, null, raw from stage.${into}_long;
      drop table stage.${into}_long`)
  if (isLines) await connection.run(`drop table ${errors}; drop table ${scans}`)
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
  const pairs = fields.map((field) => `${literal(field.label)}, ${jsonOrText(name(field.name))}`)
  const raw = `cast(json_object(${pairs.join(', ')}) as varchar)`
  const described = await rowsOf(connection, `describe stage.${into}_text`)
  const holds = new Map(
    described.map((row) => [String(row['column_name']), String(row['column_type'])]),
  )
  await castColumns(connection, load, { raw, holds })
  await connection.run(`drop table stage.${into}_text`)
}

/**
 * Casts every column of what was read to its type. A value that does not fit is left out, or rejects its record with all its reasons.
 * Texts must print back as they were written; what the file itself has typed must be the same in our type.
 */
async function castColumns(
  connection: DuckDBConnection,
  load: Load,
  { raw, holds }: { raw: string; holds: 'texts' | TypesIn },
) {
  const { into } = load
  const isText = holds === 'texts'
  await judge(connection, load, {
    ...{ from: `stage.${into}_text`, row: '_row', raw, isWhole: '_whole' },
    fits: isText ? isFit : (field) => isCastable(field, holds.get(field.name)),
    cast: isText ? castOf : castOfTyped,
  })
  await connection.run(
    `create table stage.${into}_rejected (_row bigint, reason varchar, misfits varchar, raw varchar)`,
  )
  await takeOut(connection, into)
}

/** The types of the engine that columns of a file have, by their names. */
type TypesIn = ReadonlyMap<string, string>

/** Whether a value that its file has typed is the same as our type; what is text there must be written as our type writes it. */
function isCastable(field: LoadField, has = 'VARCHAR'): string {
  if (has === 'VARCHAR') return isFit(field)
  const cell = name(field.name)
  const made = dialect.tryCast(cell, dialect.types[field.type])
  // Instants are kept to the microsecond, whatever a file counts.
  const isSame =
    field.type === 'timestamp' ? `${made} is not null` : `try_cast(${made} as ${has}) = ${cell}`
  return `(${cell} is null or coalesce(${isSame}, false))`
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
