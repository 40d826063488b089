import type { OverlapAnswer } from '@tessera/platform/contract'

/** One column of the picture: those who are in these sets and in no other. */
export interface Column {
  readonly key: string
  /** Which rows have a dot, from the top. */
  readonly dots: readonly number[]
  readonly only: number
  readonly all: number
  /** How high its bar is, as a share of the highest. */
  readonly share: number
}

/** One row of the picture: a set with its size. */
export interface Line {
  readonly label: string
  readonly size: number
  readonly share: number
}

/** The picture of sets and of every combination of them in which there is anybody, the largest first. */
export function upsetOf(
  { sets, regions }: OverlapAnswer,
  most: number,
): { readonly lines: readonly Line[]; readonly columns: readonly Column[] } {
  const largest = Math.max(1, ...sets.map(({ size }) => size))
  const highest = Math.max(1, ...regions.map(({ only }) => only))
  return {
    lines: sets.map(({ label, size }) => ({ label, size, share: size / largest })),
    columns: regions
      .filter(({ only }) => only > 0)
      .toSorted((a, b) => b.only - a.only)
      .slice(0, most)
      .map(({ sets: of, only, all }) => ({
        key: of.join('+'),
        dots: of,
        only,
        all,
        share: only / highest,
      })),
  }
}
