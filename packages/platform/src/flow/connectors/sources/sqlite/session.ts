import type { Session, Statement } from '../sql/database.ts'
import { sqliteColumn } from './columns.ts'
import { type Asked, type Bound, exactly, quoted } from './messages.ts'
import { type ReadingProcess, startReading, type Troubles } from './process.ts'

/** What to open, and who may stop it. */
export interface Opening {
  readonly path: string
  readonly signal: AbortSignal
  readonly troubles: Troubles
  /** The most rows that are handed over at once. */
  readonly fetchRows: number
}

/** Opens a database in a process of its own, in a transaction that sees one moment. */
export async function openSqlite({ path, signal, troubles, fetchRows }: Opening): Promise<Session> {
  const reading = startReading(signal, troubles)
  try {
    await reading.ask({ kind: 'open', path })
  } catch (thrown) {
    await reading.close()
    throw thrown
  }
  return sessionOf(reading, fetchRows)
}

// Tables that SQLite keeps for itself or for others are left out.
const listed = `from pragma_table_list where schema = 'main' and type in ('table', 'view', 'virtual')
  and name not like 'sqlite\\_%' escape '\\' order by name`

function sessionOf(reading: ReadingProcess, fetchRows: number): Session {
  const rows = async function* (asked: Asked) {
    await reading.ask({ kind: 'select', ...asked })
    let isOver = false
    while (!isOver) {
      const { rows: found, isLast } = await reading.ask({ kind: 'next', mostRows: fetchRows })
      isOver = isLast
      if (found.length > 0) yield found
    }
  }
  const names = async (sql: string, ...values: Bound[]) => {
    const found: string[] = []
    for await (const chunk of rows({ sql, values })) found.push(...chunk.map(([name]) => `${name}`))
    return found
  }
  const tables = async () => {
    const found = await names(`select ${exactly('name', 'name')} ${listed}`)
    return found.map((name) => ({ schema: 'main', name }))
  }
  return {
    quote: quoted,
    defaultSchema: 'main',
    tables,
    sizes: tables,
    primaryKey: ({ name }) =>
      names(
        `select ${exactly('name', 'name')} from pragma_table_info(?) where pk > 0 order by pk`,
        name,
      ),
    describe: async (sql) => {
      const { columns } = await reading.ask({ kind: 'describe', sql })
      return columns.map((column) => sqliteColumn(column, `t.${quoted(column.name)}`))
    },
    rows: (select) => rows(printed(select)),
    close: reading.close,
  }
}

const printed = (statement: Statement): Asked => ({
  sql: statement.map((piece) => (typeof piece === 'string' ? piece : '?')).join(''),
  values: statement.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.value])),
})
