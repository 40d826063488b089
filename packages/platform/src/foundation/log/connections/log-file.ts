import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { Chunk } from '../event-log.ts'
import { guardFile } from './guard-file.ts'
import {
  type Dropped,
  formatVersion,
  type Group,
  type IdChunk,
  type Oldest,
  type Opened,
  type Work,
} from './messages.ts'

/** The SQLite file of a log: one row for each group that was kept together. */
export interface LogFile {
  readonly state: () => Opened
  readonly keep: (group: Group) => void
  readonly read: (of: Work['read']['of']) => Work['read']['answer']
  readonly ids: (of: Work['ids']['of']) => Work['ids']['answer']
  readonly consumer: (name: string) => number
  readonly moveConsumer: (name: string, to: number) => void
  readonly dropConsumer: (name: string) => void
  readonly drop: (of: Work['drop']['of']) => Dropped
  readonly close: () => void
}

// Ids stand before lines, so that reading ids does not touch the pages of lines. A chunk without lines has been let
// go, only its ids are still needed. `dropped` is the last position that has no lines any more.
const tables = `
  create table if not exists chunk (
    first integer primary key,
    last integer not null,
    count integer not null,
    at integer not null,
    ran integer not null,
    ids blob not null,
    lines blob
  ) strict;
  create table if not exists consumer (
    name text primary key,
    position integer not null
  ) strict, without rowid;
  create table if not exists dropped (
    only_row integer primary key check (only_row = 1),
    position integer not null,
    at integer not null,
    ran integer not null
  ) strict;
  insert into dropped values (1, 0, 0, 0) on conflict do nothing;
`
const pageBytes = 16_384
const checkpointPages = 1024
const mostWalBytes = 64 * 1024 * 1024
const chunksInStep = 64
const bytesInStep = 16 * 1024 * 1024

/** Opens the file, making it at the first start. A file of a newer format is left as it is. */
export function openLogFile(file: string): LogFile {
  const database = new DatabaseSync(file, { timeout: 5000 })
  const version = Number(database.prepare('pragma user_version').get()?.['user_version'])
  if (version > formatVersion) return unreadable(database, version)
  database.exec(`
    pragma page_size = ${pageBytes};
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma trusted_schema = off;
    pragma wal_autocheckpoint = ${checkpointPages};
    pragma journal_size_limit = ${mostWalBytes};
    ${tables}
    pragma user_version = ${formatVersion};
  `)
  const assertThere = guardFile(file)
  const keep = keeping(database)
  return {
    state: () => stateOf(database),
    keep: (group) => {
      assertThere()
      keep(group)
    },
    read: reading(database),
    ids: readingIds(database),
    ...consumersOf(database),
    drop: dropping(database),
    close: () => database.close(),
  }
}

function unreadable(database: DatabaseSync, version: number): LogFile {
  const refuse = () => {
    throw new Error('the file is of a newer format')
  }
  return {
    state: () => ({ version, head: 0, at: 0, ran: 0, oldest: undefined }),
    keep: refuse,
    read: refuse,
    ids: refuse,
    consumer: refuse,
    moveConsumer: refuse,
    dropConsumer: refuse,
    drop: refuse,
    close: () => database.close(),
  }
}

function stateOf(database: DatabaseSync): Opened {
  // A consumer ahead of the log has passed these positions already.
  const [found] = asker<{ head: number; at: number; ran: number }>(
    database,
    `select
       max(position, coalesce(chunk.last, 0), (select coalesce(max(position), 0) from consumer)) head,
       max(dropped.at, coalesce(chunk.at, 0)) at,
       max(dropped.ran, coalesce(chunk.ran, 0)) ran
     from dropped left join (select * from chunk order by first desc limit 1) chunk`,
  )()
  return {
    version: formatVersion,
    head: found?.head ?? 0,
    at: found?.at ?? 0,
    ran: found?.ran ?? 0,
    oldest: oldestIn(database),
  }
}

function oldestIn(database: DatabaseSync): Oldest | undefined {
  return asker<Oldest>(
    database,
    `select first position, at from chunk
     where first > (select position from dropped) order by first limit 1`,
  )()[0]
}

function keeping(database: DatabaseSync): LogFile['keep'] {
  const insert = database.prepare('insert into chunk values (?, ?, ?, ?, ?, ?, ?)')
  return ({ first, last, count, at, ran, ids, lines }) => {
    insert.run(first, last, count, at, ran, ids, lines)
  }
}

function reading(database: DatabaseSync): LogFile['read'] {
  const chunksAfter = database.prepare(
    `select first, last, count, at, lines from chunk
     where first >= coalesce((select first from chunk where first <= ? order by first desc limit 1), 0)
       and last > ? and first <= ? and lines is not null
     order by first`,
  )
  return ({ after, upTo, maxBytes }) => {
    // The columns of the statement above; what it gives is made for this row alone.
    const rows = chunksAfter.iterate(after, after, upTo) as unknown as Iterable<Chunk>
    return untilFull(rows, maxBytes, ({ lines }) => lines.length)
  }
}

