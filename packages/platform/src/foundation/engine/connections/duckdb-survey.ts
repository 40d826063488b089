import type { DuckDBConnection } from '@duckdb/node-api'
import { columnNames } from '#kernel/names.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { duckdb as dialect } from '../dialects/duckdb.ts'
import type { Cell } from '../engine.ts'
import type { ArrivingFile, Survey, SurveyedField } from '../files.ts'
import { quoted } from '../print.ts'
import { writtenLike } from '../written-like.ts'
import { rowsOf } from './duckdb-cells.ts'
import { isSayable, takenApart } from './duckdb-json.ts'
import { isWritten, jsonOrText, literal, readCsv, readJsonLines } from './duckdb-load.ts'

/** Types that are inferred, the narrowest first. */
const inferable = Object.keys(writtenLike) as readonly FieldType[]

const sampleRows = 20_000
const name = (of: string) => quoted(of, dialect)

interface Column {
  readonly label: string
  readonly name: string
  /** The type the file itself states, when it states one. */
  readonly stated?: FieldType | undefined
}

/** Looks at the first records of a file (at all records for the names of JSON members). */
export async function surveyFile(
  connection: DuckDBConnection,
  file: ArrivingFile,
  work: string,
): Promise<Survey> {
  const columns = await sample(connection, file, work)
  try {
    const [count] = await rowsOf(connection, `select count(*) as n from stage.${work}`)
    const sampled = Number(count?.['n'])
    const fields: SurveyedField[] = []
    for (let i = 0; i < columns.length; i += columnsAtOnce) {
      const some = columns.slice(i, i + columnsAtOnce)
      fields.push(...(await surveyColumns(connection, work, { columns: some, sampled })))
    }
    return { fields, sampled }
  } finally {
    await connection.run(`drop table if exists stage.${work}`)
  }
}

async function sample(
  connection: DuckDBConnection,
  file: ArrivingFile,
  work: string,
): Promise<readonly Column[]> {
  if (file.format === 'csv') {
    const types = file.columns.map((column) => [column.name, 'varchar'] as const)
    const source = readCsv({ ...file, shortRows: 'pad' }, types).replace(
      /\)$/,
      ', ignore_errors = true)',
    )
    await connection.run(`create table stage.${work} as from ${source} limit ${sampleRows}`)
    return file.columns.filter(({ empty }) => !empty)
  }
  if (file.format === 'parquet') return sampleParquet(connection, file.path, work)
  return sampleJson(connection, file, work)
}

async function sampleParquet(connection: DuckDBConnection, path: string, work: string) {
  const source = `read_parquet(${literal(path)})`
  const described = await rowsOf(connection, `describe from ${source}`)
  const labels = described.map((row) => String(row['column_name']))
  const names = columnNames(labels)
  const columns = labels.map((label, i) => ({
    label,
    name: names[i] ?? label,
    stated: statedType(String(described[i]?.['column_type'])),
  }))
  const members = columns
    .map((c) => {
      const cell = name(c.label)
      const text =
        c.stated === 'json' ? `cast(${jsonOrText(cell)} as varchar)` : `cast(${cell} as varchar)`
      return `${text} as ${name(c.name)}`
    })
    .join(', ')
  await connection.run(
    `create table stage.${work} as select ${members} from ${source} limit ${sampleRows}`,
  )
  return columns
}

/** What a file says of a column; nothing where its values must tell, because our types hold fewer digits than it may have. */
function statedType(type: string): FieldType | undefined {
  if (/^(STRUCT|MAP|UNION)\(|\]$|^JSON$/.test(type)) return 'json'
  if (/^U?(TINY|SMALL)INT$|^U?INTEGER$|^BIGINT$/.test(type)) return 'integer'
  if (/^(UBIG|U?HUGE)INT$/.test(type)) return undefined
  const [, digits, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? []
  if (digits !== undefined) return statedDecimal(Number(digits), Number(scale))
  if (type === 'DOUBLE' || type === 'FLOAT') return 'number'
  if (type === 'BOOLEAN') return 'boolean'
  if (type === 'DATE') return 'date'
  return type.startsWith('TIMESTAMP') ? 'timestamp' : 'text'
}

function statedDecimal(digits: number, scale: number): FieldType | undefined {
  if (scale <= 4) return digits - scale <= 14 ? 'decimal' : undefined
  // A double keeps fifteen digits.
  return digits <= 15 ? 'number' : 'text'
}

async function sampleJson(
  connection: DuckDBConnection,
  file: Extract<ArrivingFile, { format: 'ndjson' | 'json' }>,
  work: string,
) {
  const isObject = dialect.functions.json_is_object
  if (typeof isObject !== 'function') throw new Error('the dialect cannot tell objects')
  // A view of the whole file: a member that only late records have is a field all the same.
  const keys = await rowsOf(
    connection,
    `with lines as (${readJsonLines(file)}), members as (
      select n, unnest(json_keys(line)) as key, generate_subscripts(json_keys(line), 1) as place
      from (select line, row_number() over () as n from lines where ${isObject('line')})
    ) select key, min(n * 10000 + place) as first from members group by key order by first, key`,
  )
  const labels = keys.map((row) => String(row['key'])).filter(isSayable)
  const names = columnNames(labels)
  const columns = labels.map((label, i) => ({ label, name: names[i] ?? label }))
  await connection.run(
    `create table stage.${work} as select * exclude (line, _whole) from (${takenApart(`select true as _row, line from (${readJsonLines(file)})`, columns)}) where _whole limit ${sampleRows}`,
  )
  return columns
}

// A statement for each column would be made ready as often; all columns at once would need room for all their values.
const columnsAtOnce = 50
const mostExamples = 3

/** Looks at the values of some columns, one below the other: each condition is made ready once, and asked once of equal values. */
async function surveyColumns(
  connection: DuckDBConnection,
  work: string,
  { columns, sampled }: { readonly columns: readonly Column[]; readonly sampled: number },
): Promise<readonly SurveyedField[]> {
  const fits = inferable.map((type) => {
    const cast =
      type === 'json' ? 'json_valid(v)' : `try_cast(v as ${dialect.types[type]}) is not null`
    return `bool_and(${isWritten('v', type)} and ${cast}) as ${name(type)}`
  })
  const found = await rowsOf(
    connection,
    `with cells as (
      select unnest([${columns.map((_, place) => place).join(', ')}]) as place,
        unnest([${columns.map((column) => name(column.name)).join(', ')}]) as v from stage.${work}
    ), counted as materialized (
      select place, v, count(*) as n from cells where v is not null and v <> '' group by 1, 2
    ) select place, sum(n) as filled, min({'n': -n, 'v': v}, ${mostExamples}) as examples, ${fits.join(', ')} from counted group by place`,
  )
  const byPlace = new Map(found.map((row) => [Number(row['place']), row]))
  return columns.map(({ label, name: column, stated }, place) => {
    const row = byPlace.get(place)
    const fitting = row && inferable.find((type) => row[type] === true)
    return {
      label,
      name: column,
      type: stated ?? fitting ?? 'text',
      filled: Number(row?.['filled'] ?? 0) / Math.max(1, sampled),
      examples: row ? examplesIn(row['examples']) : [],
    }
  })
}

const examplesIn = (of: Cell | undefined): readonly string[] =>
  Array.isArray(of) ? of.map((one) => String(one.v)) : []
