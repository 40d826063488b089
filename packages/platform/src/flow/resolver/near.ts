import { isCapping, largestBlock } from '#identity'
import type { Held, Key } from './asked.ts'
import { firstFrom, type Known, membersOf, placeOf } from './known.ts'

/** The record that is asked about. */
export interface Asked {
  /** Its number, if it is there already; then keys and values are more of the same record. */
  readonly number: number | undefined
  readonly keys: readonly Key[]
  readonly held: readonly Held[]
  readonly clean: readonly number[]
}

/** What is published with the record in it. */
export interface World {
  readonly known: Known
  /** The number of the record; as the newest it comes after all others. */
  readonly own: number
  /** The blocks that it is in, of those that are there, without repetition. */
  readonly ownBlocks: readonly number[]
  /** Who is linked by a block: all who are in it, or the oldest alone where it is too large and its rule caps. */
  readonly recordsOf: (block: number) => readonly number[]
  /** The blocks of a record; not those that are capped before it. */
  readonly blocksOf: (record: number) => readonly number[]
  /** Who stood in a block that is capped until the record came: the one that it pushes out. */
  readonly pushedOut: (block: number) => readonly number[]
  readonly heldBy: (record: number) => readonly Held[]
  /** The streams in which nobody stands twice and the record does. */
  readonly cleanOf: (record: number) => readonly number[]
  /** Whether a block links: not too many agree, or its rule caps. */
  readonly links: (block: number) => boolean
}

/** What is published, as if the record had been there. */
export function worldWith(known: Known, asked: Asked): World {
  const { records, blocks, held, clean } = known
  const own = asked.number ?? records.count
  const before = asked.number === undefined ? [] : [...membersOf(records.blocks, own)]
  const found = asked.keys.map(({ high, low }) => placeOf(blocks.keys, high, low))
  const ownBlocks = [...new Set([...before, ...found.filter((block) => block >= 0)])]
  const joined = new Set(ownBlocks.filter((block) => !before.includes(block)))
  const limitOf = limitsOf(known)
  const isCapped = cappedIn(known)
  const sizeOf = (block: number) =>
    (blocks.records.start[block + 1] ?? 0) -
    (blocks.records.start[block] ?? 0) +
    (joined.has(block) ? 1 : 0)
  const heldBefore = (record: number) => {
    const all: Held[] = []
    for (let i = firstFrom(held.record, record); held.record[i] === record; i++)
      all.push({ slot: held.slot[i] ?? 0, high: held.high[i] ?? 0, low: held.low[i] ?? 0 })
    return all
  }
  const cleanBefore = (record: number) => {
    const all: number[] = []
    for (let i = firstFrom(clean.record, record); clean.record[i] === record; i++)
      all.push(clean.stream[i] ?? 0)
    return all
  }
  const oldestIn = (block: number, most?: number) => {
    const all = [...membersOf(blocks.records, block).subarray(0, most)]
    return joined.has(block) ? [...all, own].sort((a, b) => a - b).slice(0, most) : all
  }
  const recordsOf = (block: number) => oldestIn(block, isCapped(block) ? limitOf(block) : undefined)
  const isWithin = (record: number) => (block: number) =>
    !isCapped(block) || sizeOf(block) <= limitOf(block) || recordsOf(block).includes(record)
  return {
    known,
    own,
    ownBlocks,
    recordsOf,
    blocksOf: (record) =>
      (record === own ? ownBlocks : [...membersOf(records.blocks, record)]).filter(
        isWithin(record),
      ),
    pushedOut: (block) =>
      isCapped(block) && joined.has(block)
        ? oldestIn(block, limitOf(block) + 1).slice(limitOf(block))
        : [],
    heldBy: (record) => {
      const before = record < records.count ? heldBefore(record) : []
      return record === own ? [...before, ...asked.held] : before
    },
    cleanOf: (record) => {
      const before = cleanBefore(record)
      return record === own ? [...new Set([...before, ...asked.clean])] : before
    },
    links: (block) => isCapped(block) || sizeOf(block) <= limitOf(block),
  }
}

/** How many records of a block may be linked, by its rule. */
function limitsOf({ ruleset, blocks }: Known): (block: number) => number {
  const limits = ruleset.match.map((rule) => largestBlock(ruleset, rule))
  const usual = largestBlock(ruleset)
  return (block) => limits[blocks.rule[block] ?? 0] ?? usual
}

/** Whether the oldest of a block are linked although it is too large, by its rule. */
function cappedIn({ ruleset, blocks }: Known): (block: number) => boolean {
  const caps = ruleset.match.map(isCapping)
  return (block) => caps[blocks.rule[block] ?? 0] === true
}

/** More records than this are not looked at for one. */
const mostReached = 20_000

/**
 * The records that the record can be one with, or whose groups it can change, the oldest first: those that links lead to,
 * and those of blocks that it makes too large. Undefined when there are too many.
 */
export function reachedIn(world: World): readonly number[] | undefined {
  const { known, own, ownBlocks, links, recordsOf } = world
  const burst = ownBlocks.filter((block) => !links(block))
  const limitOf = limitsOf(known)
  const seeds = burst
    .map((block) => [recordsOf(block), limitOf(block)] as const)
    .flatMap(([all, limit]) => (all.length === limit + 1 ? [all] : []))
  const seen = new Set([own, ...seeds.flat(), ...ownBlocks.flatMap(world.pushedOut)])
  const neighbours = neighboursIn(world)
  // A set that grows is walked to its end.
  for (const record of seen) {
    for (const other of neighbours(record)) seen.add(other)
    if (seen.size > mostReached) return undefined
  }
  return [...seen].sort((a, b) => a - b)
}

/** Those that links lead to from a record; each block is looked at once. */
function neighboursIn({ known, links, blocksOf, recordsOf }: World) {
  const seen = new Set<number>()
  return (record: number): readonly number[] => {
    const fresh = blocksOf(record).filter((block) => !seen.has(block) && links(block))
    for (const block of fresh) seen.add(block)
    return [
      ...fresh.flatMap(recordsOf),
      ...(known.must.get(record) ?? []),
      ...together(known, record),
    ]
  }
}

const nobody = new Int32Array()

/** Where links are made that are not looked up here, all of a profile stand together. */
export function together({ leftOut, records, profiles }: Known, record: number): Int32Array {
  if (leftOut.length === 0 || record >= records.count) return nobody
  return membersOf(profiles.records, records.profile[record] ?? 0)
}
