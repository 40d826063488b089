import type { Ruleset } from '#identity'

/** Keys of 61 bits in two halves, one beside the other. */
export interface Keys {
  readonly high: Int32Array
  readonly low: Int32Array
}

/** Several members for each of a row of things: those of `i` stand from `start[i]` to `start[i + 1]`. */
export interface Several {
  readonly start: Int32Array
  readonly member: Int32Array
}

/**
 * What is published, as numbers in typed arrays. Records are numbered from the oldest, profiles in the order of their ids,
 * blocks (values that a rule compares, with all records that have them) in the order of their keys.
 */
export interface Known {
  readonly ruleset: Ruleset
  /** Rules, and a model, that one record cannot be looked up by. */
  readonly leftOut: readonly string[]
  readonly position: number
  readonly records: {
    readonly count: number
    /** In the order of keys, with the number of each. */
    readonly keys: Keys
    readonly number: Int32Array
    readonly profile: Int32Array
    /** The blocks of each record. */
    readonly blocks: Several
  }
  readonly profiles: {
    readonly ids: Keys
    /** The place of each in the order in which profiles were first seen. */
    readonly age: Int32Array
    readonly records: Several
  }
  readonly blocks: {
    readonly keys: Keys
    /** The place of its rule in the ruleset. */
    readonly rule: Uint8Array
    readonly records: Several
  }
  /** Values of strong identifiers, in the order of records. */
  readonly held: Keys & { readonly record: Int32Array; readonly slot: Int32Array }
  /** Records of streams in which nobody stands twice, in their order, each with the place of the stream in the list. */
  readonly clean: { readonly record: Int32Array; readonly stream: Int32Array }
  /** What had been decided when the next two were read. */
  readonly lastDecided: number
  /** Records that people said are one, each with the others. */
  readonly must: ReadonlyMap<number, readonly number[]>
  /** Pairs of records that people keep apart. */
  readonly cannot: readonly (readonly [number, number])[]
}

/** The place of a key in keys that are in order; -1 when it is not there. */
export function placeOf({ high, low }: Keys, ofHigh: number, ofLow: number): number {
  let [from, to] = [0, high.length - 1]
  while (from <= to) {
    const middle = (from + to) >> 1
    const differs = (high[middle] ?? 0) - ofHigh || (low[middle] ?? 0) - ofLow
    if (differs === 0) return middle
    if (differs < 0) from = middle + 1
    else to = middle - 1
  }
  return -1
}

/** The first place whose number is not less, in numbers that are in order. */
export function firstFrom(numbers: Int32Array, least: number): number {
  let [from, to] = [0, numbers.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((numbers[middle] ?? 0) < least) from = middle + 1
    else to = middle
  }
  return from
}

/** The members of one of several. */
export const membersOf = ({ start, member }: Several, i: number): Int32Array =>
  member.subarray(start[i] ?? 0, start[i + 1] ?? 0)

/** A key of two halves as it is written. */
export const keyText = ({ high, low }: Keys, i: number): string =>
  String(BigInt(high[i] ?? 0) * 2_147_483_648n + BigInt(low[i] ?? 0))

/** A key, or how it is written, in its halves. */
export function halves(key: string | bigint): readonly [high: number, low: number] {
  const of = BigInt(key)
  return [Number(of / 2_147_483_648n), Number(of % 2_147_483_648n)]
}

/** How many bytes all of it takes. */
export function bytesOf({ records, profiles, blocks, held, clean }: Known): number {
  const arrays = [
    ...Object.values(records.keys),
    records.number,
    records.profile,
    ...Object.values(records.blocks),
    ...Object.values(profiles.ids),
    profiles.age,
    ...Object.values(profiles.records),
    ...Object.values(blocks.keys),
    blocks.rule,
    ...Object.values(blocks.records),
    ...Object.values(held),
    ...Object.values(clean),
  ]
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0)
}
