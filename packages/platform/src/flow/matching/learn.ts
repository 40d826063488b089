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
  /** How many of all pairs meet the best level of a comparison, where that was counted. */
  readonly agreeing?: readonly (number | undefined)[]
}

interface Shares {
  readonly prior: number
  readonly m: readonly (readonly number[])[]
  readonly u: readonly (readonly number[])[]
}

const mostRounds = 1000
const enough = 1e-7

/**
 * Learns by expectation–maximisation, over ways of agreeing and not over pairs. The model is one of all pairs: those that no
 * block made are strangers. So a block needs no correction for what its records have in common by its own making. How often
 * strangers agree (u) comes from random pairs and from counts of equal values; in the second pass, from those without the
 * matches among them.
 */
export function learn(evidence: Evidence): Weights {
  const first = maximise(evidence, firstGuess(evidence, strangers(evidence)))
  const cleaned = strangers(evidence, first.shares)
  const { shares, ...told } = maximise(evidence, { ...first.shares, u: cleaned })
  return finished(evidence, shares, told)
}

/** Learns from pairs that people have judged: `matches` agree so. Only the prior comes from the candidates. */
export function learnFromLabels(evidence: Evidence, matches: readonly PatternCount[]): Weights {
  const m = smoothed(tally(evidence.levels, matches, (of) => of.pairs))
  const start = { prior: 1 / Math.max(2, evidence.records), m, u: strangers(evidence) }
  const first = maximise(evidence, start, 'only the prior')
  const cleaned = strangers(evidence, first.shares)
  const { shares, ...told } = maximise(evidence, { ...first.shares, u: cleaned }, 'only the prior')
  return finished(evidence, shares, told)
}

function firstGuess({ levels, records }: Evidence, u: Shares['u']): Shares {
  const m = levels.map((size) =>
    Array.from({ length: size }, (_, i) => (i === 0 ? 0.9 : 0.1 / (size - 1))),
  )
  return { prior: 1 / Math.max(2, records), m, u }
}

/**
 * How often strangers agree: random pairs and candidates, each as far as it is one of strangers. What is so rare that random
 * pairs hardly meet it is known from the counts of equal values, and is at least as frequent as among the candidates.
 */
function strangers(evidence: Evidence, shares?: Shares): Shares['u'] {
  const { levels, random, candidates, agreeing = [], allPairs } = evidence
  const match = (of: PatternCount) => (shares ? matchShare(shares, of.digits) : 0)
  const drawn = tally(levels, random, (of) => of.pairs * (1 - match(of)))
  const matches = tally(levels, candidates, (of) => of.pairs * match(of))
  const others = tally(levels, candidates, (of) => (shares ? of.pairs * (1 - match(of)) : 0))
  const draws = random.reduce((sum, of) => sum + of.pairs * (1 - match(of)), 0)
  return smoothed(drawn).map((one, i) => {
    const filled = allPairs * (sum(drawn[i] ?? []) / Math.max(1, draws))
    const equal = agreeing[i]
    if (filled < 1) return one
    const best =
      equal === undefined ? one[0] : Math.max(0.5, equal - (matches[i]?.[0] ?? 0)) / filled
    const rest = (1 - Math.min(0.999, best ?? 0)) / Math.max(1e-9, 1 - (one[0] ?? 0))
    return one.map((share, j) =>
      j === 0 ? (best ?? share) : Math.max(share * rest, (others[i]?.[j] ?? 0) / filled),
    )
  })
}

const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0)

type Told = Pick<Weights, 'rounds' | 'converged' | 'log_likelihood'>

function maximise(
  evidence: Evidence,
  start: Shares,
  what: 'everything' | 'only the prior' = 'everything',
): Told & { shares: Shares } {
  const likelihoods = [logLikelihood(evidence, start)]
  let shares = start
  for (let round = 1; round <= mostRounds; round++) {
    const next = improved(evidence, shares, what)
    likelihoods.push(logLikelihood(evidence, next))
    const moved = distance(shares, next)
    shares = next
    if (moved < enough)
      return { shares, rounds: round, converged: true, log_likelihood: likelihoods }
  }
  return { shares, rounds: mostRounds, converged: false, log_likelihood: likelihoods }
}

function improved(
  evidence: Evidence,
  shares: Shares,
  what: 'everything' | 'only the prior',
): Shares {
  const expected = (of: PatternCount) => of.pairs * matchShare(shares, of.digits)
  const matches = evidence.candidates.reduce((all, of) => all + expected(of), 0)
  const prior = bounded(matches / evidence.allPairs)
  if (what === 'only the prior') return { ...shares, prior }
  const tallied = tally(evidence.levels, evidence.candidates, expected)
  const m = tallied.map((counts, i) => normalised(counts) ?? shares.m[i] ?? [])
  return { ...shares, prior, m }
}

