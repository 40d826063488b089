/** What a stream usually brings in an hour, and what would be unusual. */
export interface Usual {
  readonly expected: number
  readonly low: number
  readonly high: number
}

/** How many spreads from the median are still usual. */
const spreads = 4

/**
 * What is usual after these volumes: the median, and four median absolute deviations around it. A spread is at least what
 * chance alone gives (the root of the median, and one event), or a steady stream would alert at every event.
 */
export function usualAfter(volumes: readonly number[]): Usual {
  const expected = medianOf(volumes)
  const spread = medianOf(volumes.map((volume) => Math.abs(volume - expected)))
  const reach = spreads * Math.max(spread, Math.sqrt(expected), 1)
  return { expected, low: Math.max(0, expected - reach), high: expected + reach }
}

/** Whether a volume is unusual, and in which way. */
export function verdictOn(volume: number, { low, high }: Usual): 'low' | 'high' | undefined {
  if (volume > high) return 'high'
  return volume < low ? 'low' : undefined
}

function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [before = 0, at = 0] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 === 1 ? at : (before + at) / 2
}
