import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Writes a file that is either there as a whole or not at all. */
export async function writeWhole(
  { folder, name }: { readonly folder: string; readonly name: string },
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  const path = join(folder, name)
  const part = join(folder, `.${name}.part`)
  try {
    const handle = await open(part, 'w')
    try {
      for await (const piece of pieces) await handle.writeFile(piece)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, path)
  } catch (thrown) {
    await rm(part, { force: true })
    throw thrown
  }
  await flushNames(path)
}

// The new name is only safe once the folder that holds it is.
async function flushNames(path: string): Promise<void> {
  const handle = await open(dirname(path), 'r')
  await handle.sync().finally(() => handle.close())
}
