import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSpool } from '#connectors'
import { column, sql, table } from '#engine'
import { folderEngine } from '#engine/testing'
import { systemCaller } from '#kernel/caller.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { jsonLog, silentLog } from '#kernel/log.ts'
import { countOf, prepareLake } from '#lake'
import { openLog } from '#log'
import { openStore } from '#store'
import { makeCollecting } from './collecting.ts'
import type { LiveStream } from './directory.ts'
import { collectMigrations, writeKeyRecords } from './write-keys.ts'

const stream = (key: string, takes?: LiveStream['takes']): LiveStream => ({
  key,
  connection: key,
  ...(takes === undefined ? {} : { takes }),
  sender: 'server',
  shape: {
    key,
    mode: 'append',
    primaryKey: [],
    fields: [{ name: 'word', label: 'word', type: 'text' }],
  },
})

async function house(
  streams: LiveStream[],
  of: { readonly groupedRows?: number; readonly onRound?: () => void } = {},
) {
  const { engine: whole, folder } = await folderEngine()
  const engine = { ...whole, groupedRows: of.groupedRows ?? whole.groupedRows }
  await prepareLake(engine)
  const store = await openStore({ file: ':memory:', log: silentLog })
  await store.migrate('collect', collectMigrations)
  const clock = stoppedClock(new Date())
  const told: string[] = []
  const spool = await openSpool({ folder: join(folder, 'spool'), ids: countedIds() })
  const open = async () => {
    const opened = makeCollecting({
      engine,
      spool,
      events: await openLog({ file: join(folder, 'log.sqlite'), clock, log: silentLog }),
      keys: writeKeyRecords(store),
      clock,
      ids: countedIds(),
      log: jsonLog({ write: (line) => told.push(line), now: clock.now }),
      streams: async () => streams,
      record: async () => {},
      onRound: of.onRound ?? (() => {}),
    })
    await opened.start()
    onTestFinished(opened.stop)
    return opened
  }
  let collecting = await open()
  const again = async () => {
    await collecting.stop()
    collecting = await open()
    return collecting
  }
  const about = { wire: 'test', receivedAt: new Date() }
  const send = (to: string, words: readonly string[]) =>
    collecting.intake.take(
      { stream: to },
      words.map((word) => ({ id: `${to} ${word}`, value: { word } })),
      about,
    )
  const arrived = () => collecting.catchUp(AbortSignal.timeout(20_000))
  return { engine, collecting, again, send, arrived, about, clock, told }
}

