import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Batch, Connector, Reading } from '../../../connector.ts'
import { describeConnector, makeSpool } from '../../../testing/index.ts'
import type { BatchLimits } from '../batches.ts'
import type { SqlSource } from '../definition.ts'

/** An empty database, wherever it is, and a connector that may read it. */
export interface TableWorld {
  readonly make: (limits?: BatchLimits) => Connector
  readonly settings: Readonly<Record<string, unknown>>
  /** The schema of its tables. */
  readonly schema: string
  /** Runs a statement as the owner. */
  readonly run: (text: string) => Promise<unknown>
  /** Whether the database is working on what was asked of it. */
  readonly isThinking: () => Promise<boolean>
  /** What stands around names. */
  readonly quote: string
  /** How a time with six digits behind the point is declared. */
  readonly time: string
  /** Moves the clock that readings are stamped with. */
  readonly move: (ms: number) => void
}

/** An empty database on a server of its own. */
export interface DatabaseWorld extends TableWorld {
  /** Ends the server at once. The world is over then. */
  readonly killServer: () => Promise<void>
  /** How many bytes have come from the server. */
  readonly receivedBytes: () => number
}

const withPeople =
  <World extends TableWorld>(makeWorld: () => Promise<World>) =>
  async (limits?: BatchLimits) => {
    const world = await makeWorld()
    await world.run(
      `create table people (id int primary key, name varchar(50), changed ${world.time})`,
    )
    await world.run(`insert into people values
      (1, 'Ada', '2026-01-01 10:00:00.000001'), (2, '', '2026-01-01 10:00:00.000002'),
      (3, null, '2026-01-01 10:00:00.000003'), (4, 'a "b", c', '2026-01-01 10:00:00.000004')`)
    return { ...world, connector: world.make(limits ?? { rows: 2, bytes: 1e6 }) }
  }

