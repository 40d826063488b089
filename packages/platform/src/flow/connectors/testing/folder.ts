import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { countedIds } from '#kernel/ids.ts'
import { openSpool, type Spool } from '../spool.ts'

/** A new folder with these files in it, gone after the test. */
export async function makeFolder(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-connectors-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) await putFile(join(folder, name), content)
  return folder
}

/** Writes a file, with the folders that lead to it, as changed at a time. */
export async function putFile(
  path: string,
  content: string | Uint8Array,
  changedAt = new Date('2026-01-01T00:00:00Z'),
): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  await utimes(path, changedAt, changedAt)
}

/** An empty spool, gone after the test. */
export async function makeSpool(): Promise<Spool> {
  return openSpool({ folder: join(await makeFolder(), 'spool'), ids: countedIds() })
}
