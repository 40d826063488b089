import type { DuckDBConnection } from '@duckdb/node-api'
import { columnNames } from '#kernel/names.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { duckdb as dialect } from '../dialects/duckdb.ts'
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
    const fields: SurveyedField[] = []
    for (const column of columns) fields.push(await surveyColumn(connection, work, column))
    return { fields, sampled: Number(count?.['n']) }
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

async function surveyColumn(
  connection: DuckDBConnection,
  work: string,
  { label, name: column, stated }: Column,
): Promise<SurveyedField> {
  const it = name(column)
  const fits = inferable.map((type) => {
    const cast =
      type === 'json'
        ? `json_valid(${it})`
        : `try_cast(${it} as ${dialect.types[type]}) is not null`
    return `bool_and(${isWritten(it, type)} and ${cast}) as ${name(type)}`
  })
  const [found] = await rowsOf(
    connection,
    `select count(*) as n, (select count(*) from stage.${work}) as total, ${fits.join(', ')} from stage.${work} where ${it} is not null and ${it} <> ''`,
  )
  const examples = await rowsOf(
    connection,
    `select ${it} as v from stage.${work} where ${it} is not null and ${it} <> '' group by 1 order by count(*) desc, 1 limit 3`,
  )
  const filled = Number(found?.['n']) / Math.max(1, Number(found?.['total']))
  const fitting = inferable.find((type) => found?.[type] === true)
  return {
    label,
    name: column,
    type: stated ?? (filled === 0 ? 'text' : (fitting ?? 'text')),
    filled,
    examples: examples.map((row) => String(row['v'])),
  }
}
