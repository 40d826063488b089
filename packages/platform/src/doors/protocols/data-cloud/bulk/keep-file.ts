import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { ingestFaults } from '../faults.ts'
import { csvHead, printRecord } from './csv-head.ts'
import type { Header } from './header.ts'

/** What was kept of a file that was sent. */
export interface KeptFile {
  readonly columns: readonly string[]
  readonly sizeBytes: number
}

/** What a file has to be. */
export interface FileRules {
  readonly mostBytes: number
  /** Reads the first record, or refuses it. */
  readonly headerOf: (cells: readonly string[]) => Header
}

// A thousand names of 80 letters and their signs, three times.
const mostHeadLetters = 256 * 1024

/** Writes a file to disk as it arrives, checked on the way; nothing is left of one that is refused. On disk when it settles. */
export async function keepFile(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  rules: FileRules,
): Promise<KeptFile> {
  const kept = { columns: [] as readonly string[], sizeBytes: 0 }
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true })
  try {
    await pipeline(checked(chunks, rules, kept), file)
    return kept
  } catch (thrown) {
    // The file may still be about to be made.
    if (!file.closed) await new Promise<void>((closed) => file.once('close', closed))
    await rm(path, { force: true })
    throw thrown
  }
}

async function* checked(
  chunks: AsyncIterable<Uint8Array>,
  rules: FileRules,
  kept: { columns: readonly string[]; sizeBytes: number },
): AsyncGenerator<Uint8Array> {
  const text = utf8()
  let head: { bytes: Uint8Array[]; text: string } | undefined = { bytes: [], text: '' }
  for await (const chunk of chunks) {
    kept.sizeBytes += chunk.length
    if (kept.sizeBytes > rules.mostBytes)
      throw ingestFaults.too_large({ most: `${rules.mostBytes} bytes in a file` })
    const letters = text.next(chunk)
    if (head === undefined) {
      yield chunk
      continue
    }
    head.bytes.push(chunk)
    head.text += letters
    // Looked at again only where it may have ended: pieces can be small and many.
    if (!/[\r\n]/.test(letters) && head.text.length <= mostHeadLetters) continue
    const header = readHeader(head.text, 'more follows', rules)
    if (header === undefined) continue
    kept.columns = header.columns
    yield* opening(header, head.bytes)
    head = undefined
  }
  text.end()
  if (head === undefined) return
  const header = readHeader(head.text, 'all', rules)
  if (header === undefined) throw badFile('the quotes of its first line are not closed')
  kept.columns = header.columns
  yield* opening(header, head.bytes)
}

function readHeader(text: string, known: 'all' | 'more follows', rules: FileRules) {
  const head = csvHead(text, known === 'all')
  if (head === undefined) {
    if (text.length > mostHeadLetters) throw badFile('its first line does not end within 256 KB')
    return undefined
  }
  if (head.cells.every((cell) => cell.trim() === ''))
    throw badFile('it is empty; the first line names the columns')
  return rules.headerOf(head.cells)
}

function* opening({ columns, isMissing }: Header, bytes: readonly Uint8Array[]) {
  if (isMissing) yield Buffer.from(printRecord(columns))
  const all = Buffer.concat(bytes)
  yield all.subarray(0, 3).equals(byteOrderMark) ? all.subarray(3) : all
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/** Decodes pieces of text and refuses what is not UTF-8. */
function utf8() {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Uint8Array) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined })
    } catch (cause) {
      throw ingestFaults.bad_file({ why: 'it is not UTF-8' }, { cause })
    }
  }
  return { next: (chunk: Uint8Array) => decode(chunk), end: () => decode() }
}

const badFile = (why: string) => ingestFaults.bad_file({ why })
