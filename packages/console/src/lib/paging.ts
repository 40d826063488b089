/** The way to the page after this one; nothing when this one is not full, so that there is none. */
export function olderThan<Row>(
  page: readonly Row[],
  perPage: number,
  go: (last: Row) => void,
): (() => void) | undefined {
  const last = page.at(-1)
  if (last === undefined || page.length < perPage) return undefined
  return () => go(last)
}