/** The promise of everything that holds tables, also without a server. A world is made for each test. */
export function describeTables(name: string, makeWorld: () => Promise<TableWorld>): void {
  const people = withPeople(makeWorld)

  describeConnector(name, async () => {
    const world = await people()
    return {
      ...world,
      source: { table: 'people', cursor: 'changed' },
      change: async () => {
        await world.run(`insert into people values (5, 'Eve', '2026-01-02 10:00:00')`)
      },
    }
  })

  describe(`tables of ${name}`, () => {
    test('takes a table as it is at one moment, every time anew', async () => {
      const world = await people()
      const source = { table: 'people', columns: ['id', 'name'] }
      const first = await taken(world, source)
      expect(first.texts).toEqual(['id,name\n1,Ada\n2,""\n', 'id,name\n3,\n4,"a ""b"", c"\n'])
      expect(first.batches.map(({ name }) => name)).toEqual(['people 1', 'people 2'])
      const marks = first.batches.map(({ fingerprint }) => fingerprint)
      const known = (mark: string) => marks.includes(mark)
      world.move(1)
      expect((await taken(world, source, { known })).rows).toHaveLength(4)
    })

    test('sees nothing that is written while it reads', async () => {
      const world = await people({ rows: 1, bytes: 1 })
      let rows = 0
      for await (const _ of reading(world, { table: 'people' }, await makeSpool())) {
        rows++
        if (rows === 1) await world.run(`insert into people values (9, 'late', null)`)
      }
      expect(rows).toBe(4)
    })

    test('an empty table has columns all the same, and a table that became empty is a batch', async () => {
      const world = await people()
      await world.run('delete from people')
      const all = await taken(world, { table: 'people' })
      expect(all.texts).toEqual(['id,name,changed\n'])
      const some = await taken(world, { table: 'people', cursor: 'id' })
      expect(some.texts).toEqual(['id,name,changed\n'])
      expect(some.cursor).toBeUndefined()
      const known = () => true
      expect((await taken(world, { table: 'people', cursor: 'id' }, { known })).texts).toEqual([])
    })

    test('takes only what is beyond the cursor', async () => {
      const world = await people()
      const source = { table: 'people', columns: ['id'], cursor: 'changed' }
      const { rows, cursor } = await taken(world, source)
      expect(rows).toEqual(['1', '2', '3', '4'])
      expect((await taken(world, source, { cursor })).rows).toEqual([])
      await world.run(`insert into people values (5, 'Eve', '2026-01-01 10:00:00.000005')`)
      await world.run(`update people set changed = '2026-01-01 10:00:00.000006' where id = 2`)
      const next = await taken(world, source, { cursor })
      expect(next.rows).toEqual(['5', '2'])
      expect((await taken(world, source, { cursor: next.cursor })).rows).toEqual([])
    })

    test('a rising number is read on behind the last', async () => {
      const world = await people()
      const source = { table: 'people', columns: ['name'], cursor: 'id' }
      const { cursor } = await taken(world, source)
      await world.run(`update people set name = 'changed' where id = 4`)
      await world.run(`insert into people values (5, 'Eve', null), (6, 'Mia', null)`)
      const next = await taken(world, source, { cursor })
      expect(next.rows).toEqual(['Eve', 'Mia'])
    })

    test('rows with the same cursor are neither lost nor taken twice', async () => {
      const world = await people()
      await world.run(`update people set changed = '2026-01-01 10:00:00'`)
      const source = { table: 'people', columns: ['id', 'name'], cursor: 'changed' }
      // A reading that broke off after its first batch.
      const broken = await taken(world, source, { most: 1 })
      expect(broken.rows).toHaveLength(2)
      const rest = await taken(world, source, { cursor: broken.cursor })
      expect([...broken.rows, ...rest.rows].toSorted()).toEqual(
        ['1,Ada', '2,""', '3,', '4,"a ""b"", c"'].toSorted(),
      )
      // Later rows of the same moment, one of them before all others in the order of the key, and a change.
      await world.run(`insert into people values (0, 'Zoe', '2026-01-01 10:00:00')`)
      await world.run(`update people set name = 'Bob' where id = 3`)
      const next = await taken(world, source, { cursor: rest.cursor })
      expect(next.rows).toEqual(['0,Zoe', '3,Bob'])
      expect((await taken(world, source, { cursor: next.cursor })).rows).toEqual([])
    })

    test('rows that are the same in everything are told apart by their number', async () => {
      const world = await people()
      await world.run('create table ticks (at int, word varchar(9))')
      await world.run(`insert into ticks values (1, 'a'), (2, 'b'), (2, 'b')`)
      const source = { table: 'ticks', cursor: 'at' }
      const { rows, cursor } = await taken(world, source)
      expect(rows).toEqual(['1,a', '2,b', '2,b'])
      await world.run(`insert into ticks values (2, 'b')`)
      const known: string[] = []
      const next = await taken(world, source, { cursor, known: (mark) => known.includes(mark) })
      expect(next.rows).toEqual(['2,b'])
      expect((await taken(world, source, { cursor: next.cursor })).rows).toEqual([])
    })

    test('a cursor with one value in very many rows loses none', async () => {
      const world = await people({ rows: 4000, bytes: 1e9 })
      await world.run('create table coarse (id int primary key, day int)')
      for (let from = 0; from < 12_000; from += 2000) {
        const values = Array.from({ length: 2000 }, (_, i) => `(${from + i}, 1)`)
        await world.run(`insert into coarse values ${values.join()}`)
      }
      const source = { table: 'coarse', columns: ['id'], cursor: 'day' }
      const first = await taken(world, source, { most: 2 })
      const second = await taken(world, source, { cursor: first.cursor })
      expect(new Set([...first.rows, ...second.rows]).size).toBe(12_000)
      await world.run('insert into coarse values (-1, 1)')
      expect((await taken(world, source, { cursor: second.cursor })).rows).toContain('-1')
    })

    test('an overlap finds what was committed late, and is quiet when there is nothing', async () => {
      const world = await people()
      const source = { table: 'people', columns: ['id'], cursor: 'changed', overlap: 60 }
      const { cursor } = await taken(world, source)
      const again = await taken(world, source, { cursor })
      expect(again.rows).toEqual(['1', '2', '3', '4'])
      await world.run(`insert into people values (5, 'late', '2026-01-01 09:59:30')`)
      await world.run(`insert into people values (6, 'too late', '2026-01-01 09:58:00')`)
      world.move(1)
      const later = { ...world, connector: world.make() }
      const late = await taken(later, source, { cursor: again.cursor })
      expect(late.rows).toEqual(['5', '1', '2', '3', '4'])
      expect((await taken(later, source, { cursor: late.cursor })).rows).toEqual([])
      const steps = { table: 'people', columns: ['id'], cursor: 'id', overlap: 2 }
      const byNumber = await taken(later, steps)
      expect((await taken(later, steps, { cursor: byNumber.cursor })).rows).toEqual(['4', '5', '6'])
      await expect(taken(world, { ...source, cursor: 'name' })).rejects.toThrow(
        fault('unfit_cursor', 'needs a time or a number'),
      )
    })

    test('a column that is added between two readings is taken, and makes no row new', async () => {
      const world = await people()
      const source = { table: 'people', cursor: 'changed' }
      const { cursor } = await taken(world, source)
      await world.run(`alter table people add column city varchar(20) default 'Rome'`)
      await world.run(`insert into people values (5, 'Eve', '2026-01-01 10:00:00.000004', 'Oslo')`)
      const next = await taken(world, source, { cursor })
      expect(next.texts[0]).toMatch(/^id,name,changed,city\n5,Eve,.*,Oslo\n$/)
      expect(next.rows).toHaveLength(1)
    })

    test('rows without a cursor are spoken of when all others were taken', async () => {
      const world = await people()
      await world.run('update people set changed = null where id = 2')
      const names: string[] = []
      const source = { table: 'people', columns: ['id'], cursor: 'changed' }
      await expect(taken(world, source, { names })).rejects.toThrow(
        fault('rows_without_cursor', 'rows of people have no "changed"'),
      )
      expect(names).toHaveLength(2)
      const query = `select id, coalesce(changed, '2025-01-01') as changed from people;`
      expect((await taken(world, { query, cursor: 'changed' })).rows).toHaveLength(4)
    })

    test('takes a query, all of it or what is beyond a cursor', async () => {
      const world = await people()
      const { quote } = world
      const mark = `${quote}the mark?${quote}`
      const query = `select id * 10 as ten, '?' as ${mark} from people -- all`
      const all = await taken(world, { query })
      expect(all.rows.toSorted()).toEqual(['10,?', '20,?', '30,?', '40,?'])
      expect(all.batches[0]?.file).toMatchObject({
        columns: [{ name: 'ten' }, { name: 'the_mark', label: 'the mark?' }],
      })
      const { cursor } = await taken(world, { query, cursor: 'ten', columns: ['ten'] })
      await world.run(`insert into people values (7, 'x', null)`)
      expect((await taken(world, { query, cursor: 'ten' }, { cursor })).rows).toEqual(['70,?'])
    })

    test.each([
      'insert into people values (8)',
      'delete from people',
      'drop table people',
      'select 1) t; drop table people; select * from (select 1',
      'select 1; drop table people',
      '-- nothing',
    ])('asks nothing but one select: %j', async (query) => {
      const world = await people()
      await expect(taken(world, { query: query })).rejects.toThrow(fault('query_refused'))
      expect((await taken(world, { table: 'people' })).rows).toHaveLength(4)
    })

    test('names that hold signs are names', async () => {
      const world = await people()
      const { quote } = world
      const odd = quote + quote
      const name = `a.b; drop ${odd}x' --`
      await world.run(
        `create table ${quote}${name}${quote} (${quote}c ${odd}'d${quote} int, e int)`,
      )
      await world.run(`insert into ${quote}${name}${quote} values (1, 2)`)
      const plain = name.replace(odd, quote)
      const column = `c ${quote}'d`
      for (const table of [plain, `${world.schema}.${plain}`]) {
        const source = { table, columns: [column], cursor: column, primary_key: ['e'] }
        expect((await taken(world, source)).rows).toEqual(['1'])
      }
    })

    test('says which table there may be meant, and that one is gone', async () => {
      const world = await people()
      await expect(taken(world, { table: 'poeple' })).rejects.toThrow(
        fault('no_such_table', 'has no table or view "poeple"; did you mean "people"?'),
      )
      const spelled = `${world.schema}.poeple`
      await expect(taken(world, { table: spelled })).rejects.toThrow(
        fault('no_such_table', `did you mean "${world.schema}.people"?`),
      )
      await world.run('drop table people')
      await expect(taken(world, { table: 'people' })).rejects.toThrow(fault('no_such_table'))
      await expect(taken(world, {})).rejects.toThrow(fault('table_or_query'))
      const both = { table: 'people', query: 'select 1' }
      await expect(taken(world, both)).rejects.toThrow(fault('table_or_query'))
    })

    test('says in the words of the database what is wrong with a column', async () => {
      const world = await people()
      for (const wrong of [{ columns: ['naem'] }, { cursor: 'naem' }, { primary_key: ['naem'] }]) {
        const source = { table: 'people', cursor: 'id', ...wrong }
        await expect(taken(world, source)).rejects.toThrow(fault('query_refused', 'naem'))
      }
    })

    test('stops while the database is thinking', async () => {
      const world = await people()
      const stop = new AbortController()
      const slow = ['select 1 as a from people where 1 =', '(select count(*) from people a']
      const many = Array.from({ length: 30 }, (_, i) => `cross join people a${i}`)
      const query = [...slow, ...many, ')'].join(' ')
      const reason = new Error('enough')
      const read = taken(world, { query }, { signal: stop.signal })
      read.catch(() => {})
      await expect.poll(world.isThinking, { timeout: 20_000 }).toBe(true)
      stop.abort(reason)
      await expect(read).rejects.toBe(reason)
      await expect.poll(world.isThinking, { timeout: 20_000 }).toBe(false)
    })
  })
}

