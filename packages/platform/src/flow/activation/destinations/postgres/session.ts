import type { Socket } from 'node:net'
import { Client, DatabaseError } from 'pg'
import { sentenceOf } from '#kernel/fault.ts'
import type { Read } from '#kernel/read.ts'
import type { DeliveryTools } from '../../destination.ts'
import { activationFaults } from '../../faults.ts'
import type { postgresDefinition } from './definition.ts'

/** The settings of a PostgreSQL destination. */
export type PostgresSettings = Read<typeof postgresDefinition.settings>

/** Asks the database, and hands back the rows as lists of values. */
export type Ask = (
  text: string,
  values?: readonly unknown[],
) => Promise<readonly (readonly unknown[])[]>

const answerMs = 60_000

/** Signs in, and does all of the work in one transaction. */
export async function inTransaction<T>(
  tools: Pick<DeliveryTools, 'network' | 'secret' | 'signal'>,
  settings: PostgresSettings,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const { host, port = 5432 } = settings
  const { signal } = tools
  const at = `${host}:${port}`
  const password = await tools.secret(settings.password.secret)
  const socket = await tools.network.connect({ host, port, signal })
  const client = clientOf(socket, settings, password)
  const stop = () => void socket.destroy()
  signal.addEventListener('abort', stop, { once: true })
  // What breaks is told by whatever is under way; nobody else has to hear of it.
  client.on('error', () => {})
  const ask: Ask = async (text, values = []) => {
    const { rows } = await client.query<unknown[]>({ text, values: [...values], rowMode: 'array' })
    return rows
  }
  try {
    signal.throwIfAborted()
    await client.connect()
    await ask('begin')
    const result = await work(ask)
    await ask('commit')
    return result
  } catch (thrown) {
    signal.throwIfAborted()
    throw troubleOf(thrown, at)
  } finally {
    signal.removeEventListener('abort', stop)
    const timer = setTimeout(() => socket.destroy(), 2000)
    await client.end().catch(() => {})
    clearTimeout(timer)
    socket.destroy()
  }
}

function clientOf(socket: Socket, settings: PostgresSettings, password: string): Client {
  const { host, port = 5432, user, database, ca, tls } = settings
  const isHere = host === 'localhost' || host === '::1' || host.startsWith('127.')
  const isSecure = tls === undefined ? !isHere : tls === 'require'
  return new Client({
    host,
    port,
    database,
    user,
    password,
    ssl: isSecure && (ca === undefined ? {} : { ca }),
    stream: () => alreadyOpen(socket),
    connectionTimeoutMillis: answerMs,
    query_timeout: answerMs,
    application_name: 'tessera',
  })
}

// A socket that is connected already, for a driver that wants to connect it.
function alreadyOpen(socket: Socket): Socket {
  return Object.assign(socket, {
    connect: () => {
      setImmediate(() => socket.emit('connect'))
      return socket
    },
  })
}

// Connection, resources, shutting down, conflicts between transactions: the same may go well later.
const passing = /^(08|40|53|55|57|58)/

function troubleOf(thrown: unknown, at: string): unknown {
  const why = sentenceOf(thrown)
  if (thrown instanceof DatabaseError) {
    const isPassing = passing.test(thrown.code ?? '')
    const fault = isPassing ? activationFaults.database_trouble : activationFaults.database_refused
    return fault({ at, why }, { cause: thrown })
  }
  if (thrown instanceof Error && (thrown.name === 'Fault' || thrown.name === 'TypeError')) {
    return thrown
  }
  return activationFaults.database_trouble({ at, why }, { cause: thrown })
}
