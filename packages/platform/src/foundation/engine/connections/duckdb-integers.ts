import {
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBResult,
  INTEGER,
} from '@duckdb/node-api'

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

/** The columns of an answer as 32-bit integers. Taken chunk by chunk, so that whoever else is served meanwhile need not wait. */
export async function readIntegers(result: DuckDBResult): Promise<readonly Int32Array[]> {
  const pieces: Int32Array[][] = Array.from({ length: result.columnCount }, () => [])
  for (;;) {
    const chunk = await result.fetchChunk()
    if (!chunk || chunk.rowCount === 0) return pieces.map(concatenated)
    for (const [i, of] of pieces.entries())
      of.push(Int32Array.from(chunk.getColumnValues(i), Number))
  }
}

function concatenated(pieces: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
