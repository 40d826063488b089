import type { Learned, MatchingSettings } from './definition.ts'
import { levelWeight } from './learn.ts'

/** What was learned from fewer matches than this rests on chance. */
const fewMatches = 20

/** Why what was learned should not be trusted without a look; empty when nothing speaks against it. */
export function doubtsAbout(
  learned: Pick<Learned, 'comparisons' | 'converged' | 'matches' | 'rounds'>,
  { comparisons }: Pick<MatchingSettings, 'comparisons'>,
): readonly string[] {
  const { converged, matches, rounds } = learned
  const upsideDown = comparisons.flatMap(({ column }, i) => {
    const of = learned.comparisons[i]
    if (!of || levelWeight(of, 1) >= levelWeight(of, of.m.length)) return []
    return [`in ${column}, records that differ count as more alike than records that agree`]
  })
  return [
    ...(converged ? [] : [`learning had not settled after ${rounds} rounds`]),
    ...(matches < fewMatches
      ? [
          `only about ${Math.round(matches)} candidates look like matches, so the weights rest on few`,
        ]
      : []),
    ...upsideDown,
  ]
}
