/** What there is of a partition: from the first offset up to, and without, the end. */
export interface Bounds {
  readonly partition: number
  readonly start: bigint
  readonly end: bigint
}

/** A stretch of a partition that is to be read. */
export interface Range {
  readonly partition: number
  readonly from: bigint
  readonly to: bigint
}

/** The next offset to read, by partition. */
export type Positions = ReadonlyMap<number, bigint>

/** Records that were removed before they were read. */
export interface Loss {
  readonly partition: number
  readonly missing: bigint
}

/** What a reading will do. */
export interface Plan {
  readonly ranges: readonly Range[]
  /** Where every partition stands before anything is read. */
  readonly positions: Positions
  readonly losses: readonly Loss[]
  /** Partitions that end before the offset that was read last: they are not the ones that were read. */
  readonly shrunk: readonly number[]
}

/**
 * Decides what is to be read: what lies beyond the positions, up to the end as it is now. A partition that is new in a
 * topic that was read before is read from its start, wherever the first reading began.
 */
export function planReading(
  bounds: readonly Bounds[],
  positions: Positions | undefined,
  from: 'earliest' | 'latest',
): Plan {
  const firstOf = ({ partition, start, end }: Bounds) => {
    if (positions) return positions.get(partition) ?? start
    return from === 'latest' ? end : start
  }
  const places = bounds.map((of) => ({ ...of, next: firstOf(of) }))
  const losses = places
    .filter(({ next, start, end }) => next < start && next <= end)
    .map(({ partition, start, next }) => ({ partition, missing: start - next }))
  const began = places.map(({ partition, start, end, next }) => {
    const isThere = next >= start && next <= end
    return { partition, from: isThere ? next : start, to: end }
  })
  return {
    ranges: began.filter((range) => range.from < range.to),
    positions: new Map(began.map((range) => [range.partition, range.from])),
    losses,
    shrunk: shrunkIn(places, positions),
  }
}

function shrunkIn(
  places: readonly (Bounds & { readonly next: bigint })[],
  positions: Positions = new Map(),
): readonly number[] {
  const ended = places.filter(({ next, end }) => next > end).map(({ partition }) => partition)
  const there = new Set(places.map(({ partition }) => partition))
  return [...ended, ...positions.keys().filter((partition) => !there.has(partition))]
}

/** Ranges put together, or cut, to batches of about as many records; none is longer. */
export function planBatches(
  ranges: readonly Range[],
  mostRecords: number,
): readonly (readonly Range[])[] {
  const batches: Range[][] = []
  let room = 0n
  for (const range of ranges) {
    let { from } = range
    while (from < range.to) {
      if (room === 0n) {
        batches.push([])
        room = BigInt(mostRecords)
      }
      const to = range.to - from > room ? from + room : range.to
      batches.at(-1)?.push({ ...range, from, to })
      room -= to - from
      from = to
    }
  }
  return batches
}
