import type { IdFigures } from '../event-log.ts'
import { hashWords } from './hash.ts'
import type { IdFile } from './id-file.ts'
import { add, fullAt, has, type IdTable, makeIdTable, placesOf, remove } from './id-table.ts'

/** Ids of a stretch of positions, in memory. */
export interface Generation {
  readonly table: IdTable
  first: number
  last: number
  readonly begunRan: number
  /** The log's running time when its youngest id came. */
  ran: number
}

/** The ids of the window: one generation takes new ones, full ones stay as they are, the oldest are in files. */
export interface Generations {
  /** Begins a group at a position. A generation that is full or long enough open is closed before. */
  readonly begin: (first: number, ran: number) => void
  /** Closes the open generation, so that the next position begins another. */
  readonly seal: (next: number, ran: number) => void
  /** Whether an id came in a closed generation. */
  readonly isOld: (hash: Uint32Array, at: number) => boolean
  /** Whether an id came in any generation. */
  readonly isKnown: (hash: Uint32Array, at: number) => boolean
  /** Takes an id into the open generation; false when it has it. */
  readonly add: (hash: Uint32Array, at: number) => boolean
  /** Takes ids back that were not kept after all. */
  readonly forget: (hashes: Uint32Array) => void
  /** Lets go of generations whose youngest id came before; the answer are files that are not needed any more. */
  readonly expire: (before: number, except: readonly Generation[]) => readonly IdFile[]
  /** The oldest closed generations, all of them durable, if memory has no room for them. */
  readonly beyondMemory: (head: number) => readonly Generation[]
  /** Puts a file in the place of generations, or beside them. */
  readonly addFile: (file: IdFile, instead: readonly Generation[]) => void
  readonly files: () => readonly IdFile[]
  readonly figures: () => IdFigures
}

const firstPlaces = 65_536
const leastPlaces = 64
const mostPlaces = 2_097_152
// So many full tables fill the memory.
const tablesInMemory = 8
// Filters of files may take memory from the tables, but not all of it.
const leastShareOfTables = 1 / 4
// The window ends for a whole generation at once: none is open for longer than this share of it.
const openShareOfWindow = 1 / 4

/** Makes generations without any id. */
export function makeGenerations(of: {
  readonly memoryBytes: number
  readonly windowMs: number
}): Generations {
  const share = of.memoryBytes / tablesInMemory / (hashWords * 4)
  const places = Math.min(mostPlaces, Math.max(leastPlaces, 2 ** Math.floor(Math.log2(share))))
  let files: readonly IdFile[] = []
  let closed: readonly Generation[] = []
  let open = generation(Math.min(places, firstPlaces), 1, 0)

  const seal = (next: number, ran: number) => {
    if (open.table.count > 0) closed = [...closed, { ...open, last: next - 1 }]
    open = generation(Math.min(places, placesOf(open.table)), next, ran)
  }
  const isDone = (ran: number) =>
    open.table.count >= fullAt * places || ran - open.begunRan > of.windowMs * openShareOfWindow
  const isOld = (hash: Uint32Array, at: number) => {
    for (let i = closed.length - 1; i >= 0; i--) {
      const one = closed[i]
      if (one && has(one.table, hash, at)) return true
    }
    for (const file of files) if (file.has(hash, at)) return true
    return false
  }
  const tableBytes = () => sum([...closed, open], ({ table }) => table.words.byteLength)
  const fileBytes = () => sum(files, ({ memoryBytes }) => memoryBytes)

  return {
    begin: (first, ran) => {
      if (isDone(ran)) seal(first, ran)
      if (open.table.count === 0) open.first = first
      open.ran = ran
    },
    seal,
    isOld,
    isKnown: (hash, at) => has(open.table, hash, at) || isOld(hash, at),
    add: (hash, at) => add(open.table, hash, at),
    forget: (hashes) => {
      for (let at = 0; at < hashes.length; at += hashWords) {
        for (const { table } of [open, ...closed]) remove(table, hashes, at)
      }
    },
    expire: (before, except) => {
      closed = closed.filter((one) => one.ran >= before || except.includes(one))
      const spent = files.filter((file) => file.ran < before)
      if (spent.length > 0) files = files.filter((file) => file.ran >= before)
      return spent
    },
    beyondMemory: (head) => {
      const room = Math.max(of.memoryBytes - fileBytes(), of.memoryBytes * leastShareOfTables)
      if (tableBytes() <= room) return []
      // Half of them at once: few large files are asked faster than many small ones.
      const half = closed.slice(0, Math.ceil(closed.length / 2))
      return half.filter(({ last }) => last <= head)
    },
    addFile: (file, instead) => {
      closed = closed.filter((one) => !instead.includes(one))
      files = [...files, file].sort((a, b) => a.first - b.first)
    },
    files: () => files,
    figures: () => ({
      known: sum(files, ({ count }) => count) + sum([...closed, open], ({ table }) => table.count),
      memoryBytes: tableBytes() + fileBytes(),
      diskBytes: sum(files, ({ diskBytes }) => diskBytes),
      files: files.length,
    }),
  }
}

const generation = (places: number, first: number, ran: number): Generation => ({
  table: makeIdTable(places),
  first,
  last: first,
  begunRan: ran,
  ran,
})

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0)
