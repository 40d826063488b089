import { type DuckDBConnection, DuckDBDataChunk, INTEGER } from '@duckdb/node-api'

const chunkRows = 2048

/** Makes `stage.<name>` of 32-bit integer columns, appended in chunks. */
export async function appendIntegers(
  connection: DuckDBConnection,
  name: string,
  columns: Readonly<Record<string, Int32Array>>,
): Promise<void> {
  const names = Object.keys(columns)
  const values = Object.values(columns)
  await connection.run(
    `create table stage.${name} (${names.map((n) => `"${n}" integer`).join(', ')})`,
  )
  const appender = await connection.createAppender(name, 'main', 'stage')
  const rows = values[0]?.length ?? 0
  for (let from = 0; from < rows; from += chunkRows) {
    const chunk = DuckDBDataChunk.create(names.map(() => INTEGER))
    chunk.setColumns(values.map((column) => Array.from(column.subarray(from, from + chunkRows))))
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}