const bounded = (share: number) => Math.min(0.999999, Math.max(1e-15, share))

// A level that no match has is not impossible: half a pair is shared among the levels.
function finished(evidence: Evidence, shares: Shares, told: Told): Weights {
  const matches = evidence.candidates.reduce(
    (sum, of) => sum + of.pairs * matchShare(shares, of.digits),
    0,
  )
  const m = shares.m.map((one) => {
    const lift = 0.5 / one.length
    return one.map((share) => (share * matches + lift) / (matches + 0.5))
  })
  const comparisons = m.map((one, i) => ({ m: one, u: [...(shares.u[i] ?? [])] }))
  return { prior: shares.prior, matches, comparisons, ...told }
}

/** How many pairs, weighed, meet each level of each comparison. */
function tally(
  levels: readonly number[],
  patterns: readonly PatternCount[],
  weight: (of: PatternCount) => number,
): number[][] {
  const counts = levels.map((size) => new Array<number>(size).fill(0))
  for (const pattern of patterns) {
    const by = weight(pattern)
    for (const [i, digit] of pattern.digits.entries()) {
      const of = counts[i]
      if (of && digit > 0) of[digit - 1] = (of[digit - 1] ?? 0) + by
    }
  }
  return counts
}

function normalised(counts: readonly number[]): readonly number[] | undefined {
  const total = sum(counts)
  return total > 0 ? counts.map((count) => count / total) : undefined
}

const smoothed = (counts: readonly (readonly number[])[]): Shares['u'] =>
  counts.map((of) => normalised(of.map((count) => count + 0.5 / of.length)) ?? [])

// Products of shares stay far above the smallest number there is: fifteen comparisons of one in ten million are 1e-105.
function likelihoods(
  { m, u }: Shares,
  digits: readonly number[],
): [match: number, strangers: number] {
  let [ofMatch, ofStrangers] = [1, 1]
  for (const [i, digit] of digits.entries()) {
    if (digit === 0) continue
    ofMatch *= m[i]?.[digit - 1] ?? 1
    ofStrangers *= u[i]?.[digit - 1] ?? 1
  }
  return [ofMatch, ofStrangers]
}

function matchShare(shares: Shares, digits: readonly number[]): number {
  const [match, strangers] = likelihoods(shares, digits)
  const together = shares.prior * match
  const all = together + (1 - shares.prior) * strangers
  return all > 0 ? together / all : 0
}

/** How well the shares explain all pairs, up to what does not depend on them. */
function logLikelihood({ candidates, allPairs }: Evidence, shares: Shares): number {
  const others = allPairs - candidates.reduce((sum, { pairs }) => sum + pairs, 0)
  return candidates.reduce((sum, { digits, pairs }) => {
    const [match, strangers] = likelihoods(shares, digits)
    return sum + pairs * Math.log(shares.prior * match + (1 - shares.prior) * strangers)
  }, Math.max(0, others) * Math.log1p(-shares.prior))
}

function distance(a: Shares, b: Shares): number {
  const steps = a.m.flatMap((of, i) => of.map((share, j) => Math.abs(share - (b.m[i]?.[j] ?? 0))))
  return Math.max(Math.abs(a.prior - b.prior) / b.prior, ...steps)
}

/** What a level weighs, in bits; nothing where there was nothing to compare. */
export const levelWeight = ({ m, u }: LevelShares, digit: number): number =>
  digit === 0 ? 0 : Math.log2((m[digit - 1] ?? 1) / (u[digit - 1] ?? 1))

/** What is known before looking, in bits. */
export const priorWeight = ({ prior }: Pick<Learned, 'prior'>): number =>
  Math.log2(prior / (1 - prior))

/** What a way of agreeing weighs, the prior included. */
export const patternWeight = (
  learned: Pick<Learned, 'prior' | 'comparisons'>,
  digits: readonly number[],
): number =>
  learned.comparisons.reduce(
    (sum, of, i) => sum + levelWeight(of, digits[i] ?? 0),
    priorWeight(learned),
  )

/** How likely a weight makes a match. */
export const probabilityOf = (weight: number): number => 1 / (1 + 2 ** -weight)

/** The weight that makes a match as likely as this. */
export const weightOf = (probability: number): number => Math.log2(probability / (1 - probability))
