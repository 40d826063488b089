import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { silentLog } from '../src/foundation/kernel/log.ts'
import { openLog } from '../src/foundation/log/index.ts'
import { type BenchTools, type Figure, rounded } from './bench.ts'

const mebibyte = 2 ** 20

/** What a million ids cost that are known so that repetitions can be told: in memory, and beyond it on disk. */
export async function idFigures({ folder, isShort, say }: BenchTools): Promise<readonly Figure[]> {
  const ids = isShort ? 200_000 : 2_000_000
  const inMemory = await figuresAfter(join(folder, 'ids-memory'), ids, 256 * mebibyte)
  const onDisk = await figuresAfter(join(folder, 'ids-disk'), ids, 4 * mebibyte)
  say(`${ids} ids in memory, then on disk`)
  const perMillion = (bytes: number) => rounded(((bytes / ids) * 1e6) / mebibyte)
  return [
    {
      name: 'a million ids in memory',
      value: perMillion(inMemory.memoryBytes),
      unit: 'MiB',
      comparedWith: `${ids.toLocaleString('en-US')} ids, 256 MiB allowed`,
    },
    {
      name: 'a million ids on disk',
      value: perMillion(onDisk.diskBytes),
      unit: 'MiB',
      comparedWith: `${rounded(onDisk.memoryBytes / mebibyte)} MiB in memory, 4 MiB allowed`,
    },
  ]
}

async function figuresAfter(folder: string, ids: number, memoryBytes: number) {
  await mkdir(folder)
  const clock = { now: () => new Date() }
  const file = join(folder, 'log.sqlite')
  const log = await openLog({ file, clock, log: silentLog, dedup: { memoryBytes } })
  try {
    const atOnce = 5000
    for (let from = 0; from < ids; from += atOnce) {
      const entries = Array.from({ length: atOnce }, (_, n) => ({
        stream: 'site',
        kind: 'put' as const,
        id: `message-${from + n}`,
        body: '{}',
      }))
      await log.append(entries)
    }
    return log.figures().ids
  } finally {
    await log.close()
  }
}