/** The promise of every database on a server. A world is made for each test. */
export function describeDatabase(name: string, makeWorld: () => Promise<DatabaseWorld>): void {
  const people = withPeople(makeWorld)
  describeTables(name, makeWorld)

  describe(`server ${name}`, () => {
    test('refuses what may not be reached, and says so when nothing is there', async () => {
      const world = await people()
      const { port, ...settings } = world.settings
      const list = (change: object) =>
        world.connector.list({ settings: { ...settings, ...change }, signal: never() })
      await expect(list({ host: '127.0.0.2', port })).rejects.toMatchObject({
        code: 'outgoing.private_address',
      })
      await expect(list({ host: '10.0.0.1' })).rejects.toMatchObject({
        code: 'outgoing.private_address',
      })
    })

    test('says who was not let in, without the password, and which database is not there', async () => {
      const world = await people()
      const list = (change: object) =>
        world.connector.list({ settings: { ...world.settings, ...change }, signal: never() })
      const refused = list({ password: { secret: 'wrong' } })
      await expect(refused).rejects.toThrow(fault('cannot_sign_in', 'does not let "'))
      await expect(refused).rejects.not.toThrow(/not-the-password/)
      await expect(list({ user: 'nobody' })).rejects.toThrow(fault('cannot_sign_in', '"nobody"'))
      await expect(list({ database: 'nothing' })).rejects.toThrow(fault('no_such_database'))
    })

    test('asks for no more rows than are taken, so that memory does not grow with the table', async () => {
      const world = await people({ rows: 500, bytes: 1e6 })
      await world.run('create table many (id int primary key, words varchar(4000))')
      for (let from = 0; from < 20_000; from += 1000) {
        const values = Array.from({ length: 1000 }, (_, i) => `(${from + i}, repeat('x', 3000))`)
        await world.run(`insert into many values ${values.join()}`)
      }
      const before = world.receivedBytes()
      let [rows, ahead] = [0, 0]
      for await (const { file } of reading(world, { table: 'many' }, await makeSpool())) {
        // Whatever the server wants to send, it now has time for.
        if (rows === 0) await sleep(300)
        rows += (await readFile(file.path, 'utf8')).split('\n').length - 2
        ahead = Math.max(ahead, world.receivedBytes() - before - rows * 3000)
      }
      expect(rows).toBe(20_000)
      expect(ahead).toBeLessThan(12e6)
    })

    // The last of all, because the server is gone afterwards.
    test('keeps what was taken when the server dies, and speaks of the connection', async () => {
      const world = await people({ rows: 50, bytes: 1e6 })
      await world.run('create table much (id int primary key, words varchar(9000))')
      for (let from = 0; from < 4000; from += 1000) {
        const values = Array.from({ length: 1000 }, (_, i) => `(${from + i}, repeat('x', 8000))`)
        await world.run(`insert into much values ${values.join()}`)
      }
      const cursors: (string | undefined)[] = []
      const read = async () => {
        const source = { table: 'much', cursor: 'id' }
        for await (const { cursor } of reading(world, source, await makeSpool())) {
          cursors.push(cursor)
          if (cursors.length === 2) await world.killServer()
        }
      }
      await expect(read()).rejects.toThrow(fault('connection_lost', '127.0.0.1:'))
      expect(cursors.length).toBeGreaterThan(1)
      expect(JSON.parse(cursors.at(1) ?? '').value).toBe('99')
      await expect(taken(world, { table: 'much' })).rejects.toMatchObject({
        code: 'outgoing.unreachable',
      })
    })
  })
}

