import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Batch } from '#connectors'
import type { Engine } from '#engine'
import {
  type Counts,
  copiedFrom,
  forgetLeftOut,
  leaveOut,
  type Origin,
  type Same,
  sameFileOf,
} from '#lake'

/** A file, and another one that was taken before and holds the same. */
export interface Copy {
  readonly name: string
  readonly same: Same
  /** Whether its records came again; otherwise only those came, if any, that are not there. */
  readonly came: boolean
}

/** Asks of a file whether it is a copy. */
export interface Asked {
  readonly engine: Engine
  readonly stream: string
  readonly onSame: 'skip' | 'again'
  readonly at: Date
  readonly signal: AbortSignal
}

/** What is known of the content of a file before it is taken. */
export interface Content {
  readonly content?: string
  readonly copiedFrom?: readonly Origin[]
  readonly copy?: Copy
  /** What has become of its records, where it was left out. */
  readonly leftOut?: Counts
}

/** Looks whether a file is a copy of one that was taken before; where copies are left out, it is. */
export async function lookForCopy(of: Asked, batch: Batch): Promise<Content> {
  const { engine, stream, onSame, at } = of
  const { name, fingerprint } = batch
  // What has an origin is no file: its parts come and go.
  if (batch.origin !== undefined || !batch.isWhole) return {}
  const content = await contentOf(batch.file.path, of.signal)
  const same = await sameFileOf(engine, { stream, name, content })
  if (onSame === 'again') {
    await forgetLeftOut(engine, { stream, name })
    return { content, ...(same ? { copy: { name, same, came: true } } : {}) }
  }
  const from = await copiedFrom(engine, { stream, name })
  if (!same) return { content, copiedFrom: from }
  const copy = { name, same, came: false }
  if (same.rejected > 0) {
    // What was rejected may be taken now, so that it is compared record by record.
    const all = [...from, { name: same.name }]
    const further = await copiedFrom(engine, { stream, name: same.name })
    return { content, copy, copiedFrom: [...all, ...further] }
  }
  const leftOut = await leaveOut(engine, { stream, name, fingerprint, content, same, at })
  return { leftOut, copy }
}

/** Two files of one delivery that hold the same. */
export interface Twins {
  readonly name: string
  readonly other: string
}

/** The files of a delivery as they are; hears of those that hold the same as one before them. */
export async function* watchingTwins(
  batches: AsyncIterable<Batch>,
  { signal, onTwins }: { readonly signal: AbortSignal; readonly onTwins: (of: Twins) => void },
): AsyncGenerator<Batch> {
  const names = new Map<string, string>()
  for await (const batch of batches) {
    if (batch.origin === undefined) {
      const content = await contentOf(batch.file.path, signal)
      const other = names.get(content)
      if (other !== undefined) onTwins({ name: batch.name, other })
      else names.set(content, batch.name)
    }
    yield batch
  }
}

async function contentOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash, { signal })
  return hash.digest('base64url')
}

const mostTold = 5

/** What is said of copies; nothing when there are none. */
export function noteOnCopies(copies: readonly Copy[]): readonly string[] {
  const others = copies.length - mostTold
  return [
    ...copies.slice(0, mostTold).map(sentenceOn),
    ...(others > 0 ? [`${others} more files hold the same as others that were read before`] : []),
  ]
}

/** What is said of files of which the rows are there twice; nothing when there are none. */
export function noteOnTwins(twins: readonly Twins[]): readonly string[] {
  const others = twins.length - mostTold
  return [
    ...twins
      .slice(0, mostTold)
      .map(({ name, other }) => `${name} holds the same as ${other}; the rows of both are there`),
    ...(others > 0 ? [`${others} more files hold the same as others`] : []),
  ]
}

function sentenceOn({ name, same, came }: Copy): string {
  const records = `${same.records.toLocaleString('en-US')} record${same.records === 1 ? '' : 's'}`
  const as = `${name} holds the same as ${same.name}, which was read on ${same.at.slice(0, 16).replace('T', ' at ')}`
  if (came) return `${as}: its ${records} came again (same_file: skip leaves such files out)`
  return same.rejected > 0
    ? `${as}: of its ${records} came what was not there (same_file: again takes all)`
    : `${as}: its ${records} did not come again (same_file: again takes them)`
}
