import { mkdtempSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { noDisk, smallDisk } from '#kernel/testing/small-disk.ts'
import { type Entry, openLog } from './index.ts'
import { allLines } from './testing/index.ts'

const put = (id: string, size = 0): Entry => ({
  stream: 'a',
  kind: 'put',
  id,
  body: `{"a":"${'x'.repeat(size)}"}`,
})

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const logIn = (folder: string) =>
  openLog({ file: join(folder, 'log.sqlite'), clock: systemClock, log: silentLog })

test('what cannot be kept is refused with everything behind it, and can be sent again', async () => {
  const folder = emptyFolder()
  const file = join(folder, 'log.sqlite')
  await using log = await logIn(folder)
  await log.append([put('before')])
  renameSync(file, `${file}.away`)
  const repeated = await Promise.allSettled([
    log.append([put('x')]),
    log.append([put('x'), put('before')]),
    log.append([put('y')]),
  ])
  for (const one of repeated) {
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'log.trouble', status: 503 } })
  }
  expect(log.figures()).toMatchObject({
    head: 1,
    waitingBytes: 0,
    lastError: { say: expect.stringContaining('removed or replaced') },
  })
  renameSync(`${file}.away`, file)
  const kept = await log.append([put('x'), put('x'), put('before'), put('y')])
  expect(kept.map(({ duplicate }) => duplicate)).toEqual([false, true, true, false])
  // The positions of what failed are skipped.
  expect(kept.map(({ position }) => position)).toEqual([6, 7, 8, 9])
  expect(log.figures().lastError).toBeUndefined()
  expect((await allLines(log)).map(({ position }) => position)).toEqual([1, 6, 7, 8, 9])
})

test('a repetition of what fails never counts as kept, even if the disk is back by then', async () => {
  const folder = emptyFolder()
  const file = join(folder, 'log.sqlite')
  await using log = await logIn(folder)
  renameSync(file, `${file}.away`)
  const first = log.append([put('x')])
  await nextTurn()
  // The first is on its way, so this waits behind it.
  const second = log.append([put('x')])
  const isBack = first.catch(() => renameSync(`${file}.away`, file))
  await expect(second).rejects.toMatchObject({ code: 'log.trouble' })
  await isBack
  expect(await log.append([put('x')])).toMatchObject([{ duplicate: false }])
})

test('a file of a newer program is refused and left as it is', async () => {
  const folder = emptyFolder()
  await (await logIn(folder)).close()
  const database = new DatabaseSync(join(folder, 'log.sqlite'))
  database.exec('pragma user_version = 9')
  await expect(logIn(folder)).rejects.toMatchObject({
    code: 'log.too_new',
    details: { found: 9, known: 1 },
  })
  expect(database.prepare('pragma user_version').get()).toEqual({ user_version: 9 })
  database.close()
})

test('a file that is no log is refused', async () => {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'log.sqlite'), 'x'.repeat(10_000))
  await expect(logIn(folder)).rejects.toMatchObject({ code: 'log.damaged' })
})

test('a copy is sound while others append, and never overwrites', async () => {
  const folder = emptyFolder()
  await using log = await logIn(folder)
  await log.append(Array.from({ length: 500 }, (_, n) => put(`${n}`, 2000)))
  const copied = log.backupTo(join(folder, 'copy.sqlite'))
  for (let n = 0; n < 50; n++) await log.append([put(`later ${n}`)])
  await copied
  await expect(log.backupTo(join(folder, 'copy.sqlite'))).rejects.toMatchObject({
    code: 'log.already_there',
  })
  const place = join(folder, 'copy.sqlite')
  await using copy = await openLog({ file: place, clock: systemClock, log: silentLog })
  const lines = await allLines(copy)
  expect(lines.length).toBeGreaterThanOrEqual(500)
  expect(lines).toEqual((await allLines(log)).slice(0, lines.length))
  expect(await copy.append([put('499')])).toMatchObject([{ duplicate: true }])
  await expect(log.backupTo(join(folder, 'nowhere', 'copy'))).rejects.toMatchObject({
    code: 'log.trouble',
  })
})

describe.skipIf(noDisk !== '')(`a full disk${noDisk}`, () => {
  test('what was acknowledged is there, what was refused is not, and all goes on once there is room', async () => {
    const disk = smallDisk(24)
    const ballast = join(disk, 'ballast')
    writeFileSync(ballast, new Uint8Array(8 * 1024 * 1024))
    const log = await logIn(disk)
    const kept = new Set<string>()
    const refused = new Set<string>()
    for (let round = 0; refused.size === 0 && round < 300; round++) {
      const ids = Array.from({ length: 20 }, (_, n) => `${round}-${n}`)
      const sent = await Promise.allSettled(ids.map((id) => log.append([put(id, 10_000)])))
      for (const [n, one] of sent.entries()) {
        if (one.status === 'fulfilled') kept.add(ids[n]!)
        else refused.add(ids[n]!)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'log.trouble' })
      }
    }
    expect(kept.size).toBeGreaterThan(100)
    expect(refused.size).toBeGreaterThan(0)
    expect(statfsSync(disk).bavail * statfsSync(disk).bsize).toBeLessThan(4 * 1024 * 1024)
    expect((await allLines(log)).length).toBe(kept.size)

    rmSync(ballast)
    const again = await log.append([...refused, ...kept].map((id) => put(id)))
    expect(again.filter(({ duplicate }) => duplicate).length).toBe(kept.size)
    await log.close()
    await using later = await logIn(disk)
    const lines = await allLines(later)
    expect(lines.filter(({ kind }) => kind === 'put').length).toBe(kept.size + refused.size)
    expect(lines.map(({ position }) => position)).toEqual(
      lines.map(({ position }) => position).toSorted((a, b) => a - b),
    )
  })
})
