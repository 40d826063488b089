import { agreementOf, agreements, type Dependence, unknownAgreement } from './agreement.ts'
import type { Learned, LevelShares } from './definition.ts'

/** A way of agreeing, a digit per comparison, and how many pairs agree so. */
export interface PatternCount {
  readonly digits: readonly number[]
  readonly pairs: number
}

/** What the ways of agreeing teach; the values themselves teach the rest. */
export type Weights = Omit<Learned, 'frequencies' | 'left_out'>

/** What is learned from. */
export interface Evidence {
  readonly candidates: readonly PatternCount[]
  readonly random: readonly PatternCount[]
  /** How many pairs there are at all, within spaces. */
  readonly allPairs: number
  readonly records: number
  /** How many levels each comparison has, "none of them" included. */
  readonly levels: readonly number[]
  /**
   * How many of all pairs meet the best level of a comparison, where that was counted; without those that agree on everything
   * that it depends on.
   */
  readonly agreeing?: readonly (number | undefined)[]
  /** By the place of a comparison, what it depends on. */
  readonly dependences?: ReadonlyMap<number, Dependence>
  /** Pairs drawn among those that agree on what others depend on. */
  readonly within?: readonly PatternCount[]
  /** The places of what is a person's own, where others share the rest: whoever differs in all of it is somebody else. */
  readonly own?: readonly number[]
}

interface Shares {
  readonly prior: number
  readonly m: Float64Array
  readonly u: Float64Array
}

/** The shares of one comparison, where what it depends on agrees in one way. */
interface Slot {
  readonly comparison: number
  /** 0 for what depends on nothing, and where nothing of that is alike. */
  readonly agreement: number
  /** Whether it is not known how that agrees. */
  readonly isUnknown: boolean
  readonly from: number
  readonly size: number
}

/** A way of agreeing by the places of its shares. */
interface Way {
  readonly places: readonly number[]
  /** Whether it is known to be one of strangers. */
  readonly isStrange: boolean
  readonly pairs: number
}

/** The evidence with the shares of all comparisons in one row, so that a round is a walk over numbers. */
interface World extends Pick<Evidence, 'allPairs' | 'records'> {
  readonly slots: readonly Slot[]
  readonly length: number
  readonly candidates: readonly Way[]
  readonly random: readonly Way[]
  readonly within: readonly Way[]
  readonly agreeing: readonly (number | undefined)[]
}

const mostRounds = 1000
const enough = 1e-7

function worldOf(evidence: Evidence): World {
  const { levels, dependences = new Map<number, Dependence>() } = evidence
  let length = 0
  const slots = levels.flatMap((size, comparison) => {
    const given = dependences.get(comparison)
    return Array.from({ length: given ? agreements(given.of.length) : 1 }, (_, agreement): Slot => {
      const from = length
      length += size
      const isUnknown = given !== undefined && agreement === unknownAgreement(given.of.length)
      return { comparison, agreement, isUnknown, from, size }
    })
  })
  const firsts = levels.map((_, i) => slots.find((of) => of.comparison === i)?.from ?? 0)
  const { own = [] } = evidence
  const wayOf = ({ digits, pairs }: PatternCount): Way => ({
    pairs,
    isStrange: isStrangeIn(own, digits, levels),
    places: digits.flatMap((digit, i) => {
      if (digit === 0) return []
      const given = dependences.get(i)
      const agreement = given ? agreementOf(given.of, digits, levels) : 0
      return [(firsts[i] ?? 0) + agreement * (levels[i] ?? 0) + digit - 1]
    }),
  })
  return {
    slots,
    length,
    candidates: evidence.candidates.map(wayOf),
    random: evidence.random.map(wayOf),
    within: (evidence.within ?? []).map(wayOf),
    agreeing: evidence.agreeing ?? [],
    allPairs: evidence.allPairs,
    records: evidence.records,
  }
}

/**
 * Learns by expectation–maximisation, over ways of agreeing and not over pairs. The model is one of all pairs: those that no
 * block made are strangers. So a block needs no correction for what its records have in common by its own making. How often
 * strangers agree (u) comes from random pairs and from counts of equal values; in later passes, from those without the
 * matches among them.
 */
export function learn(evidence: Evidence): Weights {
  const world = worldOf(evidence)
  return passes(evidence, world, firstGuess(world), 'everything')
}

