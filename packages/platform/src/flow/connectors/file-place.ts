import { asProblems, type Fault, refusal } from '#kernel/fault.ts'
import type { Batch, Offer, Reading } from './connector.ts'
import { type FileOptions, formatOf } from './file-options.ts'
import type { Spool, Spooled } from './spool.ts'
import { troubleWith } from './trouble.ts'
import { understand } from './understand.ts'
import { sheetNames } from './xlsx/sheets.ts'
import type { RandomBytes } from './zip/bytes.ts'

/** A file as it lies in its place. */
export interface PlacedFile {
  /** Its path below the folder, one only, whatever it was found by. */
  readonly name: string
  /** Another one when its content is another one. */
  readonly fingerprint: string
  readonly sizeBytes: number
  readonly changedAt: Date
}

/** A place where files lie: a folder of this machine or of another one, a bucket. */
export interface FilePlace<File extends PlacedFile = PlacedFile> {
  /** The paths that a file name or a pattern stands for, in the order people count in. */
  readonly match: (pattern: string) => Promise<readonly string[]>
  /** The paths of files that are not hidden, so many at most, in the same order. */
  readonly all: (most: number) => Promise<readonly string[]>
  /** The file at a path; refuses what is no file of the place. */
  readonly find: (path: string) => Promise<File>
  /** Puts a file into the spool, and tells by what fingerprint the content that was taken is known. */
  readonly take: (file: File, spool: Spool) => Promise<Taken>
  /** Lets parts of a file be looked at, without fetching all of it. */
  readonly look: <Result>(
    file: File,
    use: (bytes: RandomBytes) => Promise<Result>,
  ) => Promise<Result>
}

/** A file that has arrived in the spool. */
export interface Taken {
  readonly spooled: Spooled
  readonly fingerprint: string
}

/** More files than a person can choose from, and how many are looked at to find them: a bucket may hold millions. */
const [mostOffers, mostListed] = [5000, 20_000]

/** Sheets are only offered of so many workbooks, as each has to be looked into. */
const mostWorkbooks = 100

/** What could be taken from a place: every file of a known format, every sheet of a workbook that has several. */
export async function offersOf<File extends PlacedFile>(
  place: FilePlace<File>,
  signal: AbortSignal,
): Promise<readonly Offer[]> {
  const offers: Offer[] = []
  let workbooks = 0
  for (const path of await place.all(mostListed)) {
    signal.throwIfAborted()
    const format = formatOf(path)
    if (format === undefined) continue
    // Links that lead elsewhere are not offered, as they would be refused.
    const found = await place.find(path).catch(() => undefined)
    if (found?.name !== path) continue
    const isLookedInto = format === 'xlsx' && ++workbooks <= mostWorkbooks
    offers.push(...(isLookedInto ? await sheetOffers(place, found) : [offerOf(found)]))
    if (offers.length >= mostOffers) break
  }
  return offers
}

const offerOf = ({ name, sizeBytes, changedAt }: PlacedFile): Offer => ({
  name,
  source: { path: name },
  sizeBytes,
  changedAt,
})

async function sheetOffers<File extends PlacedFile>(
  place: FilePlace<File>,
  file: File,
): Promise<readonly Offer[]> {
  // What cannot be looked into is offered as it is: whoever takes it is told why.
  const sheets = await place.look(file, sheetNames).catch(() => [])
  const whole = offerOf(file)
  if (sheets.length < 2) return [whole]
  return sheets.map((sheet) => ({
    ...whole,
    name: `${file.name}: ${sheet}`,
    source: { ...whole.source, sheet },
  }))
}

/** The source of a stream that takes files. */
type FileSource = FileOptions & { readonly path: string }

/** Hands over the files of a place that are new, and says at the end, all at once, what could not be read. */
export async function* takeFiles<File extends PlacedFile>(
  place: FilePlace<File>,
  { source, known, spool, signal }: Omit<Reading<unknown, FileSource>, 'settings'>,
): AsyncGenerator<Batch> {
  const faults: Fault[] = []
  const seen = new Set<string>()
  for (const path of await place.match(source.path)) {
    signal.throwIfAborted()
    try {
      const found = await place.find(path)
      if (seen.has(found.name) || known(found.fingerprint)) continue
      seen.add(found.name)
      yield await arrive(await place.take(found, spool), found.name, { source, spool, signal })
    } catch (thrown) {
      signal.throwIfAborted()
      const fault = troubleWith(path, thrown)
      faults.push(fault)
      // It is not about this file: the connection is lost, the disk is full, and so it would be for the next one.
      if (fault.status >= 500) break
    }
  }
  throwAll(faults)
}

interface Arriving {
  readonly source: FileSource
  readonly spool: Spool
  readonly signal: AbortSignal
}

async function arrive({ spooled, fingerprint }: Taken, name: string, of: Arriving): Promise<Batch> {
  try {
    const file = await understand({ name, spooled, options: of.source, ...of })
    return { name, fingerprint, file, isWhole: true }
  } catch (thrown) {
    await of.spool.remove(spooled.path)
    throw thrown
  }
}

function throwAll(faults: readonly Fault[]): void {
  const [only] = faults
  if (only === undefined) return
  if (faults.length === 1) throw only
  const status = Math.max(...faults.map((fault) => fault.status))
  throw refusal(
    faults.flatMap((fault) => asProblems(fault)),
    status,
  )
}
