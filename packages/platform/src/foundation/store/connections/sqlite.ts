import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Cell, Question, Result } from './messages.ts'
import { type SqliteThread, startSqliteThread } from './sqlite-thread.ts'
import { makeTurns } from './turns.ts'

/** One open database: queries through Kysely, transactions that reach everything awaited inside them. */
export interface Connection {
  readonly db: Kysely<unknown>
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>
  readonly afterCommit: (work: () => void) => void
  /** Runs several statements of hand-written SQL. */
  readonly script: (sql: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** A transaction under way. It is found by whatever was started inside it, through the async context. */
interface Session {
  isOpen: boolean
  failure?: unknown
  readonly afterCommit: (() => void)[]
}

// Kysely would let one query in at a time; here the turns do that, and let in what belongs to a transaction.
class QueuedAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

interface Lease extends DatabaseConnection {
  readonly release: () => void
}

/** Opens a SQLite file (or `:memory:`) in its own thread. */
export function openSqlite(file: string): Connection {
  const thread = startSqliteThread(file)
  const turns = makeTurns()
  const sessions = new AsyncLocalStorage<Session>()
  const openSession = () => {
    const session = sessions.getStore()
    return session?.isOpen ? session : undefined
  }

  const lease = async (): Promise<Lease> => {
    if (openSession()) return leaseOf(thread, 'transaction', () => {})
    return leaseOf(thread, 'nothing', await turns.take())
  }
  const db = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new QueuedAdapter(),
      createDriver: () => driverOf(lease),
      createIntrospector: (of) => new SqliteIntrospector(of),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })

  const runAlone = async <T>(work: () => Promise<T>): Promise<T> => {
    const session: Session = { isOpen: true, afterCommit: [] }
    const release = await turns.take()
    try {
      const result = await runSession(thread, session, () => sessions.run(session, work))
      for (const act of session.afterCommit) act()
      return result
    } finally {
      release()
    }
  }
  const ask = async (question: Question) => {
    await thread.ask(question)
  }
  const script = async (sql: string) => {
    if (openSession()) return ask({ kind: 'script', sql })
    const release = await turns.take()
    return ask({ kind: 'script', sql }).finally(release)
  }
  let closed: Promise<void> | undefined

  return {
    db,
    script,
    transaction: (work) => {
      const session = openSession()
      return session ? joined(session, work) : runAlone(work)
    },
    afterCommit: (work) => {
      const session = openSession()
      if (session) session.afterCommit.push(work)
      else work()
    },
    close: () => {
      closed ??= turns.take().then((release) => ask({ kind: 'close' }).finally(release))
      return closed
    },
  }
}

async function runSession<T>(
  thread: SqliteThread,
  session: Session,
  work: () => Promise<T>,
): Promise<T> {
  await thread.ask({ kind: 'script', sql: 'begin immediate' })
  try {
    const result = await work()
    if ('failure' in session) throw session.failure
    session.isOpen = false
    await thread.ask({ kind: 'script', sql: 'commit' })
    return result
  } catch (thrown) {
    session.isOpen = false
    // What went wrong first is what matters; a thread that is gone has rolled back by going.
    await thread.ask({ kind: 'rollback' }).catch(() => {})
    throw thrown
  }
}

// A transaction inside another is part of it: when the inner one fails, the outer one cannot commit half of it.
async function joined<T>(session: Session, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    session.failure = thrown
    throw thrown
  }
}

function driverOf(lease: () => Promise<Lease>): Driver {
  const refuse = () => Promise.reject(new Error('use store.transaction instead of db.transaction'))
  return {
    init: async () => {},
    acquireConnection: lease,
    // Kysely gives back what `lease` gave out.
    releaseConnection: async (connection) => (connection as Lease).release(),
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    destroy: async () => {},
  }
}

function leaseOf(
  thread: SqliteThread,
  within: 'transaction' | 'nothing',
  release: () => void,
): Lease {
  return {
    release,
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> =>
      queryResult(await thread.ask({ kind: 'query', sql, values: parameters.map(cellOf), within })),
    streamQuery: () => {
      throw new Error('the store gives whole answers; read page by page instead of streaming')
    },
  }
}

function queryResult<R>({ rows, changes, lastId }: Result): QueryResult<R> {
  return {
    // Kysely took R from the table types that the room declared for these very rows.
    rows: rows as R[],
    numAffectedRows: BigInt(changes),
    insertId: BigInt(lastId),
  }
}

function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  if (value instanceof Uint8Array) return value
  throw new Error(
    `the store keeps text, numbers and bytes, not ${Object.prototype.toString.call(value)}`,
  )
}
