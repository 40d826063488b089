import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** A file on disk and whether its content is packed with gzip. */
export interface StoredText {
  readonly path: string
  readonly compressed: boolean
}

const chunkBytes = 1024 ** 2

/** The content of a file, unpacked, in large chunks. */
export async function* bytesOf({ path, compressed }: StoredText): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: chunkBytes })
  // Errors reach the reader through the iterator; this pipeline only closes both together.
  const content = compressed
    ? pipeline(file, createGunzip({ chunkSize: chunkBytes }), () => {})
    : file
  yield* content as AsyncIterable<Buffer>
}

/** The first bytes of a file as they lie on disk. */
export async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** The last bytes of a file as they lie on disk. */
export async function lastBytes(
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
  count: number,
): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(count),
      0,
      count,
      Math.max(0, sizeBytes - count),
    )
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Whether a file is packed with gzip, whatever it is called. */
export const isGzip = async (path: string): Promise<boolean> =>
  (await firstBytes(path, 2)).equals(Buffer.from([0x1f, 0x8b]))