/** What a reading is given beside its source. */
interface Given extends Partial<Pick<Reading<unknown, unknown>, 'known' | 'cursor' | 'signal'>> {
  /** Where the names of batches are left. */
  readonly names?: string[]
  /** After how many batches the reader stops. */
  readonly most?: number
}

type Read = Pick<DatabaseWorld, 'settings'> & { readonly connector: Connector }

const reading = (
  { connector, settings }: Read,
  source: SqlSource,
  spool: Awaited<ReturnType<typeof makeSpool>>,
) => connector.read({ settings, source, known: () => false, spool, signal: never() })

/** Reads a source: its batches, their texts, their records, and how far it has got. */
export async function taken({ connector, settings }: Read, source: SqlSource, given: Given = {}) {
  const { names = [], most = Infinity, ...more } = given
  const [batches, texts]: [Batch[], string[]] = [[], []]
  let cursor = given.cursor
  const of = { known: () => false, signal: never(), spool: await makeSpool(), ...more }
  for await (const batch of connector.read({ settings, source, ...of })) {
    batches.push(batch)
    names.push(batch.name)
    texts.push(await readFile(batch.file.path, 'utf8'))
    cursor = batch.cursor ?? cursor
    if (batches.length === most) break
  }
  const rows = texts.flatMap((text) => text.trimEnd().split('\n').slice(1))
  return { batches, texts, rows, cursor }
}

const never = () => new AbortController().signal

/** A fault of this room, with these words in it. */
export const fault = (code: string, words = '') =>
  expect.objectContaining({
    code: `connectors.${code}`,
    message: expect.stringContaining(words),
  })
