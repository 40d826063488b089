import { type FileHandle, open } from 'node:fs/promises'
import { connectorFaults } from '../faults.ts'

/** A file whose bytes can be read from any position, wherever it lies. */
export interface RandomBytes {
  /** What a person calls the file. */
  readonly name: string
  readonly sizeBytes: number
  /** Fewer bytes only where the end is. */
  readonly read: (at: number, length: number) => Promise<Buffer>
}

/** A file of this machine, and when to stop reading it. */
export interface StoredFile {
  readonly name: string
  readonly path: string
  readonly signal?: AbortSignal
}

/** Opens a file of this machine for as long as it is used. */
export async function usingFile<Result>(
  { name, path, signal }: StoredFile,
  use: (bytes: RandomBytes) => Promise<Result>,
): Promise<Result> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const read = (at: number, length: number) => {
      signal?.throwIfAborted()
      return readFrom(file, at, length)
    }
    return await use({ name, sizeBytes: size, read })
  } finally {
    await file.close()
  }
}

async function readFrom(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at)
  return buffer.subarray(0, bytesRead)
}

/** Exactly so many bytes, or the refusal of a file that ends before. */
export async function readExactly(bytes: RandomBytes, at: number, length: number): Promise<Buffer> {
  const isThere = at >= 0 && length >= 0 && at + length <= bytes.sizeBytes
  const found = isThere ? await bytes.read(at, length) : undefined
  if (found?.length !== length) throw damaged(bytes, 'it ends too early')
  return found
}

/** The refusal of a file that is not whole. */
export const damaged = ({ name }: Pick<RandomBytes, 'name'>, why: string, cause?: unknown) =>
  connectorFaults.damaged_file({ name, why }, cause === undefined ? {} : { cause })
