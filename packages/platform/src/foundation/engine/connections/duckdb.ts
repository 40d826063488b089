import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join as joinPath } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Clock } from '#kernel/clock.ts'
import { type Gate, makeGate } from '../admission.ts'
import type { Dialect } from '../dialect.ts'
import { duckdb, duckdbAt } from '../dialects/duckdb.ts'
import type { Ask, Cell, Engine, Lane, Ready, TableShape, Writer } from '../engine.ts'
import { type Part, type TableName, table, tablesIn, value } from '../expression.ts'
import { engineFaults } from '../faults.ts'
import { makeKept } from '../kept.ts'
import { print } from '../print.ts'
import { sql } from '../sql.ts'
import { answerOf, batchesOf, bind, rowsOf, type Statement } from './duckdb-cells.ts'
import { asFault } from './duckdb-faults.ts'
import { readingOf } from './duckdb-file-faults.ts'
import { appendIntegers, readIntegers } from './duckdb-integers.ts'
import { literal, loadFile, readLines } from './duckdb-load.ts'
import { readyOn } from './duckdb-ready.ts'
import { surveyFile } from './duckdb-survey.ts'
import { inText } from './duckdb-text.ts'
import { makeShapes } from './shapes.ts'
import { makeWidth } from './width.ts'

/** How the embedded engine is opened. */
export interface DuckdbOptions {
  /** The data folder: the only place the engine may touch. Absent: in memory, for tests. */
  readonly folder?: string
  readonly memoryBytes?: number
  readonly spillBytes?: number
  readonly threads?: number
  readonly queryTimeoutMs?: number
  /** What `now` and `today` tell; absent: the engine's own clock. What is made ready keeps to the engine's. */
  readonly clock?: Clock
}

/** The schemas that exist from the first start. */
const schemas = ['engine', 'lake', 'model', 'unified', 'insight', 'segment', 'catalog']

/** How many statements of each lane run at once; the writer is one more. */
const lanes: Readonly<Record<Lane, number>> = { heavy: 1, ask: 1, light: 4, tick: 2 }

/** The lanes of large work, on which all threads work together. */
const wideLanes: readonly Lane[] = ['heavy']

/** How many of Node's pool threads the engine can occupy at once, one of them with questions made ready; the pool must be larger, or files and DNS wait. */
export const engineSlots = 2 + Object.values(lanes).reduce((sum, slots) => sum + slots, 0)

const format = 1

/** Opens the embedded engine. */
export async function openDuckdb(options: DuckdbOptions = {}): Promise<Engine> {
  const instance = await openInstance(options)
  const writer = await instance.connect()
  await attach(writer, options)
  await prepare(writer, options)
  const connect = async () => {
    const connection = await instance.connect()
    await connection.run(`use ${database}`)
    return connection
  }
  return engineOn({ instance, writer, connect }, options)
}

/** The data file, under the name by which it is attached; every connection works in it. */
const database = 'tessera'

/**
 * How many rows of a table are kept together. What one change adds goes into the file at once as far as it fills such a group,
 * and twice, through the engine's log, beyond that; the engine's own 122,880 is more than a round of events ever brings. The
 * engine writes for its oldest readers unless told otherwise; its newest format takes half the time for wide tables of events.
 */
const groupedRows = 16_384

async function openInstance({ folder, memoryBytes, spillBytes }: DuckdbOptions) {
  const settings: Record<string, string> = {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // Writing the tables anew after every 16 MB, as the engine would, costs as much as all the rest of a busy minute.
    checkpoint_threshold: '128MB',
    ...(memoryBytes ? { memory_limit: `${memoryBytes}B` } : {}),
    threads: '1',
  }
  if (folder !== undefined) {
    if (spillBytes) settings['max_temp_directory_size'] = `${spillBytes}B`
    settings['temp_directory'] = joinPath(folder, 'spill')
  }
  return DuckDBInstance.create(':memory:', settings)
}