/** Learns from pairs that people have judged: `matches` agree so. Only the prior comes from the candidates. */
export function learnFromLabels(evidence: Evidence, matches: readonly PatternCount[]): Weights {
  const world = worldOf(evidence)
  const judged = tally(world, worldOf({ ...evidence, candidates: matches }).candidates, pairsOf)
  const start = {
    prior: 1 / Math.max(2, evidence.records),
    m: perSlot(world, (slot) => near(smoothed(at(judged, slot)), judged, world, slot)),
    u: strangers(world),
  }
  return passes(evidence, world, start, 'only the prior')
}

const pairsOf = ({ pairs }: Way) => pairs

/** What is learned anew in a round. */
type Learning = 'everything' | 'only the prior'

// Pairs that agree on what others depend on are mostly matches, so it takes some passes to see the strangers among them.
function passes(evidence: Evidence, world: World, start: Shares, what: Learning): Weights {
  let found = maximise(world, start, what)
  const more = world.within.length > 0 ? 4 : 1
  for (let pass = 0; pass < more; pass++)
    found = maximise(world, { ...found.shares, u: strangers(world, found.shares) }, what)
  return finished(evidence, world, found)
}

const firstGuess = (world: World): Shares => ({
  prior: 1 / Math.max(2, world.records),
  m: perSlot(world, ({ size }) =>
    Array.from({ length: size }, (_, i) => (i === 0 ? 0.9 : 0.1 / (size - 1))),
  ),
  u: strangers(world),
})

function perSlot(world: World, sharesOf: (slot: Slot) => ArrayLike<number>): Float64Array {
  const all = new Float64Array(world.length)
  for (const slot of world.slots) all.set(sharesOf(slot), slot.from)
  return all
}

const at = (all: Float64Array, { from, size }: Slot): Float64Array =>
  all.subarray(from, from + size)

/**
 * How often strangers agree: random pairs and candidates, each as far as it is one of strangers. What is so rare that random
 * pairs hardly meet it is known from the counts of equal values, and is at least as frequent as among the candidates. Those
 * who agree on what a comparison depends on are rare among random pairs; they were drawn by themselves.
 */
function strangers(world: World, shares?: Shares): Float64Array {
  const { random, within, candidates, agreeing, allPairs } = world
  const match = (of: Way) => (shares ? matchShare(shares, of) : 0)
  const stranger = (of: Way) => of.pairs * (1 - match(of))
  const drawn = tally(world, random, stranger)
  const drawnWithin = tally(world, within, stranger)
  const matches = tally(world, candidates, (of) => of.pairs * match(of))
  const others = tally(world, candidates, shares ? stranger : () => 0)
  const draws = random.reduce((all, of) => all + stranger(of), 0)
  // Counts of equal values leave out pairs that agree on all that a comparison depends on, and no others.
  const matchesEqual = ({ comparison }: Slot) => {
    const all = world.slots.filter((of) => of.comparison === comparison)
    const equal = all.length - 2
    const counted = all.filter((_, agreement) => all.length === 1 || agreement !== equal)
    return sum(counted.map((of) => matches[of.from] ?? 0))
  }
  const usual = (slot: Slot): readonly number[] => {
    const counts = at(drawn, slot)
    const one = smoothed(counts)
    const unknown = slotsOf(world, slot).find(({ isUnknown }) => isUnknown)
    const drawnHere = sum(counts) + (unknown ? sum(at(drawn, unknown)) : 0)
    const filled = allPairs * (drawnHere / Math.max(1, draws))
    const equal = agreeing[slot.comparison]
    if (filled < 1) return one
    const best = equal === undefined ? one[0] : Math.max(0.5, equal - matchesEqual(slot)) / filled
    const rest = (1 - Math.min(0.999, best ?? 0)) / Math.max(1e-9, 1 - (one[0] ?? 0))
    return one.map((share, j) =>
      j === 0 ? (best ?? share) : Math.max(share * rest, (at(others, slot)[j] ?? 0) / filled),
    )
  }
  // Where few strangers agree on what others depend on, few can be taken for one by it: they weigh as the others do.
  const given = (slot: Slot, of: readonly number[]): readonly number[] => {
    const counts = at(drawnWithin, slot).map((n, i) => n + (at(drawn, slot)[i] ?? 0))
    const all = sum(counts) + fewStrangers
    return of.map((share, i) => ((counts[i] ?? 0) + share * fewStrangers) / all)
  }
  // Nobody knows how the others agree: as often as strangers do altogether.
  const altogether = (slot: Slot) => smoothed(wholeOf(drawn, slotsOf(world, slot), slot.size))
  let of: readonly number[] = []
  return perSlot(world, (slot) => {
    if (slot.isUnknown) return given(slot, altogether(slot))
    if (slot.agreement > 0) return given(slot, of)
    of = usual(slot)
    return of
  })
}

