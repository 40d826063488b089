import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { type Entry, openLog } from './index.ts'
import { allLines } from './testing/index.ts'

const hour = 3_600_000
const windowMs = 24 * hour
// Eight tables of 64 places: many files soon.
const smallMemory = 8192

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A log with hardly any memory for ids, whose time is moved by hand. */
function placeIn(folder: string, memoryBytes = smallMemory) {
  const clock = stoppedClock(new Date('2024-05-01T00:00:00Z'))
  let elapsed = 0
  return {
    pass: (ms: number) => {
      elapsed += ms
    },
    open: () =>
      openLog({
        file: join(folder, 'log.sqlite'),
        clock,
        log: silentLog,
        elapsedMs: () => elapsed,
        dedup: { windowMs, memoryBytes, folder: join(folder, 'ids') },
      }),
  }
}

const put = (id: string): Entry => ({ stream: 'a', kind: 'put', id, body: '{}' })
const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => put(`${from + n}`))

type Act = readonly number[] | 'open again' | { readonly hours: number }

const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 300, size: 'max' }),
    },
    { weight: 1, arbitrary: fc.constant('open again' as const) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 30 }).map((hours) => ({ hours })) },
  ),
  { minLength: 10, maxLength: 40, size: 'max' },
)

/** What a plain map knows: never seen is new, seen within the window is a repetition, older ones may be either. */
function plainMemory() {
  const seenAt = new Map<number, number>()
  return (n: number, now: number, isDuplicate: boolean) => {
    const before = seenAt.get(n)
    if (before === undefined) expect(isDuplicate, `${n} is new`).toBe(false)
    else if (now - before < windowMs) expect(isDuplicate, `${n} came before`).toBe(true)
    if (!isDuplicate) seenAt.set(n, now)
  }
}

test('ids are told from repetitions as a set would, with hardly any memory, across restarts', async () => {
  let mostFiles = 0
  const holds = async (steps: readonly Act[]) => {
    const place = placeIn(emptyFolder())
    const check = plainMemory()
    let now = 0
    let log = await place.open()
    for (const act of steps) {
      if (act === 'open again') {
        await log.close()
        log = await place.open()
      } else if ('hours' in act) {
        place.pass(act.hours * hour)
        now += act.hours * hour
      } else {
        const kept = await log.append(act.map((n) => put(`${n}`)))
        for (const [index, n] of act.entries()) check(n, now, kept[index]!.duplicate)
      }
      mostFiles = Math.max(mostFiles, log.figures().ids.files)
    }
    await log.close()
  }
  await fc.assert(fc.asyncProperty(acts, holds), { numRuns: 15 })
  expect(mostFiles).toBeGreaterThan(2)
})

test('beyond its memory ids are on disk, and the memory stays what it is', async () => {
  const memory = 65_536
  await using log = await placeIn(emptyFolder(), memory).open()
  for (let from = 0; from < 20_000; from += 100) await log.append(many(100, from))
  // Writing goes on beside the appends; what is left of it is begun by the next groups.
  await expect
    .poll(async () => {
      await log.append([put('0')])
      return log.figures().ids.memoryBytes
    })
    .toBeLessThan(memory * 1.25)
  expect(log.figures().ids.known).toBe(20_000)
  expect(log.figures().ids.files).toBeGreaterThan(0)
  for (let from = 0; from < 20_000; from += 2000) {
    const again = await log.append(many(2000, from))
    expect(again.every(({ duplicate }) => duplicate)).toBe(true)
  }
})

test('files of ids leave with the window', async () => {
  const folder = emptyFolder()
  const place = placeIn(folder)
  const log = await place.open()
  for (let from = 0; log.figures().ids.files < 2; from += 100) await log.append(many(100, from))
  await log.close()
  const files = () => readdirSync(join(folder, 'ids')).length
  expect(files()).toBeGreaterThan(0)
  const later = await place.open()
  place.pass(20 * hour)
  await later.append([put('x')])
  place.pass(30 * hour)
  // A file that is just being written leaves with a later group.
  await expect
    .poll(async () => {
      await later.append([put('y')])
      return later.figures().ids
    })
    .toMatchObject({ files: 0, known: 1 })
  await later.close()
  expect(files()).toBe(0)
})

test('files of ids can be lost or broken: the log has what they hold', async () => {
  const folder = emptyFolder()
  const place = placeIn(folder)
  const log = await place.open()
  let count = 0
  for (; log.figures().ids.files < 4; count += 100) await log.append(many(100, count))
  await log.close()
  const ids = join(folder, 'ids')
  const [first, second] = readdirSync(ids).map((name) => join(ids, name))
  rmSync(first!)
  const bytes = readFileSync(second!)
  bytes[100] = bytes[100]! ^ 1
  writeFileSync(second!, bytes)
  writeFileSync(join(ids, '1-2.ids.part'), 'half')
  const later = await place.open()
  expect(later.figures().ids.known).toBe(count)
  const again = await later.append(many(count))
  expect(again.every(({ duplicate }) => duplicate)).toBe(true)
  await later.close()
  rmSync(ids, { recursive: true })
  await using last = await place.open()
  expect(last.figures().ids.known).toBe(count)
})

test('an older copy of the log does not know the ids of what it does not have', async () => {
  const folder = emptyFolder()
  const place = placeIn(folder)
  const log = await place.open()
  await log.append(many(100))
  await log.backupTo(join(folder, 'copy.sqlite'))
  for (let from = 100; from < 3000; from += 100) await log.append(many(100, from))
  await log.close()
  writeFileSync(join(folder, 'log.sqlite'), readFileSync(join(folder, 'copy.sqlite')))
  await using older = await place.open()
  const kept = await older.append(many(200))
  expect(kept.map(({ duplicate }) => duplicate)).toEqual([
    ...Array(100).fill(true),
    ...Array(100).fill(false),
  ])
  expect((await allLines(older)).length).toBe(300)
})
