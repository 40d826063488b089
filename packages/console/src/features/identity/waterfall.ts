import type { Waterfall } from '@tessera/platform/contract'

/** One bar of a waterfall: from where to where it leads, in shares of the whole width. */
export interface WaterfallBar {
  readonly key: string
  readonly title: string
  /** How the two agree; nothing for the first and the last bar. */
  readonly level?: string
  readonly values?: readonly [readonly string[], readonly string[]]
  readonly weight: number
  readonly frequency: number
  readonly from: number
  readonly to: number
  readonly tone: 'for' | 'against' | 'nothing' | 'sum' | 'prior'
}

/** A waterfall as it is drawn: bars on one scale, with where zero stands and where the ruleset begins to link. */
export interface WaterfallPicture {
  readonly bars: readonly WaterfallBar[]
  readonly zero: number
  readonly needed: number
}

const toneOf = (weight: number): WaterfallBar['tone'] => {
  if (weight === 0) return 'nothing'
  return weight > 0 ? 'for' : 'against'
}

/** Puts weights one after the other: each bar begins where the one before it ended. */
export function waterfallOf(
  { prior, falls, weight, weight_at_least }: Waterfall,
  titles: { readonly prior: string; readonly sum: string },
): WaterfallPicture {
  const steps = [
    { key: 'prior', title: titles.prior, weight: prior, frequency: 0 },
    ...falls.map(({ column, level, left, right, ...of }) => ({
      key: `of ${column}`,
      title: column,
      level,
      values: [left, right] as const,
      // A column weighs what its level does and what the rarity of the value adds.
      weight: of.weight + of.frequency,
      frequency: of.frequency,
    })),
  ]
  let at = 0
  const placed = steps.map((step) => {
    const from = at
    at += step.weight
    const tone = step.key === 'prior' ? ('prior' as const) : toneOf(step.weight)
    return { ...step, from, to: at, tone }
  })
  const all: readonly WaterfallBar[] = [
    ...placed,
    { key: 'sum', title: titles.sum, weight, frequency: 0, from: 0, to: weight, tone: 'sum' },
  ]
  const ends = [0, weight_at_least, ...all.flatMap(({ from, to }) => [from, to])]
  const [least, most] = [Math.min(...ends), Math.max(...ends)]
  const shareOf = (bits: number) => (bits - least) / Math.max(1e-9, most - least)
  return {
    bars: all.map((bar) => ({ ...bar, from: shareOf(bar.from), to: shareOf(bar.to) })),
    zero: shareOf(0),
    needed: shareOf(weight_at_least),
  }
}