function readingIds(database: DatabaseSync): LogFile['ids'] {
  const chunksAfter = database.prepare(
    `select first, last, ran, ids from chunk
     where first > ? and first <= ? and ran >= ? order by first`,
  )
  const firstAfter = asker<{ first: number; ran: number }>(
    database,
    'select first, ran from chunk where first > ? order by first limit 1',
  )
  const lastOne = asker<{ first: number }>(database, 'select max(first) first from chunk')
  // `ran` rises with `first`: the first chunk of the window is found by halving, not by reading all before it.
  const before = (ran: number) => {
    let [low, high] = [0, lastOne()[0]?.first ?? 0]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const found = firstAfter(middle)[0]
      if (found && found.ran < ran) low = found.first
      else high = middle
    }
    return low
  }
  return ({ after, upTo, ran, maxBytes }) => {
    const from = Math.max(after, before(ran))
    // The columns of the statement above; what it gives is made for this row alone.
    const rows = chunksAfter.iterate(from, upTo, ran) as unknown as Iterable<IdChunk>
    // A row counts some bytes even without ids.
    return untilFull(rows, maxBytes, ({ ids }) => ids.length + 64)
  }
}

// Whole rows until they are about so large, one at least.
function untilFull<Row>(rows: Iterable<Row>, maxBytes: number, bytesOf: (row: Row) => number) {
  const chunks: Row[] = []
  let bytes = 0
  for (const row of rows) {
    chunks.push(row)
    bytes += bytesOf(row)
    if (bytes >= maxBytes) return { chunks, isAll: false }
  }
  return { chunks, isAll: true }
}

function consumersOf(
  database: DatabaseSync,
): Pick<LogFile, 'consumer' | 'moveConsumer' | 'dropConsumer'> {
  const add = database.prepare('insert into consumer values (?, 0) on conflict do nothing')
  const positionOf = asker<{ position: number }>(
    database,
    'select position from consumer where name = ?',
  )
  const move = database.prepare(
    'insert into consumer values (?, ?) on conflict do update set position = excluded.position',
  )
  const remove = database.prepare('delete from consumer where name = ?')
  return {
    consumer: (name) => {
      const known = positionOf(name)[0]
      if (!known) add.run(name)
      return known?.position ?? 0
    },
    moveConsumer: (name, to) => void move.run(name, to),
    dropConsumer: (name) => void remove.run(name),
  }
}

interface Old {
  readonly first: number
  readonly last: number
  readonly at: number
  readonly ran: number
  readonly bytes: number
}

function dropping(database: DatabaseSync): LogFile['drop'] {
  const oldOnes = asker<Old>(
    database,
    `select first, last, at, ran, length(lines) bytes from chunk
     where first > (select position from dropped)
       and at < ? and last <= (select coalesce(min(position), 9e15) from consumer)
     order by first limit ${chunksInStep}`,
  )
  const emptied = asker<{ first: number; ran: number }>(
    database,
    `select first, ran from chunk where first <= (select position from dropped)
     order by first limit ${chunksInStep}`,
  )
  const empty = database.prepare('update chunk set lines = null where first = ?')
  const remove = database.prepare('delete from chunk where first = ?')
  const note = database.prepare('update dropped set position = ?, at = ?, ran = ?')

  const step = ({ before, ran }: Work['drop']['of']) => {
    const old = upToBytes(oldOnes(before))
    for (const { first, ran: ranThen } of old) {
      // Its ids are still within the window.
      if (ranThen >= ran) empty.run(first)
      else remove.run(first)
    }
    const last = old.at(-1)
    if (last) note.run(last.last, last.at, last.ran)
    const spent = emptied().filter((one) => one.ran < ran)
    for (const { first } of spent) remove.run(first)
    return { chunks: old.length, isDone: old.length === 0 && spent.length === 0 }
  }
  return (of) => {
    database.exec('begin immediate')
    try {
      const did = step(of)
      database.exec('commit')
      return { ...did, oldest: oldestIn(database) }
    } catch (thrown) {
      // After a full disk SQLite may have rolled back by itself.
      if (database.isTransaction) database.exec('rollback')
      throw thrown
    }
  }
}

function upToBytes(old: readonly Old[]): readonly Old[] {
  let bytes = 0
  return old.filter((one, index) => {
    bytes += one.bytes
    return index === 0 || bytes <= bytesInStep
  })
}

// Row is what the columns of the statement say.
function asker<Row>(database: DatabaseSync, sql: string) {
  const statement = database.prepare(sql)
  return (...values: SQLInputValue[]): readonly Row[] =>
    statement.all(...values) as unknown as readonly Row[]
}
