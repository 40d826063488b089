import { readdir, stat, statfs } from 'node:fs/promises'
import { freemem, totalmem } from 'node:os'
import { join } from 'node:path'
import { type Config, settings } from '#kernel/config.ts'
import type { Machine, SettingAnswer } from './api.ts'

/** Looks at the machine: what is left of its memory and disk, and what the data folder takes of them. */
export async function lookAtMachine(of: {
  readonly dataFolder: string
  readonly config: Pick<Config, 'memoryBytes' | 'threads' | 'queryTimeoutMs'>
  readonly startedAt: Date
}): Promise<Machine> {
  const { dataFolder, config, startedAt } = of
  const { bsize, blocks, bavail } = await statfs(dataFolder)
  return {
    started_at: startedAt.toISOString(),
    threads: config.threads,
    query_timeout_ms: config.queryTimeoutMs,
    memory: {
      total: totalmem(),
      free: freemem(),
      process: process.memoryUsage.rss(),
      engine_limit: config.memoryBytes,
    },
    disk: { total: bsize * blocks, free: bsize * bavail },
    data: await sizesIn(dataFolder),
  }
}

async function sizesIn(folder: string): Promise<Machine['data']> {
  const names = await readdir(folder)
  const sizes = await Promise.all(
    names.map(async (name) => ({ name, bytes: await bytesOf(join(folder, name)) })),
  )
  return sizes.toSorted((a, b) => b.bytes - a.bytes)
}

// Files come and go while one looks.
async function bytesOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) return found?.size ?? 0
  const inside = await readdir(path).catch(() => [])
  const sizes = await Promise.all(inside.map((name) => bytesOf(join(path, name))))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** All settings as this process has read them. Of addresses only who they lead to is shown: they may hold a key. */
export const settingsOf = (config: Config): readonly SettingAnswer[] =>
  Object.entries(settings).map(([name, { unlessSet, ...setting }]) => {
    // The configuration has exactly the names of the table.
    const value = config[name as keyof Config]
    const isSet = JSON.stringify(value) !== JSON.stringify(unlessSet)
    return {
      name: setting.name,
      about: setting.about,
      expects: setting.expects,
      value: shown(value),
      unless_set: shown(unlessSet),
      from: isSet ? 'environment' : 'unless set',
    }
  })

function shown(value: Config[keyof Config]): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  const text = String(value)
  return /^https?:/.test(text) ? `${new URL(text).origin}/***` : text
}
