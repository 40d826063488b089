import { copyFile, cp, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '#engine'
import type { Jobs } from '#jobs'
import type { Clock } from '#kernel/clock.ts'
import type { EventLog } from '#log'
import type { Store } from '#store'

/** What a backup needs. */
export interface BackupTools {
  readonly engine: Engine
  readonly store: Store
  readonly events: Pick<EventLog, 'backupTo'>
  readonly jobs: Jobs
  readonly clock: Clock
  readonly dataFolder: string
}

const kind = 'backup'

// Beside the engine and the store: the key of secrets, and the token that opens the door.
const files = ['secret.key', 'token']

/**
 * Backups as durable jobs: the engine first, then the store, which only ever points back at it, then the log, from which the
 * engine goes on where it was.
 */
export function makeBackups(tools: BackupTools): { readonly start: () => Promise<string> } {
  tools.jobs.handle(kind, (_, { progress }) => backup(tools, (note) => progress({ done: 0, note })))
  return { start: async () => (await tools.jobs.enqueue({ kind, key: kind, maxAttempts: 1 })).id }
}

async function backup(
  { engine, store, events, clock, dataFolder }: BackupTools,
  say: (note: string) => void,
): Promise<{ folder: string; bytes: number }> {
  const at = clock.now().toISOString()
  const folder = join(dataFolder, 'backups', at.replaceAll(':', '-'))
  const part = `${folder}.part`
  await rm(part, { recursive: true, force: true })
  await mkdir(part, { recursive: true, mode: 0o700 })
  say('the engine')
  await engine.snapshot(part)
  say('the store')
  await store.backupTo(join(part, 'store.sqlite'))
  say('the log of events')
  await events.backupTo(join(part, 'log.sqlite'))
  for (const file of files) await copyFile(join(dataFolder, file), join(part, file))
  // Files that people sent lie nowhere else; their streams look for them in every run.
  // So do those of bulk jobs that are not loaded yet.
  for (const name of ['uploads', 'ingest'])
    await cp(join(dataFolder, name), join(part, name), { recursive: true })
  await writeFile(join(part, 'backup.json'), `${JSON.stringify({ format: 1, at }, null, 2)}\n`)
  // Whole or not there at all.
  await rename(part, folder)
  return { folder, bytes: await sizeOf(folder) }
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true })
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
