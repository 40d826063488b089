import { describe, expect, onTestFinished, test } from 'vitest'
import type { Clock } from '#kernel/clock.ts'
import { stoppedClock } from '#kernel/clock.ts'
import type { Entry, EventLog } from '../event-log.ts'
import { allLines, linesOf } from './lines.ts'

/** What a test asks of a log. */
export interface OpenForTest {
  readonly clock: Clock
  /** The time that has passed, which no clock moves. */
  readonly elapsedMs: () => number
  readonly retentionMs: number
  readonly windowMs: number
  readonly mostWaitingBytes?: number
}

/** A place where the same log can be opened again and again. */
export interface LogPlace {
  readonly open: (of: OpenForTest) => Promise<EventLog>
  readonly remove: () => Promise<void>
}

const hour = 3_600_000
const start = new Date('2024-05-01T00:00:00Z')

/** The promise of every log. */
export function describeLog(name: string, makePlace: () => Promise<LogPlace>): void {
  const open = async () => {
    const place = await makePlace()
    const clock = stoppedClock(start)
    let elapsed = 0
    let log: EventLog | undefined
    onTestFinished(async () => {
      await log?.close()
      await place.remove()
    })
    return {
      clock,
      pass: (ms: number) => {
        clock.move(ms)
        elapsed += ms
      },
      again: async (more: Partial<OpenForTest> = {}) => {
        await log?.close()
        const settings = { clock, elapsedMs: () => elapsed, retentionMs: hour, windowMs: 24 * hour }
        log = await place.open({ ...settings, ...more })
        return log
      },
    }
  }

  describe(name, () => {
    test('keeps entries in order, at rising positions, as they came', async () => {
      const log = await (await open()).again()
      expect(log.head()).toBe(0)
      expect(await log.read(0, { maxBytes: 1000 })).toEqual([])
      expect(await log.append([])).toEqual([])
      const said = JSON.stringify({ a: 'tab\there\nand ünï ☃ \u{1f600}' })
      const kept = await log.append([put('a', said), { ...put('b', '{}'), kind: 'delete' }])
      const at = start.getTime()
      expect(kept).toEqual([
        { position: 1, duplicate: false, at },
        { position: 2, duplicate: false, at },
      ])
      expect(log.head()).toBe(2)
      expect(linesOf(await log.read(0, { maxBytes: 1000 }))).toEqual([
        { position: 1, at, stream: 'a', kind: 'put', body: said },
        { position: 2, at, stream: 'b', kind: 'delete', body: '{}' },
      ])
    })

    test('what many append at once is whole, in the order of appending', async () => {
      const log = await (await open()).again()
      const appends = Array.from({ length: 500 }, (_, n) =>
        log.append([put('a', `{"n":${n}}`), put('a', `{"m":${n}}`)]),
      )
      const kept = await Promise.all(appends)
      expect(kept.flat().map(({ position }) => position)).toEqual(
        Array.from({ length: 1000 }, (_, n) => n + 1),
      )
      const lines = await allLines(log)
      expect(lines.map(({ body }) => body)).toEqual(
        Array.from({ length: 500 }, (_, n) => [`{"n":${n}}`, `{"m":${n}}`]).flat(),
      )
    })

    test('an id comes once in a stream: again is a duplicate that takes a position', async () => {
      const log = await (await open()).again()
      await log.append([put('a', '{"n":1}', 'x')])
      const kept = await log.append([
        put('a', '{"n":2}', 'x'),
        put('b', '{"n":3}', 'x'),
        put('a', '{"n":4}', 'y'),
        put('a', '{"n":5}', 'y'),
        put('a', '{"n":6}'),
        put('a', '{"n":6}'),
      ])
      expect(kept.map(({ duplicate }) => duplicate)).toEqual([
        true,
        false,
        false,
        true,
        false,
        false,
      ])
      expect((await allLines(log)).map(({ kind, body }) => `${kind} ${body}`)).toEqual([
        'put {"n":1}',
        'duplicate {"id":"x"}',
        'put {"n":3}',
        'put {"n":4}',
        'duplicate {"id":"y"}',
        'put {"n":6}',
        'put {"n":6}',
      ])
    })

    test('tells which ids it knows; one that is only noted is known from then on', async () => {
      const log = await (await open()).again()
      await log.append([put('a', '{}', 'x'), put('b', '{}')])
      expect(['x', 'y'].map((id) => log.knows('a', id))).toEqual([true, false])
      expect(log.knows('b', 'x')).toBe(false)
      const note: Entry = { stream: 'a', kind: 'duplicate', id: 'y', body: '{"id":"y"}' }
      expect(await log.append([note])).toMatchObject([{ duplicate: false }])
      expect(log.knows('a', 'y')).toBe(true)
      expect(await log.append([put('a', '{}', 'y'), note])).toMatchObject([
        { duplicate: true },
        { duplicate: true },
      ])
      const noted = (await allLines(log)).slice(2)
      expect(noted.map(({ kind, body }) => [kind, body])).toEqual(
        Array(3).fill(['duplicate', '{"id":"y"}']),
      )
    })

    test('an id that is still on its way is a duplicate already, and settles with the first', async () => {
      const log = await (await open()).again()
      const settled: number[] = []
      const appends = Array.from({ length: 50 }, (_, n) =>
        log.append([put('a', '{}', 'same')]).then(([kept]) => {
          settled.push(n)
          return kept?.duplicate
        }),
      )
      expect(await Promise.all(appends)).toEqual([false, ...Array(49).fill(true)])
      expect(settled).toEqual(Array.from({ length: 50 }, (_, n) => n))
    })

    test('opened again it has everything, knows the ids and goes on behind', async () => {
      const { again } = await open()
      const before = await again()
      await before.append([put('a', '{}', 'x'), put('a', '{}', 'y')])
      await before.append([put('a', '{}', 'z')])
      const lines = await allLines(before)
      const log = await again()
      expect(log.head()).toBe(3)
      expect(await allLines(log)).toEqual(lines)
      expect(await log.append([put('a', '{}', 'z'), put('a', '{}', 'new')])).toMatchObject([
        { position: 4, duplicate: true },
        { position: 5, duplicate: false },
      ])
    })

    test('an id is known for the window, across restarts, whatever the clock says', async () => {
      const { again, pass, clock } = await open()
      await (await again()).append([put('a', '{}', 'x')])
      clock.move(1000 * hour)
      const log = await again()
      pass(23 * hour)
      expect(await log.append([put('a', '{}', 'x')])).toMatchObject([{ duplicate: true }])
      pass(23 * hour)
      await log.append([put('a', '{}', 'other')])
      pass(23 * hour)
      await log.append([put('a', '{}', 'another')])
      expect(await log.append([put('a', '{}', 'x')])).toMatchObject([{ duplicate: false }])
      const later = await again()
      expect(await later.append([put('a', '{}', 'x')])).toMatchObject([{ duplicate: true }])
    })

    test('time never goes back, not across restarts either', async () => {
      const { again, clock } = await open()
      const log = await again()
      await log.append([put('a', '{}')])
      clock.move(-5 * hour)
      await log.append([put('a', '{}')])
      await (await again()).append([put('a', '{}')])
      const lines = await allLines(await again())
      expect(lines.map(({ at }) => at)).toEqual(Array(3).fill(start.getTime()))
    })

    test('whole chunks are read, from the one that holds the next position to the one that holds the last', async () => {
      const log = await (await open()).again()
      for (let n = 0; n < 4; n++) await log.append([put('a', '{}'), put('a', '{}'), put('a', '{}')])
      const firsts = async (after: number, of: { maxBytes: number; upTo?: number }) =>
        (await log.read(after, of)).map(({ first, last, count }) => [first, last, count])
      const maxBytes = 100_000
      expect(await firsts(0, { maxBytes })).toEqual([
        [1, 3, 3],
        [4, 6, 3],
        [7, 9, 3],
        [10, 12, 3],
      ])
      expect(await firsts(4, { maxBytes, upTo: 8 })).toEqual([
        [4, 6, 3],
        [7, 9, 3],
      ])
      expect(await firsts(6, { maxBytes: 1 })).toEqual([[7, 9, 3]])
      expect(await firsts(3, { maxBytes, upTo: 3 })).toEqual([])
      expect(await firsts(12, { maxBytes })).toEqual([])
    })

    test('those who listen hear of everything that became durable', async () => {
      const log = await (await open()).again()
      const heads: number[] = []
      const stop = log.onAppended(() => heads.push(log.head()))
      await log.append([put('a', '{}')])
      await log.append([put('a', '{}')])
      stop()
      await log.append([put('a', '{}')])
      expect(heads).toEqual([1, 2])
    })

    test('too much that waits is refused at once, with when to come again, and leaves nothing', async () => {
      const log = await (await open()).again({ mostWaitingBytes: 2000 })
      const large = `{"a":"${'x'.repeat(900)}"}`
      const first = log.append([put('a', large, '1')])
      const second = log.append([put('a', large, '2')])
      const third = log.append([put('a', large, '3')])
      await expect(third).rejects.toMatchObject({
        code: 'log.busy',
        status: 429,
        details: { retryAfterSeconds: expect.any(Number) },
      })
      await Promise.all([first, second])
      expect(log.figures().waitingBytes).toBe(0)
      expect(await log.append([put('a', large, '3')])).toMatchObject([
        { position: 3, duplicate: false },
      ])
    })

    test('one entry may be large, but not beyond all measure', async () => {
      const log = await (await open()).again()
      const large = `{"a":"${'ü'.repeat(7_000_000)}"}`
      await log.append([put('a', large), put('a', '{}')])
      expect((await allLines(log)).map(({ body }) => body.length)).toEqual([large.length, 2])
      const beyond = `{"a":"${'x'.repeat(17 * 1024 * 1024)}"}`
      await expect(log.append([put('a', beyond)])).rejects.toMatchObject({ code: 'log.too_large' })
      expect(log.head()).toBe(2)
    })

    test('what would break the lines is refused as a bug', async () => {
      const log = await (await open()).again()
      await expect(log.append([put('a', '{\n}')])).rejects.toThrow('one line')
      await expect(log.append([put('a\tb', '{}')])).rejects.toThrow('control characters')
      expect(log.head()).toBe(0)
    })

    test('consumers keep their position', async () => {
      const { again } = await open()
      const log = await again()
      await log.append([put('a', '{}')])
      expect(await log.consumer('lake')).toBe(0)
      await log.moveConsumer('lake', 1)
      const later = await again()
      expect(await later.consumer('lake')).toBe(1)
      await later.dropConsumer('lake')
      expect(await later.consumer('lake')).toBe(0)
      await expect(later.moveConsumer('lake', 1.5)).rejects.toThrow('not a position')
    })

    test('a consumer that is ahead lifts the log: no position it has passed is given out', async () => {
      const { again } = await open()
      const log = await again()
      await log.moveConsumer('lake', 100)
      expect(await log.append([put('a', '{}', 'x')])).toMatchObject([{ position: 101 }])
      await log.moveConsumer('lake', 200)
      const later = await again()
      expect(later.head()).toBe(200)
      expect(await later.append([put('a', '{}', 'x')])).toMatchObject([
        { position: 201, duplicate: true },
      ])
      expect((await allLines(later)).map(({ position }) => position)).toEqual([101, 201])
    })

    test('what is old and behind every consumer is let go; its ids stay known, its positions used', async () => {
      const { again, pass } = await open()
      const log = await again()
      for (const id of ['1', '2', '3']) await log.append([put('a', '{}', id)])
      await log.moveConsumer('lake', 2)
      expect(await log.retain()).toEqual({ chunks: 0 })
      pass(2 * hour)
      expect(await log.retain()).toEqual({ chunks: 2 })
      expect(log.figures().oldest).toMatchObject({ position: 3 })
      await log.moveConsumer('lake', 3)
      expect(await log.retain()).toEqual({ chunks: 1 })
      expect(log.figures().oldest).toBeUndefined()
      const later = await again()
      expect(later.head()).toBe(3)
      expect(await allLines(later)).toEqual([])
      expect(await later.append([put('a', '{}', '1')])).toMatchObject([
        { position: 4, duplicate: true },
      ])
      pass(30 * hour)
      await later.append([put('a', '{}', '4')])
      await later.moveConsumer('lake', 4)
      expect(await later.retain()).toEqual({ chunks: 1 })
      const last = await again()
      expect((await allLines(last)).map(({ position }) => position)).toEqual([5])
      expect(await last.append([put('a', '{}', '1')])).toMatchObject([
        { position: 6, duplicate: false },
      ])
    })

    test('closing finishes what is under way and refuses what comes later', async () => {
      const { again } = await open()
      const log = await again()
      const appends = Array.from({ length: 20 }, () => log.append([put('a', '{}')]))
      await log.close()
      await expect(log.append([put('a', '{}')])).rejects.toMatchObject({ code: 'log.trouble' })
      expect((await Promise.all(appends)).length).toBe(20)
      expect((await again()).head()).toBe(20)
    })
  })
}

const put = (stream: string, body: string, id?: string): Entry =>
  id === undefined ? { stream, kind: 'put', body } : { stream, kind: 'put', body, id }
