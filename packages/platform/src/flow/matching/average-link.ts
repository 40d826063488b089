/** Pairs of things that are numbered from 0, and what each weighs. */
export interface Links {
  readonly left: ArrayLike<number>
  readonly right: ArrayLike<number>
  readonly weight: ArrayLike<number>
}

/** When two groups become one. */
export interface Bar {
  /** The least that all pairs between them weigh on average. */
  readonly least: number
  /** What a pair weighs that is not among the links. */
  readonly missing: number
}

interface Bond {
  sum: number
  count: number
}

interface Offer {
  readonly average: number
  readonly a: number
  readonly b: number
  /** How often the two had been joined with others when the offer was made. */
  readonly ages: readonly [number, number]
}

/**
 * Average linkage: the two groups whose pairs weigh most on average become one, again and again, as long as that is not less
 * than the bar. Equal offers are taken by the numbers of the groups. For each thing the smallest number in its group.
 */
export function averageLink(count: number, links: Links, { least, missing }: Bar): Int32Array {
  const groupOf = Int32Array.from({ length: count }, (_, i) => i)
  const members = Array.from({ length: count }, (_, i) => [i])
  const ages = new Int32Array(count)
  const bonds = bondsOf(count, links)
  const offers: Offer[] = []

  const offer = (one: number, other: number, { sum, count: known }: Bond) => {
    const [a, b] = one < other ? [one, other] : [other, one]
    const all = (members[a]?.length ?? 0) * (members[b]?.length ?? 0)
    const average = (sum + (all - known) * missing) / all
    if (average >= least) push(offers, { average, a, b, ages: [ages[a] ?? 0, ages[b] ?? 0] })
  }
  const join = (a: number, b: number) => {
    const [ours, theirs, newcomers] = [bonds[a], bonds[b], members[b]]
    if (!ours || !theirs || !newcomers) return
    for (const one of newcomers) groupOf[one] = a
    members[a]?.push(...newcomers)
    ages[a] = (ages[a] ?? 0) + 1
    ages[b] = -1
    ours.delete(b)
    for (const [other, bond] of theirs)
      if (other !== a) take(bonds, { from: b, into: a, other, bond })
    theirs.clear()
    for (const [other, bond] of ours) offer(a, other, bond)
  }

  for (const [a, others] of bonds.entries())
    for (const [b, bond] of others) if (a < b) offer(a, b, bond)
  for (let best = pop(offers); best; best = pop(offers)) {
    const isStale = ages[best.a] !== best.ages[0] || ages[best.b] !== best.ages[1]
    if (!isStale) join(best.a, best.b)
  }
  return groupOf
}

function bondsOf(count: number, { left, right, weight }: Links): Map<number, Bond>[] {
  const bonds = Array.from({ length: count }, () => new Map<number, Bond>())
  for (let i = 0; i < left.length; i++) {
    const [a, b] = [left[i] ?? 0, right[i] ?? 0]
    const bond = { sum: weight[i] ?? 0, count: 1 }
    bonds[a]?.set(b, bond)
    bonds[b]?.set(a, bond)
  }
  return bonds
}

/** What bound a third group to the one that is gone binds it to the one that took it in. */
function take(
  bonds: readonly Map<number, Bond>[],
  { from, into, other, bond }: { from: number; into: number; other: number; bond: Bond },
): void {
  bonds[other]?.delete(from)
  const known = bonds[into]?.get(other)
  if (known) {
    known.sum += bond.sum
    known.count += bond.count
    return
  }
  bonds[into]?.set(other, bond)
  bonds[other]?.set(into, bond)
}

const isBefore = (one: Offer, other: Offer): boolean =>
  one.average > other.average ||
  (one.average === other.average && (one.a < other.a || (one.a === other.a && one.b < other.b)))

// A heap: the best offer is the first.
function push(heap: Offer[], offer: Offer): void {
  let at = heap.length
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above]
    if (!parent || !isBefore(offer, parent)) break
    heap[at] = parent
    at = above
  }
  heap[at] = offer
}

function pop(heap: Offer[]): Offer | undefined {
  const best = heap[0]
  const last = heap.pop()
  if (!last || heap.length === 0) return best
  let at = 0
  for (;;) {
    const below = 2 * at + 1
    const [one, other] = [heap[below], heap[below + 1]]
    if (!one) break
    const next = other && isBefore(other, one) ? other : one
    if (!isBefore(next, last)) break
    heap[at] = next
    at = next === one ? below : below + 1
  }
  heap[at] = last
  return best
}