async function attach(connection: DuckDBConnection, { folder }: DuckdbOptions) {
  if (folder !== undefined) mkdirSync(folder, { recursive: true })
  const file = folder === undefined ? ':memory:' : joinPath(folder, 'tessera.duckdb')
  const options =
    folder === undefined ? '' : ` (row_group_size ${groupedRows}, storage_version 'latest')`
  try {
    await connection.run(`attach ${literal(file)} as ${database}${options}`)
    await connection.run(`use ${database}`)
  } catch (thrown) {
    throw asFault(thrown, 'opening the data folder', 'own')
  }
}

async function prepare(connection: DuckDBConnection, { folder }: DuckdbOptions) {
  // Instants without an offset are in UTC, wherever the machine stands.
  await connection.run(`set global timezone = 'UTC'`)
  // Work in progress lives in memory (and spills): whatever dies leaves nothing behind.
  await connection.run(`attach ':memory:' as stage`)
  for (const schema of schemas) await connection.run(`create schema if not exists ${schema}`)
  await connection.run(
    'create table if not exists engine.counter (format integer, position bigint)',
  )
  await connection.run(
    `insert into engine.counter select ${format}, 0 where not exists (from engine.counter)`,
  )
  const found = Number(
    (await rowsOf(connection, 'select format from engine.counter'))[0]?.['format'],
  )
  if (found > format) throw engineFaults.newer_files({ found, known: format })
  // The second fence around SQL that users write: nothing outside the data folder, and no way to open it again.
  if (folder !== undefined) await connection.run(`set allowed_directories = [${literal(folder)}]`)
  await connection.run('set enable_external_access = false')
  await connection.run(`set allowed_configs = ['threads']`)
  await connection.run('set lock_configuration = true')
}

interface Pool {
  readonly gate: Gate
  readonly idle: DuckDBConnection[]
}

interface Opened {
  readonly instance: DuckDBInstance
  readonly writer: DuckDBConnection
  readonly connect: () => Promise<DuckDBConnection>
}

