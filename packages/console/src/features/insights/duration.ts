/** The spans that a while is counted in. */
export const spans = ['second', 'minute', 'hour', 'day'] as const
export type Span = (typeof spans)[number]

/** `15 minutes` as a number of a span; no number where nothing is said. */
export function durationIn(written: string): {
  readonly count: number | undefined
  readonly span: Span
} {
  const [, count, word] = /^(\d+) (second|minute|hour|day)s?$/.exec(written) ?? []
  const span = spans.find((one) => one === word) ?? 'minute'
  return { count: count === undefined ? undefined : Number(count), span }
}

/** A number of a span, as definitions write it. */
export const durationOf = (count: number, span: Span): string =>
  `${count} ${span}${count === 1 ? '' : 's'}`
