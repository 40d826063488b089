import type { Batch } from '#connectors'

/** Whether a batch with this fingerprint was taken before. */
export type Known = (fingerprint: string) => boolean

/** Batches that are taken in one step. */
export interface Delivery {
  readonly name: string
  /** Whether they are what their origin holds now, all of it. */
  readonly isWhole: boolean
  /** The first of them; its file is there until another one is asked for. */
  readonly first: Batch
  readonly batches: AsyncIterable<Batch>
}

/** What is read, and what of it was taken before. */
export interface Reads {
  readonly read: (known: Known) => AsyncIterable<Batch>
  /** What was taken, by its fingerprint as the lake has it, and from where. */
  readonly taken: ReadonlyMap<string, string>
  /** A fingerprint as the lake has it. */
  readonly marked: (fingerprint: string) => string
  /** Whether rows are told from each other by what they hold. */
  readonly isToldByContent: boolean
}

/**
 * Takes every batch by itself; where rows are told by what they hold, all batches that show what one origin has now together, because
 * only of all of them can be said how often the same is there, and all those that would come again if the rest did not come.
 */
export async function eachDelivery(of: Reads, take: Take): Promise<void> {
  const [done, whole] = [new Map(of.taken), new Set<string>()]
  for (;;) {
    try {
      return await readOnce({ ...of, done, whole }, take)
    } catch (thrown) {
      if (!(thrown instanceof PartLeftOut)) throw thrown
      whole.add(thrown.origin)
    }
  }
}

type Take = (delivery: Delivery) => Promise<void>

interface Round extends Reads {
  readonly done: Map<string, string>
  /** Origins of which nothing is to be left out. */
  readonly whole: ReadonlySet<string>
}

async function readOnce(of: Round, take: Take): Promise<void> {
  const leftOut = new Set<string>()
  const known: Known = (fingerprint) => {
    const origin = of.done.get(of.marked(fingerprint))
    if (origin === undefined || of.whole.has(origin)) return false
    leftOut.add(origin)
    return true
  }
  const ahead = oneAhead(of.read(known))
  try {
    for (let first = await ahead.next(); first; first = await ahead.next()) {
      const { name, isWhole = false, isOnlyWithRest = false } = first
      const isTogether = of.isToldByContent && (isWhole || isOnlyWithRest)
      const batches = isTogether ? together(first, ahead, leftOut) : only(first)
      const fingerprints: string[] = []
      await take({ name, isWhole, first, batches: noting(batches, fingerprints) })
      for (const one of fingerprints) of.done.set(of.marked(one), originOf(first))
    }
  } finally {
    await ahead.close()
  }
}

async function* only(batch: Batch): AsyncGenerator<Batch> {
  yield batch
}

/** A batch and those that follow it from the same origin. */
async function* together(
  first: Batch,
  ahead: Ahead,
  leftOut: ReadonlySet<string>,
): AsyncGenerator<Batch> {
  yield first
  const origin = originOf(first)
  for (
    let next = await ahead.peek();
    next && originOf(next) === origin;
    next = await ahead.peek()
  ) {
    await ahead.next()
    yield next
  }
  // What went wrong with the rest is thrown here.
  if (first.isOnlyWithRest && (await ahead.peek()) === undefined) await ahead.next()
  if (first.isWhole && leftOut.has(origin)) throw new PartLeftOut(origin)
}

async function* noting(batches: AsyncIterable<Batch>, fingerprints: string[]) {
  for await (const batch of batches) {
    fingerprints.push(batch.fingerprint)
    yield batch
  }
}

/** A part of something was left out because it was taken before, while another part has changed: it has to be read whole. */
class PartLeftOut extends Error {
  readonly origin: string

  constructor(origin: string) {
    super(`a part of ${origin} was left out`)
    this.origin = origin
  }
}

const originOf = ({ origin, name }: Batch) => origin ?? name

/** Lets the next batch be looked at before it is asked for. What goes wrong with it is thrown when it is asked for. */
interface Ahead {
  readonly peek: () => Promise<Batch | undefined>
  readonly next: () => Promise<Batch | undefined>
  readonly close: () => Promise<void>
}

function oneAhead(batches: AsyncIterable<Batch>): Ahead {
  const source = batches[Symbol.asyncIterator]()
  let ahead: { readonly batch: Batch | undefined } | { readonly thrown: unknown } | undefined
  const look = async () => {
    try {
      const next = await source.next()
      return { batch: next.done ? undefined : next.value }
    } catch (thrown) {
      return { thrown }
    }
  }
  return {
    peek: async () => {
      ahead ??= await look()
      return 'batch' in ahead ? ahead.batch : undefined
    },
    next: async () => {
      const found = ahead ?? (await look())
      ahead = undefined
      if ('thrown' in found) throw found.thrown
      return found.batch
    },
    close: async () => {
      await source.return?.()
    },
  }
}
