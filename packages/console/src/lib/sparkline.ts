/** A place in a picture. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Room at the edge, so that a line is not cut. */
const edge = 3

/** Where the values of a line stand in a picture: evenly from left to right, the largest on top. */
export function pointsOf(
  values: readonly number[],
  { width, height }: { readonly width: number; readonly height: number },
): readonly Point[] {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const step = (width - 2 * edge) / Math.max(1, values.length - 1)
  const share = (value: number) => (most === least ? 0.5 : (value - least) / (most - least))
  return values.map((value, i) => ({
    x: round(edge + i * step),
    y: round(height - edge - share(value) * (height - 2 * edge)),
  }))
}

const round = (number: number): number => Math.round(number * 10) / 10
