import type { Dependence } from './agreement.ts'
import { digitsOf } from './check.ts'
import { kindOf } from './column-kinds.ts'
import type { MatchingSettings } from './definition.ts'
import { isStrangeIn, type PatternCount } from './learn.ts'

/** A comparison that may follow from others, by their places. */
export interface Suspicion {
  readonly from: number
  readonly of: number[]
  readonly why: string
}

/** What it is seen by. */
export interface Seen {
  readonly settings: MatchingSettings
  /** By comparison, how many of all pairs have the same value, where that was counted. */
  readonly agreeing: readonly (number | undefined)[]
  readonly allPairs: number
  readonly candidates: readonly PatternCount[]
}

/** What others share, and what is a person's own beside it; nothing of both where nobody shares much. */
export interface Shared {
  readonly follow: readonly Suspicion[]
  readonly own: readonly number[]
}

/** What is a person's own: whoever differs in all of it is somebody else. Other dates, as of a first order, differ for one person. */
const isOwn = ({ column }: { readonly column: string }) =>
  kindOf(column) === 'first_name' || /(^|_)(birth|born|dob)(_|$)|birthday/.test(column)

/**
 * How large a part of those who agree on a column differ in all of their own before others are known to share it: more than errors
 * make, of pairs that have one column of their own and of those with several. And how many pairs show it, and how much more often
 * than by chance these agree.
 */
const sharing = { oneOwn: 0.5, moreOwn: 0.25, pairs: 30, excess: 0.3 } as const

/**
 * What a household shares (an address, a telephone, a last name) is no evidence beside each other: without looking, learning takes
 * households for persons, as there are more pairs of the one than of the other. Seen are columns by which alone candidates are made,
 * so that all who agree on them are among these.
 */
export function sharedByOthers(seen: Seen, found: ReadonlyMap<number, Dependence>): Shared {
  const { settings, agreeing } = seen
  const { comparisons } = settings
  const owned = comparisons.flatMap((of, i) => (isOwn(of) ? [i] : []))
  const others = comparisons.flatMap((of, i) => (isOwn(of) ? [] : [i]))
  const last = comparisons.map((of) => digitsOf(of) - 1)
  const groups = others.flatMap((i) => {
    const strangers = strangersWhoShare(i, seen, { owned, last })
    const alike = others.filter((k) => k !== i && isExcess(k, strangers, seen, last))
    return alike.length > 0 ? [{ i, alike }] : []
  })
  if (groups.length === 0) return { follow: [], own: [] }
  // What something is made of comes first, and what is made of it last; between them what tells more.
  const parents = new Set([...found.values()].flatMap(({ of }) => of))
  const rank = (i: number) => {
    if (parents.has(i)) return 0
    return found.has(i) ? 2 : 1
  }
  const rarity = (i: number) => agreeing[i] ?? 0
  const all = [...new Set(groups.flatMap(({ i, alike }) => [i, ...alike]))].toSorted(
    (a, b) => rank(a) - rank(b) || rarity(a) - rarity(b) || a - b,
  )
  const why = `others share the ${groups.map(({ i }) => comparisons[i]?.column).join(', ')}`
  const follow = all.slice(1).map((from, k) => ({ from, of: all.slice(0, k + 1), why }))
  return { follow, own: owned }
}

/** The candidates that agree on a column and differ in all of their own, where they are too many to be errors. */
function strangersWhoShare(
  i: number,
  { settings: { comparisons, blocks }, candidates }: Seen,
  { owned, last }: { readonly owned: readonly number[]; readonly last: readonly number[] },
): readonly PatternCount[] {
  const isAlone = blocks.some(({ all }) =>
    all.every(({ column, portion }) => column === comparisons[i]?.column && !portion),
  )
  if (!isAlone || owned.length === 0) return []
  const agree = candidates.filter(
    ({ digits }) => digits[i] === 1 && owned.some((k) => (digits[k] ?? 0) > 0),
  )
  const strangers = agree.filter(({ digits }) => isStrangeIn(owned, digits, last))
  const several = pairsOf(
    agree.filter(({ digits }) => owned.filter((k) => (digits[k] ?? 0) > 0).length > 1),
  )
  const least = sharing.moreOwn * several + sharing.oneOwn * (pairsOf(agree) - several)
  const many = pairsOf(strangers)
  return many >= sharing.pairs && many >= least ? strangers : []
}

/** Whether some pairs agree on a column so much more often than all. */
function isExcess(
  i: number,
  pairs: readonly PatternCount[],
  { agreeing, allPairs }: Seen,
  last: readonly number[],
): boolean {
  const filled = pairs.filter(({ digits }) => (digits[i] ?? 0) > 0)
  const alike = filled.filter(({ digits }) => (digits[i] ?? 0) < (last[i] ?? 0))
  const chance = (agreeing[i] ?? 0) / Math.max(1, allPairs)
  return pairsOf(alike) / Math.max(1, pairsOf(filled)) - chance >= sharing.excess
}

const pairsOf = (of: readonly PatternCount[]): number =>
  of.reduce((sum, { pairs }) => sum + pairs, 0)