const words = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`)

test('what came without a key that opens anything is adopted, once, however much it is', async () => {
  const { engine, collecting, arrived, about } = await house([stream('site', 'events')])
  const items = words(4500).map((word) => ({ id: word, value: { word } }))
  await collecting.intake.park('', items, about)
  const bad = { id: 'bad', value: { word: 'bad' }, refused: 'it is bad' }
  await collecting.intake.park('', [...items.slice(0, 10), bad], about)
  await arrived()
  expect(await collecting.parked()).toMatchObject([{ writeKey: '', stream: '', count: 4511 }])
  const place = { writeKey: '', stream: '', connection: 'site', keepKey: true }
  const done = await collecting.adopt(systemCaller, place)
  expect(done).toEqual({ adopted: 4500, duplicates: 10, rejected: 1 })
  await arrived()
  expect(await countOf(engine, 'site')).toBe(4500)
  expect(await collecting.parked()).toEqual([])
  await expect(collecting.adopt(systemCaller, place)).rejects.toMatchObject({
    code: 'collect.nothing_parked',
  })
  expect(await collecting.keys.list()).toEqual([])
})

test('of several streams that cannot be written each parks its own events, and the others go on', async () => {
  const { engine, collecting, send, arrived, clock } = await house(
    ['good', 'one', 'two', 'three'].map((key) => stream(key)),
  )
  for (const key of ['one', 'two', 'three'])
    await engine.change('test', (writer) =>
      writer.run(sql`alter table ${table('lake', key)} drop column ${column('word')}`),
    )
  await Promise.all(['one', 'good', 'two', 'three'].map((key) => send(key, words(3))))
  await arrived()
  expect(await countOf(engine, 'good')).toBe(3)
  expect(await collecting.parked()).toMatchObject(
    ['one', 'three', 'two'].map((key) => ({ stream: key, count: 3 })),
  )
  // Once they are tried again there is nobody else in the round.
  clock.move(61_000)
  await Promise.all([send('one', ['more']), send('two', ['more'])])
  await arrived()
  await send('good', ['more'])
  await arrived()
  expect(await countOf(engine, 'good')).toBe(4)
})

test('a stream that cannot be written parks its events, holds up nobody, and gets them back', async () => {
  const { engine, collecting, send, arrived, clock } = await house([
    stream('good'),
    stream('broken'),
  ])
  const broken = table('lake', 'broken')
  const word = column('word')
  // What no definition asked for: the table lacks a column that the lake believes in.
  const damage = sql`alter table ${broken} drop column ${word}`
  const mend = sql`alter table ${broken} add column ${word} varchar`
  await engine.change('test', (writer) => writer.run(damage))
  await send('broken', words(3))
  await send('good', words(2))
  await arrived()
  expect(await countOf(engine, 'good')).toBe(2)
  expect(await collecting.parked()).toMatchObject([{ stream: 'broken', count: 3 }])
  expect(collecting.figures().lake.trouble).toMatch(/events of "broken" are parked/)
  // From now on it costs the others no time.
  await send('broken', ['later'])
  await send('good', ['later'])
  await arrived()
  expect(await countOf(engine, 'good')).toBe(3)
  expect(await collecting.parked()).toMatchObject([{ stream: 'broken', count: 4 }])

  // Whoever adopts what is parked does not have to wait until the stream is tried again.
  await engine.change('test', (writer) => writer.run(mend))
  const place = { writeKey: '', stream: 'broken', connection: undefined, keepKey: false }
  expect(await collecting.adopt(systemCaller, place)).toEqual({
    adopted: 4,
    duplicates: 0,
    rejected: 0,
  })
  await arrived()
  expect(await countOf(engine, 'broken')).toBe(4)
  expect(await collecting.parked()).toEqual([])
  expect(collecting.figures().lake.trouble).toBeUndefined()

  // Left alone, it is tried again after a minute with what comes then, and takes back the rest by itself.
  await engine.change('test', (writer) => writer.run(damage))
  await send('broken', ['fifth', 'sixth'])
  await arrived()
  expect(await collecting.parked()).toMatchObject([{ stream: 'broken', count: 2 }])
  await engine.change('test', (writer) => writer.run(mend))
  clock.move(61_000)
  await send('broken', ['seventh'])
  await expect.poll(() => countOf(engine, 'broken'), { timeout: 20_000 }).toBe(7)
  await expect.poll(() => collecting.parked(), { timeout: 20_000 }).toEqual([])
  await arrived()
  expect(await countOf(engine, 'broken')).toBe(7)
  expect(await countOf(engine, 'good')).toBe(3)
})

test('a stream that was set aside is so after a restart, and gets its events back once it can be written', async () => {
  const { engine, again, send, arrived, clock } = await house([stream('good'), stream('broken')])
  const broken = table('lake', 'broken')
  const word = column('word')
  await engine.change('test', (writer) =>
    writer.run(sql`alter table ${broken} drop column ${word}`),
  )
  await send('broken', words(3))
  await arrived()
  const collecting = await again()
  expect(collecting.figures().lake.trouble).toMatch(/events of "broken" are parked/)
  // Nobody waits until it has been tried again.
  await send('broken', ['fourth'])
  await send('good', ['first'])
  await arrived()
  expect(await collecting.parked()).toMatchObject([{ stream: 'broken', count: 4 }])
  expect(await countOf(engine, 'good')).toBe(1)

  await engine.change('test', (writer) =>
    writer.run(sql`alter table ${broken} add column ${word} varchar`),
  )
  clock.move(61_000)
  await send('broken', ['fifth'])
  await expect.poll(() => countOf(engine, 'broken'), { timeout: 20_000 }).toBe(5)
  await expect.poll(() => collecting.parked(), { timeout: 20_000 }).toEqual([])
  expect(collecting.figures().lake.trouble).toBeUndefined()
})

test('while nothing can be written rounds become smaller, and nobody is blamed for it', async () => {
  const { engine, collecting, send, arrived, told } = await house([stream('good'), stream('other')])
  const rename = (from: string, to: string) =>
    engine.change('test', (writer) =>
      writer.run(sql`alter table ${table('lake', from)} rename to ${column(to)}`),
    )
  await rename('_log', '_log_away')
  const large = (n: number) => [`${n} ${'x'.repeat(200_000)}`]
  for (let n = 0; n < 4; n++) await send(n % 2 ? 'good' : 'other', large(n))
  const failures = () => told.filter((line) => line.includes('trying again')).length
  await expect.poll(failures, { timeout: 30_000 }).toBeGreaterThan(4)
  await rename('_log_away', '_log')
  await arrived()
  // A round was large enough for all of them.
  expect(collecting.figures().lake.rounds).toBeGreaterThan(1)
  expect(await collecting.parked()).toEqual([])
  expect([await countOf(engine, 'good'), await countOf(engine, 'other')]).toEqual([2, 2])
})

test('after a stop in the middle of what came together, only what is not in the lake yet counts as waiting', async () => {
  let stop: (() => Promise<void>) | undefined
  let stopped: Promise<void> | undefined
  const onRound = () => {
    stopped ??= stop?.()
  }
  const { engine, collecting, again, send, arrived } = await house([stream('site')], {
    groupedRows: 3,
    onRound,
  })
  stop = collecting.stop
  await send('site', words(8))
  await expect.poll(() => stopped !== undefined, { timeout: 20_000 }).toBe(true)
  await stopped
  expect(await countOf(engine, 'site')).toBe(6)
  expect(collecting.waitingOf('site')).toBe(2)

  const next = await again()
  await arrived()
  expect(await countOf(engine, 'site')).toBe(8)
  expect(next.waitingOf('site')).toBe(0)
})