/** The usual shares count as much as this many strangers. */
const fewStrangers = 20

const sum = (counts: ArrayLike<number>): number => {
  let all = 0
  for (let i = 0; i < counts.length; i++) all += counts[i] ?? 0
  return all
}

type Told = Pick<Weights, 'rounds' | 'converged' | 'log_likelihood'>
type Found = Told & { readonly shares: Shares }

function maximise(world: World, start: Shares, what: Learning): Found {
  const likelihoods = [logLikelihood(world, start)]
  let shares = start
  for (let round = 1; round <= mostRounds; round++) {
    const next = improved(world, shares, what)
    likelihoods.push(logLikelihood(world, next))
    const moved = distance(shares, next)
    shares = next
    if (moved < enough)
      return { shares, rounds: round, converged: true, log_likelihood: likelihoods }
  }
  return { shares, rounds: mostRounds, converged: false, log_likelihood: likelihoods }
}

function improved(world: World, shares: Shares, what: Learning): Shares {
  let matches = 0
  const tallied = tally(world, world.candidates, (of) => {
    const expected = of.pairs * matchShare(shares, of)
    matches += expected
    return expected
  })
  const prior = bounded(matches / world.allPairs)
  if (what === 'only the prior') return { ...shares, prior }
  const m = perSlot(world, (slot) => normalised(at(tallied, slot)) ?? at(shares.m, slot))
  return { ...shares, prior, m }
}

const bounded = (share: number) => Math.min(0.999999, Math.max(1e-15, share))

// A level that no match has is not impossible: half a pair is shared among the levels.
function finished({ dependences }: Evidence, world: World, { shares, ...told }: Found): Weights {
  const expected = (of: Way) => of.pairs * matchShare(shares, of)
  const matches = world.candidates.reduce((all, of) => all + expected(of), 0)
  const tallied = tally(world, world.candidates, expected)
  const sharesOf = (slot: Slot): LevelShares => {
    const [m, u] = [at(shares.m, slot), at(shares.u, slot)]
    const lift = 0.5 / slot.size
    const lifted = Array.from(m, (share) => (share * matches + lift) / (matches + 0.5))
    return { m: near(lifted, tallied, world, slot), u: [...u] }
  }
  const comparisons = world.slots.flatMap((slot) => {
    if (slot.agreement > 0) return []
    const given = dependences?.get(slot.comparison)
    if (!given) return [sharesOf(slot)]
    const all = slotsOf(world, slot)
    const shares = all.filter((of) => of.agreement > 0 && !of.isUnknown).map(sharesOf)
    const unknown = all.filter(({ isUnknown }) => isUnknown).map(sharesOf)[0]
    return [{ ...sharesOf(slot), given: { ...given, shares, ...(unknown ? { unknown } : {}) } }]
  })
  return { prior: shares.prior, matches, comparisons, ...told }
}

/** What few matches say about an agreement of others counts as much as this many matches altogether. */
const borrowed = 5

/** The shares of a slot, nearer to those of its comparison altogether the fewer matches it has. */
function near(
  shares: readonly number[],
  tallied: Float64Array,
  world: World,
  slot: Slot,
): number[] {
  const all = slotsOf(world, slot)
  if (all.length === 1) return [...shares]
  const whole = smoothed(wholeOf(tallied, all, slot.size))
  const own = sum(at(tallied, slot))
  return shares.map((share, i) => (share * own + (whole[i] ?? 0) * borrowed) / (own + borrowed))
}

/** The slots of the same comparison. */
const slotsOf = ({ slots }: World, { comparison }: Slot): readonly Slot[] =>
  slots.filter((of) => of.comparison === comparison)

