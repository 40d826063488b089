/** A place of a curve: a weight, and the share that stands at it. */
export interface Place {
  readonly weight: number
  readonly share: number
}

/** The frame that curves are drawn in, in pixels of a drawing. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly bottom: number
}

/** Where weights and shares stand in a frame. */
export interface Scale {
  readonly x: (weight: number) => number
  readonly y: (share: number) => number
  /** Whole weights to be written below, at most a dozen. */
  readonly ticks: readonly number[]
}

const mostTicks = 12

/** A scale from the lightest to the heaviest weight, and from nothing to all. */
export function scaleOf(weights: readonly number[], of: Frame): Scale {
  const [least, most] = [Math.floor(Math.min(...weights)), Math.ceil(Math.max(...weights))]
  const span = Math.max(1, most - least)
  const step = Math.ceil(span / mostTicks)
  const first = Math.ceil(least / step) * step
  return {
    x: (weight) => of.left + ((weight - least) / span) * (of.width - of.left - 8),
    y: (share) => 8 + (1 - share) * (of.height - of.bottom - 8),
    ticks: Array.from(
      { length: Math.floor((most - first) / step) + 1 },
      (_, i) => first + i * step,
    ),
  }
}

/** A curve as a path, from the lightest weight to the heaviest. */
export const pathOf = (places: readonly Place[], { x, y }: Scale): string =>
  places
    .toSorted((a, b) => a.weight - b.weight)
    .map(
      ({ weight, share }, i) =>
        `${i === 0 ? 'M' : 'L'}${x(weight).toFixed(1)} ${y(share).toFixed(1)}`,
    )
    .join('')
