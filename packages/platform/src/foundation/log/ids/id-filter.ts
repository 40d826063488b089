// A split block filter (as in Parquet): an id sets one bit in each of the eight words of one block, so that asking
// touches one line of the processor's cache. At 16 bits for an id about one in a thousand is taken for known wrongly.

const blockWords = 8
const bitsForId = 16
const salts = [
  0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31,
]

/** Makes an empty filter for so many ids. */
export const makeFilter = (count: number): Uint32Array<ArrayBuffer> =>
  new Uint32Array(Math.max(1, Math.ceil((count * bitsForId) / 256)) * blockWords)

/** Notes a hash. */
export function note(filter: Uint32Array, hash: Uint32Array, at: number): void {
  const block = blockOf(filter, hash[at + 2] ?? 0)
  for (let word = 0; word < blockWords; word++) {
    const place = block + word
    filter[place] = (filter[place] ?? 0) | bitOf(hash[at + 3] ?? 0, word)
  }
}

/** Whether a hash may have been noted; one that was noted always may. */
export function mayHave(filter: Uint32Array, hash: Uint32Array, at: number): boolean {
  const block = blockOf(filter, hash[at + 2] ?? 0)
  for (let word = 0; word < blockWords; word++) {
    if (((filter[block + word] ?? 0) & bitOf(hash[at + 3] ?? 0, word)) === 0) return false
  }
  return true
}

const blockOf = (filter: Uint32Array, part: number) =>
  (part % (filter.length / blockWords)) * blockWords

const bitOf = (part: number, word: number) => 1 << (Math.imul(part, salts[word] ?? 0) >>> 27)
