import type { IdentityRun } from '@tessera/platform/contract'
import { formatTime } from '../../lib/format.ts'
import { texts } from '../../lib/texts.ts'

/** Runs as bars, oldest first: each bar is all records, split into profiles and records that joined one. */
export function barsOf(runs: readonly IdentityRun[]) {
  const oldestFirst = runs.toSorted((a, b) => a.number - b.number)
  return {
    label: texts.identity.runs.chart,
    steps: oldestFirst.map(({ started_at }) => formatTime(started_at)),
    series: [
      {
        name: texts.identity.figures.profiles,
        colour: '--t-stone-profile',
        counts: oldestFirst.map(({ profiles }) => profiles),
      },
      {
        name: texts.identity.runs.joined,
        colour: '--t-stone-identity',
        counts: oldestFirst.map(({ records, profiles }) => records - profiles),
      },
    ],
  }
}

/** The steps of a run that took longest, and how long all others took together. */
export function slowest(steps: IdentityRun['steps'], most = 8) {
  const longestFirst = steps.toSorted((a, b) => b.ms - a.ms)
  const others = longestFirst.slice(most)
  return {
    shown: longestFirst.slice(0, most),
    others: { count: others.length, ms: others.reduce((sum, { ms }) => sum + ms, 0) },
    longest: longestFirst[0]?.ms ?? 0,
  }
}
