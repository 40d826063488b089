import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { LogThread } from '../connections/log-thread.ts'
import type { IdChunk } from '../connections/messages.ts'
import type { IdFigures } from '../event-log.ts'
import { type Generation, type Generations, makeGenerations } from './generations.ts'
import { hashWords } from './hash.ts'
import { type IdFile, openIdFile } from './id-file.ts'

/** The ids that are known, with what moves them to disk and out of the window. */
export interface KnownIds
  extends Pick<Generations, 'begin' | 'isOld' | 'isKnown' | 'add' | 'forget'> {
  /** Hears how far the log is durable: full generations may go to disk, those that left the window go. */
  readonly kept: (head: number, ran: number) => void
  readonly figures: () => IdFigures
  /** Ends when what is being written is written. */
  readonly close: () => Promise<void>
}

/** Where ids are kept, how many in memory, how long. */
export interface KnownIdsSettings {
  readonly folder: string
  readonly memoryBytes: number
  readonly windowMs: number
}

const waitAfterFailureMs = 60_000
const bytesInStep = 4 * 1024 * 1024

/**
 * Brings back all ids of the window. Those in the log's own file are the truth; whole files of ids spare reading that
 * part of it.
 */
export async function openKnownIds(of: {
  readonly settings: KnownIdsSettings
  readonly thread: LogThread
  readonly log: Log
  readonly head: number
  readonly ran: number
}): Promise<KnownIds> {
  const { settings, thread } = of
  const generations = makeGenerations(settings)
  await mkdir(settings.folder, { recursive: true, mode: 0o700 })
  for (const file of await soundFiles(of)) generations.addFile(file, [])
  const mover = makeMover({ ...of, generations })
  const from = of.ran - settings.windowMs
  for (const { after, upTo } of gapsBetween(generations.files())) {
    await eachChunk(thread, { after, upTo, ran: from }, async ({ first, ran, ids }) => {
      generations.begin(first, ran)
      const hashes = wordsOf(ids)
      for (let at = 0; at < hashes.length; at += hashWords) generations.add(hashes, at)
      await mover.move(of.head, of.ran)
    })
    if (upTo !== undefined) generations.seal(upTo + 1, of.ran)
  }
  return {
    ...generations,
    kept: (head, ran) => {
      mover.expire(ran - settings.windowMs)
      void mover.move(head, ran)
    },
    close: mover.close,
  }
}

// Files that are not whole, or of positions that the log does not have (an older copy was put back), are not trusted.
async function soundFiles(of: Parameters<typeof openKnownIds>[0]): Promise<readonly IdFile[]> {
  const sound: IdFile[] = []
  const names = (await readdir(of.settings.folder)).filter((name) => /\.ids(\.part)?$/.test(name))
  for (const name of names) {
    const path = join(of.settings.folder, name)
    const file = name.endsWith('.ids') ? await openIdFile(path) : undefined
    if (file && file.last <= of.head && file.ran >= of.ran - of.settings.windowMs) {
      sound.push(file)
      continue
    }
    if (name.endsWith('.ids')) of.log.info('file of ids is not needed or not whole', { path })
    await file?.close()
    await rm(path, { force: true })
  }
  return sound
}

interface Gap {
  readonly after: number
  readonly upTo: number | undefined
}

// The positions before, between and after the files.
function gapsBetween(files: readonly IdFile[]): readonly Gap[] {
  const bounds = [0, ...files.map(({ last }) => last)]
  const gaps = bounds.map((after, index) => {
    const next = files[index]
    return { after, upTo: next ? next.first - 1 : undefined }
  })
  return gaps.filter(({ after, upTo }) => upTo === undefined || upTo > after)
}

async function eachChunk(
  thread: LogThread,
  of: Gap & { readonly ran: number },
  act: (chunk: IdChunk) => Promise<void>,
): Promise<void> {
  const upTo = of.upTo ?? Number.MAX_SAFE_INTEGER
  const ask = (after: number) =>
    thread.ask('ids', { after, upTo, ran: of.ran, maxBytes: bytesInStep })
  let batch = await ask(of.after)
  for (;;) {
    const last = batch.chunks.at(-1)?.first ?? of.after
    // The next are read while these are taken in; what goes wrong there is thrown where they are awaited.
    const next = batch.isAll ? undefined : ask(last)
    next?.catch(() => {})
    for (const chunk of batch.chunks) await act(chunk)
    if (!next) return
    batch = await next
  }
}

const wordsOf = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.slice().buffer)

/** Moves generations to disk, one file at a time, and takes files away. */
function makeMover(of: {
  readonly generations: Generations
  readonly settings: KnownIdsSettings
  readonly thread: LogThread
  readonly log: Log
}) {
  const { generations, thread, settings, log } = of
  let writing: readonly Generation[] = []
  let notBefore = 0
  let underWay: Promise<void> = Promise.resolve()
  let removed: Promise<void> = Promise.resolve()

  const write = async (batch: readonly Generation[]) => {
    const [oldest, youngest] = [batch[0], batch.at(-1)]
    if (!oldest || !youngest) return
    const { last, ran } = youngest
    const path = join(settings.folder, `${oldest.first}-${last}.ids`)
    const count = batch.reduce((sum, { table }) => sum + table.count, 0)
    const tables = batch.map(({ table }) => table.words)
    await thread.ask('writeIds', { file: path, tables, count, first: oldest.first, last, ran })
    const file = await openIdFile(path)
    if (!file) throw new Error(`${path} is not whole`)
    generations.addFile(file, batch)
  }
  const remove = async (file: IdFile) => {
    await file.close()
    await rm(file.file, { force: true })
  }
  const warn = (message: string) => (thrown: unknown) =>
    log.warn(message, { why: sentenceOf(thrown) })
  const stayed = warn('ids stay in memory: their file cannot be written')
  const leftBehind = warn('a file of ids is not needed any more and cannot be removed')

  return {
    move: (head: number, ran: number): Promise<void> => {
      if (writing.length > 0 || ran < notBefore) return underWay
      writing = generations.beyondMemory(head)
      if (writing.length === 0) return underWay
      underWay = write(writing)
        .catch((thrown: unknown) => {
          notBefore = ran + waitAfterFailureMs
          stayed(thrown)
        })
        .finally(() => {
          writing = []
        })
      return underWay
    },
    expire: (before: number) => {
      for (const file of generations.expire(before, writing)) {
        removed = removed.then(() => remove(file)).catch(leftBehind)
      }
    },
    close: async () => {
      await underWay
      await removed
      for (const file of generations.files()) await file.close()
    },
  }
}