async function engineOn(
  { instance, writer, connect }: Opened,
  { queryTimeoutMs, threads = availableParallelism(), clock }: DuckdbOptions,
): Promise<Engine> {
  const dialect = clock ? duckdbAt(clock.now) : duckdb
  const { statement, statedIn } = statingIn(dialect)
  const controls = await connect()
  const width = makeWidth(threads, (wanted) => controls.run(`set threads = ${wanted}`))
  const pools = {
    light: await poolOf(connect, lanes.light),
    heavy: await poolOf(connect, lanes.heavy),
    ask: await poolOf(connect, lanes.ask),
    tick: await poolOf(connect, lanes.tick),
  }
  const changes = makeGate(1)
  const asking = <T>(ask: (connection: DuckDBConnection) => Promise<T>) =>
    inLane('the catalogue', {}, ask)
  const shapes = makeShapes({
    all: (schema) => asking((connection) => shapesOf(connection, schema)),
    one: (of) => asking((connection) => shapeOf(connection, of, statement)),
  })
  const kept = makeKept()
  let tables = 0
  const made = new Set<Ready<never>>()
  const fresh = (word: string) => ({ schema: 'stage', name: `${word}_${++tables}` })

  const inLane = <T>(
    what: string,
    { lane = 'light', signal, timeoutMs }: Ask,
    work: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> =>
    pools[lane].gate.enter(async () => {
      const connection = pools[lane].idle.pop()
      if (!connection) throw new Error('a gate let in more than its pool holds')
      const run = () => guarded({ what, connection, signal, timeoutMs }, () => work(connection))
      try {
        return await (wideLanes.includes(lane) ? width.wide(run) : run())
      } finally {
        pools[lane].idle.push(connection)
      }
    }, signal)

  const fenced = <T>(ask: Ask, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> =>
    inLane(
      'the query',
      { lane: 'ask', ...(queryTimeoutMs ? { timeoutMs: queryTimeoutMs } : {}), ...ask },
      async (connection) => {
        await connection.run('begin transaction read only')
        try {
          return await work(connection)
        } catch (thrown) {
          throw asFault(thrown, 'the query', 'user')
        } finally {
          await connection.run('rollback')
        }
      },
    )

  const inTransaction = async <T>(
    work: (writer: Writer) => Promise<T>,
    stated: Stated,
  ): Promise<T> => {
    await writer.run('begin transaction')
    const reshaped = new Set<string>()
    const makings: TableName[] = []
    const touched: TableName[] = []
    let isAnyTouched = false
    // What stands in the text alone may be any table.
    const noteOthers = (named: readonly TableName[], text: string) => {
      const isVague = named.length === 0
      const of = isVague ? schemas : named.map(({ schema }) => schema)
      if (reshapes.test(text)) for (const schema of of) reshaped.add(schema)
      else if (isVague) isAnyTouched = true
    }
    const note = (part: Part, text: string) => {
      const named = tablesIn(part).filter(({ schema }) => schemas.includes(schema))
      touched.push(...named)
      const [first] = named
      if (first && isMaking(text, statement(first)[0])) makings.push(first)
      else noteOthers(named, text)
    }
    try {
      const result = await work(writerOn(writer, { name: () => fresh('step').name, note, stated }))
      await writer.run('commit')
      for (const one of makings) shapes.made(one)
      kept.changed(touched)
      if (isAnyTouched) for (const schema of schemas) kept.reshaped(schema)
      return result
    } catch (thrown) {
      await writer.run('rollback').catch(() => {})
      throw thrown
    } finally {
      for (const { schema } of makings) kept.reshaped(schema)
      for (const schema of reshaped) {
        shapes.reshaped(schema)
        kept.reshaped(schema)
      }
    }
  }

  return {
    dialect,
    groupedRows,
    rows: (query, ask = {}) => {
      const stated = statedIn(ask.lane)(query)
      const found = () =>
        ask.holds
          ? fenced(ask, (connection) => rowsOf(connection, ...stated))
          : inLane('a query', ask, (connection) => rowsOf(connection, ...stated))
      if (!ask.keptWhile) return found()
      const [text, values = []] = stated
      const question = [text, ...values.map(String)].join('\0')
      return kept.rows({ question, tables: ask.keptWhile }, found)
    },
    integers: (query, ask = {}) =>
      inLane('a query', ask, async (connection) =>
        readIntegers(await connection.stream(...statement(query))),
      ),
    stream: async function* (query, ask = {}) {
      const held = Promise.withResolvers<void>()
      const got = Promise.withResolvers<DuckDBConnection>()
      const lane = inLane('a query', ask, (connection) => {
        got.resolve(connection)
        return held.promise
      })
      lane.catch(got.reject)
      try {
        yield* batchesOf(await got.promise, ...statement(query))
      } finally {
        held.resolve()
        await lane
      }
    },
    ready: async (inputs, query) => {
      const ready = await readyOn(connect, inputs, query)
      const one = {
        ask: ready.ask,
        close: async () => {
          if (made.delete(one)) await ready.close()
        },
      }
      made.add(one)
      return one
    },
    checked: (text, ask = {}) => fenced(ask, (connection) => answerOf(connection, text)),
    change: (what, work, { lane = 'heavy' } = {}) =>
      changes.enter(async () => {
        const run = () =>
          guarded({ what, connection: writer }, () => inTransaction(work, statedIn(lane)))
        return wideLanes.includes(lane) ? width.wide(run) : run()
      }),
    staged: async (query, use, ask = {}) => {
      const { schema, name } = fresh('work')
      await inLane('a computation', { lane: 'heavy', ...ask }, async (connection) => {
        const [text, ...rest] = statedIn(ask.lane)(query)
        await connection.run(`create table stage.${name} as ${text}`, ...rest)
      })
      try {
        return await use(table(schema, name))
      } finally {
        const dropped = inLane('cleaning up', {}, (connection) =>
          connection.run(`drop table stage.${name}`),
        )
        // A round has a dozen of them, and nobody asks for them any more.
        if (ask.lane === 'tick') dropped.catch(() => {})
        else await dropped
      }
    },
    stagedLines: async (from, use, ask = {}) => {
      const { schema, name } = fresh('lines')
      await inLane('reading lines', { lane: 'heavy', ...ask }, (connection) =>
        connection.run(`create table stage.${name} as ${readLines(from)}`),
      )
      try {
        return await use(table(schema, name))
      } finally {
        await inLane('cleaning up', {}, (connection) => connection.run(`drop table stage.${name}`))
      }
    },
    stagedIntegers: async (columns, use) => {
      const { schema, name } = fresh('numbers')
      await inLane('a computation', { lane: 'heavy' }, (connection) =>
        appendIntegers(connection, name, columns),
      )
      try {
        return await use(table(schema, name))
      } finally {
        await inLane('cleaning up', {}, (connection) => connection.run(`drop table stage.${name}`))
      }
    },
    survey: (file, signal) =>
      inLane('looking at a file', { lane: 'light', ...(signal ? { signal } : {}) }, (connection) =>
        readingOf(file, () => surveyFile(connection, file, fresh('survey').name)),
      ),
    load: async ({ file, fields, lenient = [], needed, signal }, use) => {
      const { schema, name } = fresh('load')
      try {
        const counts = await inLane(
          'reading a file',
          { lane: 'heavy', ...(signal ? { signal } : {}) },
          (connection) =>
            readingOf(file, () =>
              loadFile(connection, { file, fields, lenient, needed, into: name }),
            ),
        )
        return await use({
          table: table(schema, name),
          rejected: table(schema, `${name}_rejected`),
          misfits: table(schema, `${name}_misfits`),
          ...counts,
        })
      } finally {
        await inLane('cleaning up', {}, async (connection) => {
          for (const part of ['', '_rejected', '_misfits'])
            await connection.run(`drop table if exists stage.${name}${part}`)
        })
      }
    },
    tables: shapes.of,
    writeParquet: (query, path, ask = {}) =>
      inLane('writing a file', { lane: 'heavy', ...ask }, async (connection) => {
        const [text, ...rest] = statement(query)
        const options = '(format parquet, compression zstd)'
        await connection.run(`copy (${text}) to ${literal(path)} ${options}`, ...rest)
      }),
    snapshot: (folder) =>
      changes.enter(async () => {
        await writer.run('checkpoint')
        const file = literal(joinPath(folder, 'tessera.duckdb'))
        await writer.run(`attach ${file} as snapshot`)
        try {
          await writer.run(`copy from database ${database} to snapshot`)
        } finally {
          await writer.run('detach snapshot')
        }
      }),
    pressure: () => ({
      light: pools.light.gate.load(),
      heavy: pools.heavy.gate.load(),
      ask: pools.ask.gate.load(),
      tick: pools.tick.gate.load(),
      change: changes.load(),
    }),
    close: async () => {
      // The engine waits for itself for ever when a connection is closed while a statement runs on it.
      for (const gate of [changes, ...Object.values(pools).map((pool) => pool.gate)])
        await gate.empty()
      await width.stop()
      for (const one of made) await one.close()
      for (const { idle } of Object.values(pools))
        for (const connection of idle) connection.closeSync()
      writer.closeSync()
      controls.closeSync()
      instance.closeSync()
    },
  }
}

async function poolOf(connect: Opened['connect'], slots: number): Promise<Pool> {
  const idle: DuckDBConnection[] = []
  for (let i = 0; i < slots; i++) idle.push(await connect())
  return { gate: makeGate(slots), idle }
}

/** How a question becomes a statement of the engine. */
type Stated = (query: Part) => Statement

function statingIn(dialect: Dialect) {
  const statement: Stated = (query) => bind(print(query, dialect))
  // The same with its values in the text where they can be: with values beside it a statement goes three ways to the engine
  // instead of one, and is often planned twice. Rounds consist of a hundred of them.
  const statementInOne: Stated = (query) => bind(print(query, dialect, inText))
  const statedIn = (lane: Lane | undefined) => (lane === 'tick' ? statementInOne : statement)
  return { statement, statedIn }
}

/** Statements that make other tables or columns. */
const reshapes = /^\s*(create|alter|drop)\b/i
/** How a statement begins that makes one table, or puts it in the place of one. */
const makes = /^\s*create\s+(or\s+replace\s+)?table\s+(if\s+not\s+exists\s+)?/i

/** Whether a statement makes the table of this name, and no other. */
function isMaking(text: string, name: string): boolean {
  const [beginning] = makes.exec(text) ?? []
  return beginning !== undefined && text.startsWith(name, beginning.length)
}

function writerOn(
  connection: DuckDBConnection,
  of: {
    readonly name: () => string
    /** A statement is carried out, in these words. */
    readonly note: (part: Part, text: string) => void
    readonly stated: Stated
  },
): Writer {
  return {
    staged: async (query, use) => {
      const name = of.name()
      const [text, ...rest] = of.stated(query)
      // Of the session, because one transaction cannot write to two databases; undone with it.
      await connection.run(`create temp table ${name} as ${text}`, ...rest)
      const result = await use(table('temp', name))
      await connection.run(`drop table temp.${name}`)
      return result
    },
    run: async (part) => {
      const [text, ...rest] = of.stated(part)
      of.note(part, text)
      return (await connection.run(text, ...rest)).rowsChanged
    },
    rows: (query) => rowsOf(connection, ...of.stated(query)),
    positions: async (count) => {
      const [row] = await rowsOf(
        connection,
        ...of.stated(
          sql`update engine.counter set position = position + ${value(count)} returning position`,
        ),
      )
      return Number(row?.['position']) - count + 1
    },
  }
}

/** Runs work on a connection that is interrupted when the time is up or the caller gives up. */
async function guarded<T>(
  of: {
    what: string
    connection: DuckDBConnection
    signal?: AbortSignal | undefined
    timeoutMs?: number | undefined
  },
  work: () => Promise<T>,
): Promise<T> {
  const { connection, signal, timeoutMs } = of
  let late = false
  const interrupt = () => connection.interrupt()
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          late = true
          interrupt()
        }, timeoutMs)
  signal?.addEventListener('abort', interrupt, { once: true })
  try {
    return await work()
  } catch (thrown) {
    if (late)
      throw engineFaults.took_too_long({ seconds: (timeoutMs ?? 0) / 1000 }, { cause: thrown })
    signal?.throwIfAborted()
    throw asFault(thrown, of.what, 'own')
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', interrupt)
  }
}

async function shapesOf(
  connection: DuckDBConnection,
  schema: string,
): Promise<readonly TableShape[]> {
  const rows = await rowsOf(
    connection,
    ...bind({
      text: `select table_name as name, list({name: column_name, type: data_type} order by column_index) as columns
        from duckdb_columns() where schema_name = $1 and not internal group by 1 order by 1`,
      values: [value(schema)],
    }),
  )
  return rows.map((row) => ({
    name: String(row['name']),
    columns: (Array.isArray(row['columns']) ? row['columns'] : []).map(nameAndType),
  }))
}

async function shapeOf(
  connection: DuckDBConnection,
  of: TableName,
  stated: Stated,
): Promise<TableShape> {
  const columns = await rowsOf(connection, ...stated(sql`describe ${of}`))
  return {
    name: of.name,
    columns: columns.map((row) => ({
      name: String(row['column_name']),
      type: String(row['column_type']),
    })),
  }
}

function nameAndType(of: Cell): { name: string; type: string } {
  if (typeof of !== 'object' || of === null || Array.isArray(of)) throw new Error('not a column')
  const { name, type } = of as Readonly<Record<string, Cell>>
  return { name: String(name), type: String(type) }
}
