import { hashWords } from './hash.ts'

/** Hashes in memory: open addressing over shared words, so that another thread can read a table that is full. */
export interface IdTable {
  words: Uint32Array<SharedArrayBuffer>
  count: number
}

/** The share of places at which a table counts as full. */
export const fullAt = 0.7
// What was begun with a table is ended with it, beyond full if need be.
const growAt = 0.8

/** Makes a table with this many places, a power of two. */
export const makeIdTable = (places: number): IdTable => ({
  words: new Uint32Array(new SharedArrayBuffer(places * hashWords * 4)),
  count: 0,
})

/** How many places there are. */
export const placesOf = (table: IdTable): number => table.words.length / hashWords

/** Whether a table holds a hash. */
export const has = (table: IdTable, hash: Uint32Array, at: number): boolean =>
  table.words[placeFor(table.words, hash, at)] !== 0

/** Puts a hash in; false when it was there. */
export function add(table: IdTable, hash: Uint32Array, at: number): boolean {
  let place = placeFor(table.words, hash, at)
  if (table.words[place] !== 0) return false
  if (table.count >= growAt * placesOf(table)) {
    grow(table)
    place = placeFor(table.words, hash, at)
  }
  copy(hash, at, table.words, place)
  table.count++
  return true
}

/** Takes a hash out; those behind it move up, so that they are still found. */
export function remove(table: IdTable, hash: Uint32Array, at: number): void {
  const { words } = table
  const mask = words.length - 1
  let free = placeFor(words, hash, at)
  if (words[free] === 0) return
  let next = (free + hashWords) & mask
  while (words[next] !== 0) {
    const home = homeOf(words, next, mask)
    // Its home does not lie between the free place and its own: it may move.
    if (((next - home) & mask) >= ((next - free) & mask)) {
      copy(words, next, words, free)
      free = next
    }
    next = (next + hashWords) & mask
  }
  words[free] = 0
  table.count--
}

/** Whether a place holds no hash. */
export const isFree = (words: Uint32Array, at: number): boolean => words[at] === 0

// Where a hash is, or the free place where it belongs.
function placeFor(words: Uint32Array, hash: Uint32Array, at: number): number {
  const mask = words.length - 1
  let place = homeOf(hash, at, mask)
  while (words[place] !== 0 && !isSame(words, place, hash, at)) place = (place + hashWords) & mask
  return place
}

// The second word says where; the first says whether a place is free, the others are for files.
const homeOf = (words: Uint32Array, at: number, mask: number) => ((words[at + 1] ?? 0) << 2) & mask

/** Whether two places hold the same hash. */
export const isSame = (a: Uint32Array, at: number, b: Uint32Array, from: number): boolean =>
  a[at] === b[from] &&
  a[at + 1] === b[from + 1] &&
  a[at + 2] === b[from + 2] &&
  a[at + 3] === b[from + 3]

/** Copies one hash. */
export function copy(from: Uint32Array, at: number, to: Uint32Array, place: number): void {
  for (let word = 0; word < hashWords; word++) to[place + word] = from[at + word] ?? 0
}

function grow(table: IdTable): void {
  const larger = makeIdTable(placesOf(table) * 2)
  const { words } = table
  for (let at = 0; at < words.length; at += hashWords) {
    if (words[at] !== 0) copy(words, at, larger.words, placeFor(larger.words, words, at))
  }
  table.words = larger.words
}
