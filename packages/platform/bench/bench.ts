/** One figure that was measured. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What it is compared with, and how many times that it is. */
  readonly comparedWith?: string
  readonly ratio?: number
  /** What it should be. */
  readonly target?: string
}

/** What a benchmark is given. */
export interface BenchTools {
  /** An empty folder, removed afterwards. */
  readonly folder: string
  /** Where the real data sets lie; undefined when they are not here. */
  readonly datasets: string | undefined
  /** A short form, for the continuous integration. */
  readonly isShort: boolean
  /** Also what takes minutes and much memory. */
  readonly isLong: boolean
  /** Where what takes long to make is kept, to be used again (`--data=<folder>`). */
  readonly kept: string | undefined
  readonly say: (line: string) => void
  /** A picture (SVG) that stands under the figures where they are kept. */
  readonly draw: (name: string, svg: string) => void
}

/** Something that is measured, side by side with what it is compared with. */
export interface Bench {
  readonly name: string
  readonly about: string
  readonly run: (tools: BenchTools) => Promise<readonly Figure[]>
}

/** Runs work and gives the milliseconds it took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** The least of several runs, in milliseconds. */
export async function best(times: number, work: (n: number) => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let n = 0; n < times; n++) least = Math.min(least, await timed(() => work(n)))
  return least
}

/** The middle one of several, by what is measured of them; of two in the middle the greater. */
export function middleOf<T>(all: readonly T[], by: (of: T) => number): T | undefined {
  return all.toSorted((one, other) => by(one) - by(other))[Math.floor(all.length / 2)]
}

/** A value below which this share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

/** Rounded to three digits that count. */
export const rounded = (of: number): number => Number(of.toPrecision(3))
