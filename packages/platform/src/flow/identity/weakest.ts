import type { Bridge, Edge } from './bridges.ts'

/** Two records and all that ties them. */
export interface Tie extends Edge {
  /** How many links there are between them. */
  readonly links: number
  /** How many bits they weigh, where a model alone ties them. */
  readonly weight?: number
  /** Whether somebody linked them by hand. */
  readonly isDecided: boolean
}

/**
 * The bridge that a profile hangs on by least. What a model alone says is only probable, so that comes before what rules say:
 * the lightest first; then the fewest links; and of equals the one whose smaller part is largest. What a person decided is no
 * weak link, whatever the rules say.
 */
export const weakestOf = <T extends Tie>(bridges: readonly Bridge<T>[]): Bridge<T> | undefined =>
  bridges
    .filter(({ edge }) => !edge.isDecided)
    .toSorted(
      (a, b) =>
        strengthOf(a.edge) - strengthOf(b.edge) ||
        a.edge.links - b.edge.links ||
        Math.min(...b.parts) - Math.min(...a.parts),
    )
    .at(0)

const strengthOf = ({ weight }: Tie): number => weight ?? Number.MAX_VALUE
