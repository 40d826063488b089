import type { Socket } from 'node:net'
import { Client } from 'pg'
import type { ReachingTools } from '../../connector.ts'
import type { Column, Row, Session, Statement } from '../sql/database.ts'
import { isSecure } from '../sql/place.ts'
import { troubleOf } from '../sql/trouble.ts'
import { manners, primaryKey, sizes, tables, types } from './catalogue.ts'
import { type PostgresType, postgresColumn } from './columns.ts'
import type { PostgresSettings } from './definition.ts'
import { kindOf } from './trouble.ts'

/** What to open, and who may stop it. */
export interface Opening {
  readonly settings: PostgresSettings
  readonly signal: AbortSignal
  /** The most rows that are fetched at once. */
  readonly fetchRows?: number
}

const answerMs = 30_000

/** Signs in and begins a transaction that only reads and sees one moment. */
export async function openPostgres(tools: ReachingTools, of: Opening): Promise<Session> {
  const { settings, signal } = of
  const { host, port = 5432, user, database, schema = 'public' } = settings
  const at = `${host}:${port}`
  const password = await tools.secret(settings.password.secret)
  const socket = await tools.network.connect({ host, port, signal })
  socket.setKeepAlive(true, answerMs)
  const client = clientOf(socket, settings, password)
  const stop = () => void socket.destroy()
  signal.addEventListener('abort', stop, { once: true })
  // What breaks is told by whatever is under way; nobody else has to hear of it.
  client.on('error', () => {})
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      signal.throwIfAborted()
      return await work()
    } catch (thrown) {
      signal.throwIfAborted()
      throw troubleOf(thrown, { at, user, database }, kindOf)
    }
  }
  const ask = (text: string, values: readonly unknown[] = []) =>
    guarded(async () => {
      // Rows come as lists of texts, as they were asked for.
      const { rows, fields } = await client.query<(string | null)[]>({
        text,
        values: [...values],
        rowMode: 'array',
      })
      return { rows, fields }
    })
  const close = async () => {
    signal.removeEventListener('abort', stop)
    const timer = setTimeout(() => socket.destroy(), 2000)
    await client.end().catch(() => {})
    clearTimeout(timer)
    socket.destroy()
  }
  try {
    await guarded(() => client.connect())
    await ask('begin isolation level repeatable read read only')
    await ask(manners, [quote(schema)])
    return sessionOf({ ask, close, schema, fetchRows: of.fetchRows ?? 2000 })
  } catch (thrown) {
    await close()
    throw thrown
  }
}

function clientOf(socket: Socket, settings: PostgresSettings, password: string): Client {
  const { host, port = 5432, user, database, ca } = settings
  return new Client({
    host,
    port,
    database,
    user,
    password,
    ssl: isSecure(settings) && (ca === undefined ? {} : { ca }),
    stream: () => alreadyOpen(socket),
    connectionTimeoutMillis: answerMs,
    application_name: 'tessera',
    // Values are taken as they are written.
    types: { getTypeParser: () => (value: string) => value },
  })
}

type Ask = (
  text: string,
  values?: readonly unknown[],
) => Promise<{
  readonly rows: readonly (readonly (string | null)[])[]
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[]
}>

interface Parts {
  readonly ask: Ask
  readonly close: () => Promise<void>
  readonly schema: string
  readonly fetchRows: number
}

function sessionOf({ ask, close, schema, fetchRows }: Parts): Session {
  let cursors = 0
  return {
    quote,
    defaultSchema: schema,
    close,
    tables: async () =>
      (await ask(tables)).rows.map(([found = '', name = '']) => ({
        schema: String(found),
        name: String(name),
      })),
    sizes: async () => (await ask(sizes)).rows.map(sizeOf),
    primaryKey: async ({ schema: of, name }) =>
      (await ask(primaryKey, [of, name])).rows.map(([column]) => String(column)),
    describe: (select) => describe(ask, select),
    rows: (select) => fetchAll(ask, { select, fetchRows, name: `tessera_${++cursors}` }),
  }
}

function sizeOf([schema, name, rows, sizeBytes]: Row) {
  return {
    schema: String(schema),
    name: String(name),
    ...(rows == null ? {} : { rows: Number(rows) }),
    ...(sizeBytes == null ? {} : { sizeBytes: Number(sizeBytes) }),
  }
}

async function describe(ask: Ask, select: string): Promise<readonly Column[]> {
  const { fields } = await ask(`${select} limit 0`)
  const numbers = [...new Set(fields.map(({ dataTypeID }) => String(dataTypeID)))]
  const { rows } = await ask(types, [numbers])
  const byNumber = new Map(
    rows.map(([number, schema, name, category, kind]): [string, PostgresType] => [
      String(number),
      {
        schema: String(schema),
        name: String(name),
        category: String(category),
        kind: String(kind),
      },
    ]),
  )
  return fields.map(({ name, dataTypeID }) => {
    const type = byNumber.get(String(dataTypeID))
    if (!type) throw new Error(`the catalogue does not know type ${dataTypeID}`)
    return postgresColumn(name, `t.${quote(name)}`, { type, quote })
  })
}

interface Fetching {
  readonly select: Statement
  readonly name: string
  readonly fetchRows: number
}

// About how much is fetched at once.
const fetchBytes = 4 * 1024 ** 2

/** Fetches rows through a cursor of the server: the next ones are on their way while these are written. */
async function* fetchAll(
  ask: Ask,
  { select, name, fetchRows }: Fetching,
): AsyncGenerator<readonly Row[]> {
  const values = select.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.value]))
  await ask(`declare ${name} no scroll cursor for ${printed(select)}`, values)
  const fetch = (count: number) => {
    const answer = ask(`fetch ${count} from ${name}`)
    // It may fail before anybody asks for it.
    answer.catch(() => {})
    return answer
  }
  let [count, next] = [Math.min(fetchRows, 100), fetch(Math.min(fetchRows, 100))]
  while (true) {
    const { rows } = await next
    if (rows.length < count) {
      if (rows.length > 0) yield rows
      break
    }
    count = Math.min(fetchRows, Math.max(1, Math.floor(fetchBytes / (1 + sizeOfRows(rows)))))
    next = fetch(count)
    yield rows
  }
  await ask(`close ${name}`)
}

/** About how many letters a row has. */
function sizeOfRows(rows: readonly Row[]): number {
  let letters = 0
  for (const row of rows) for (const value of row) letters += value?.length ?? 0
  return letters / rows.length
}

const printed = (statement: Statement): string => {
  let n = 0
  return statement.map((piece) => (typeof piece === 'string' ? piece : `$${++n}`)).join('')
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`

/** A socket that is connected already, for a driver that wants to connect it. */
function alreadyOpen(socket: Socket): Socket {
  return Object.assign(socket, {
    connect: () => {
      setImmediate(() => socket.emit('connect'))
      return socket
    },
  })
}