/** What was counted of a comparison, however others agree. */
const wholeOf = (counts: Float64Array, slots: readonly Slot[], size: number): number[] =>
  Array.from({ length: size }, (_, i) => sum(slots.map((of) => counts[of.from + i] ?? 0)))

/** How many pairs, weighed, meet each share. */
function tally({ length }: World, ways: readonly Way[], weight: (of: Way) => number): Float64Array {
  const counts = new Float64Array(length)
  for (const way of ways) {
    const by = weight(way)
    for (const place of way.places) counts[place] = (counts[place] ?? 0) + by
  }
  return counts
}

function normalised(counts: Float64Array): Float64Array | undefined {
  const total = sum(counts)
  return total > 0 ? counts.map((count) => count / total) : undefined
}

function smoothed(counts: ArrayLike<number>): number[] {
  const total = sum(counts) + 0.5
  return Array.from(counts, (count) => (count + 0.5 / counts.length) / total)
}

// Products of shares stay far above the smallest number there is: fifteen comparisons of one in ten million are 1e-105.
function likelihood(shares: Float64Array, places: readonly number[]): number {
  let all = 1
  for (const place of places) all *= shares[place] ?? 1
  return all
}

/** Whether a pair differs in all that is a person's own, as far as both have it. */
export function isStrangeIn(
  own: readonly number[],
  digits: readonly number[],
  levels: readonly number[],
): boolean {
  const filled = own.filter((i) => (digits[i] ?? 0) > 0)
  return filled.length > 0 && filled.every((i) => digits[i] === levels[i])
}

function matchShare({ prior, m, u }: Shares, { places, isStrange }: Way): number {
  if (isStrange) return 0
  const together = prior * likelihood(m, places)
  const all = together + (1 - prior) * likelihood(u, places)
  return all > 0 ? together / all : 0
}

/** How well the shares explain all pairs, up to what does not depend on them. */
function logLikelihood({ candidates, allPairs }: World, { prior, m, u }: Shares): number {
  const others = allPairs - candidates.reduce((all, { pairs }) => all + pairs, 0)
  return candidates.reduce((all, { places, pairs, isStrange }) => {
    const match = isStrange ? 0 : prior * likelihood(m, places)
    return all + pairs * Math.log(match + (1 - prior) * likelihood(u, places))
  }, Math.max(0, others) * Math.log1p(-prior))
}

function distance(a: Shares, b: Shares): number {
  let most = Math.abs(a.prior - b.prior) / b.prior
  for (const [i, share] of a.m.entries()) most = Math.max(most, Math.abs(share - (b.m[i] ?? 0)))
  return most
}

/** What a level weighs, in bits; nothing where there was nothing to compare. */
export const levelWeight = ({ m, u }: Pick<LevelShares, 'm' | 'u'>, digit: number): number =>
  digit === 0 ? 0 : Math.log2((m[digit - 1] ?? 1) / (u[digit - 1] ?? 1))

/** The shares of a comparison that count for a way of agreeing. */
export function sharesIn(
  { comparisons }: Pick<Learned, 'comparisons'>,
  i: number,
  digits: readonly number[],
): Pick<LevelShares, 'm' | 'u'> {
  const of = comparisons[i] ?? { m: [], u: [] }
  if (!of.given) return of
  const levels = comparisons.map(({ m }) => m.length)
  const agreement = agreementOf(of.given.of, digits, levels)
  const isUnknown = agreement === unknownAgreement(of.given.of.length)
  return (isUnknown ? of.given.unknown : of.given.shares[agreement - 1]) ?? of
}

/** What is known before looking, in bits. */
export const priorWeight = ({ prior }: Pick<Learned, 'prior'>): number =>
  Math.log2(prior / (1 - prior))

/** What a way of agreeing weighs, the prior included. */
export const patternWeight = (
  learned: Pick<Learned, 'prior' | 'comparisons'>,
  digits: readonly number[],
): number =>
  learned.comparisons.reduce(
    (sum, _, i) => sum + levelWeight(sharesIn(learned, i, digits), digits[i] ?? 0),
    priorWeight(learned),
  )

/** How likely a weight makes a match. */
export const probabilityOf = (weight: number): number => 1 / (1 + 2 ** -weight)

/** The weight that makes a match as likely as this. */
export const weightOf = (probability: number): number => Math.log2(probability / (1 - probability))
