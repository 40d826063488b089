import { escape as literal } from 'mysql2'
import type { ReachingTools } from '../../connector.ts'
import type { Session, Statement } from '../sql/database.ts'
import { troubleOf } from '../sql/trouble.ts'
import { mysqlColumn } from './columns.ts'
import type { MysqlSettings } from './definition.ts'
import { kindOf } from './trouble.ts'
import { type Answer, makeWire } from './wire.ts'

/** What to open, and who may stop it. */
export interface Opening {
  readonly settings: MysqlSettings
  readonly signal: AbortSignal
  /** The most rows that are handed over at once. */
  readonly fetchRows?: number
}

const answerMs = 30_000

/** Signs in and begins a transaction that only reads and sees one moment. */
export async function openMysql(tools: ReachingTools, of: Opening): Promise<Session> {
  const { settings, signal, fetchRows = 2000 } = of
  const { host, port = 3306, user, database } = settings
  const at = `${host}:${port}`
  const password = await tools.secret(settings.password.secret)
  const socket = await tools.network.connect({ host, port, signal })
  socket.setKeepAlive(true, answerMs)
  const wire = makeWire({ socket, settings, password, at, answerMs })
  const stop = () => void socket.destroy()
  signal.addEventListener('abort', stop, { once: true })
  const told = (thrown: unknown) => {
    signal.throwIfAborted()
    return troubleOf(thrown, { at, user, database }, kindOf)
  }
  const ask = async (text: string) => {
    try {
      return await wire.ask(text)
    } catch (thrown) {
      throw told(thrown)
    }
  }
  const rows = async function* (select: Statement) {
    try {
      yield* wire.rows(printed(select), fetchRows)
    } catch (thrown) {
      throw told(thrown)
    }
  }
  const close = async () => {
    signal.removeEventListener('abort', stop)
    const isLost = socket.destroyed && !signal.aborted
    if (wire.isBusy() && !isLost) await stopQuery(tools, settings, { password, id: wire.id() })
    await wire.end()
  }
  try {
    await wire.open().catch((thrown) => {
      throw told(thrown)
    })
    await begin(ask)
  } catch (thrown) {
    await close()
    throw thrown
  }
  return { ...sessionOf(ask, database), rows, close }
}

/** Ends what a connection has asked for: a server that thinks does not notice that nobody listens any more. */
async function stopQuery(
  { network }: ReachingTools,
  settings: MysqlSettings,
  { password, id }: { readonly password: string; readonly id: number },
): Promise<void> {
  const { host, port = 3306 } = settings
  const socket = await network.connect({ host, port }).catch(() => undefined)
  if (!socket) return
  const wire = makeWire({ socket, settings, password, at: `${host}:${port}`, answerMs: 5000 })
  await wire
    .open()
    .then(() => wire.ask(`kill query ${id}`))
    .catch(() => {})
  await wire.end()
}

type Ask = (text: string) => Promise<Answer>

// Under these the server changes or refuses the very values that are asked for.
const strict = new Set([
  'NO_BACKSLASH_ESCAPES',
  'NO_ZERO_DATE',
  'NO_ZERO_IN_DATE',
  'STRICT_ALL_TABLES',
  'STRICT_TRANS_TABLES',
  'PAD_CHAR_TO_FULL_LENGTH',
  'TRADITIONAL',
])

async function begin(ask: Ask): Promise<void> {
  const { rows } = await ask('select @@session.sql_mode')
  const modes = (rows[0]?.[0] ?? '').split(',').filter((mode) => !strict.has(mode))
  await ask(`set session sql_mode = ${literal(modes.join())}, time_zone = '+00:00'`)
  // Between two batches one is loaded; a minute, as is usual, may be too short for that.
  await ask('set session net_write_timeout = 3600')
  await ask('set session transaction isolation level repeatable read')
  await ask('start transaction with consistent snapshot, read only')
}

function sessionOf(ask: Ask, database: string): Omit<Session, 'rows' | 'close'> {
  return {
    quote,
    defaultSchema: database,
    tables: async (meant) => {
      const { rows } = await ask(`select table_schema, table_name from information_schema.tables
        where table_schema = ${literal(database)} or concat(table_schema, '.', table_name) = ${literal(meant)}
        order by 1, 2`)
      return rows.map(([schema, name]) => ({ schema: String(schema), name: String(name) }))
    },
    sizes: async () => {
      const { rows } =
        await ask(`select table_schema, table_name, table_rows, data_length + index_length
        from information_schema.tables where table_schema = ${literal(database)} order by 1, 2`)
      return rows.map(([schema, name, count, sizeBytes]) => ({
        schema: String(schema),
        name: String(name),
        ...(count == null ? {} : { rows: Number(count) }),
        ...(sizeBytes == null ? {} : { sizeBytes: Number(sizeBytes) }),
      }))
    },
    primaryKey: async ({ schema, name }) => {
      const { rows } = await ask(`select column_name from information_schema.key_column_usage
        where constraint_name = 'PRIMARY' and table_schema = ${literal(schema)} and table_name = ${literal(name)}
        order by ordinal_position`)
      return rows.map(([column]) => String(column))
    },
    describe: async (select) =>
      (await ask(`${select} limit 0`)).fields.map((field) =>
        mysqlColumn(field, `t.${quote(field.name)}`),
      ),
  }
}

// Values are escaped by the driver's own rules, under a mode in which these hold.
const printed = (statement: Statement): string =>
  statement.map((piece) => (typeof piece === 'string' ? piece : literal(piece.value))).join('')

const quote = (name: string) => `\`${name.replaceAll('`', '``')}\``
