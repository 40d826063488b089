/**
 * Connected components by union-find: for each of `count` records, the smallest number in its group. Links are the pairs
 * (`left[i]`, `right[i]`). The only work over all records that SQL does badly.
 */
export function clustersOf(count: number, left: Int32Array, right: Int32Array): Int32Array {
  const parent = Int32Array.from({ length: count }, (_, i) => i)
  for (let i = 0; i < left.length; i++) unite(parent, left[i] ?? 0, right[i] ?? 0)
  // Parents are never larger than their children, so one pass from below settles everybody.
  for (let i = 0; i < count; i++) parent[i] = parent[parent[i] ?? 0] ?? 0
  return parent
}

/** Makes two groups one; its root is the smaller of their roots. */
export function unite(parent: Int32Array, a: number, b: number): void {
  const [one, other] = [rootOf(parent, a), rootOf(parent, b)]
  if (one < other) parent[other] = one
  else parent[one] = other
}

/** The root of a group. Halves the way on each walk, so that later walks are short (van Leeuwen and Tarjan). */
export function rootOf(parent: Int32Array, of: number): number {
  let at = of
  for (;;) {
    const above = parent[at] ?? at
    if (above === at) return at
    const next = parent[above] ?? above
    parent[at] = next
    at = next
  }
}
