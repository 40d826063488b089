import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const fileIn = (folder: string) => join(folder, 'token')

/** The token that lies in a data folder; empty when there is none. */
export async function firstTokenIn(folder: string): Promise<string> {
  try {
    return (await readFile(fileIn(folder), 'utf8')).trim()
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return ''
    throw thrown
  }
}

/** Puts a token into a data folder, whole or not at all, readable by its owner only. */
export async function keepFirstToken(folder: string, token: string): Promise<void> {
  const part = `${fileIn(folder)}.part`
  await writeFile(part, `${token}\n`, { mode: 0o600 })
  await rename(part, fileIn(folder))
}
