/** Dice: gives the next number from 0 up to, and never, 1. */
export type Random = () => number

/**
 * Dice that fall alike for one seed. The algorithm is sfc32 by Chris Doty-Humphrey (PractRand,
 * public domain): short, fast, and good in the long statistical suites. The first throws only mix
 * the seed in.
 */
export function randomFrom(seed: number): Random {
  let a = seed | 0
  let b = Math.floor(seed / 2 ** 32) | 0
  let c = 0x9e3779b9
  let counter = 1
  const random = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 15; i++) random()
  return random
}

/** True in this share of the throws. */
export const chance = (random: Random, share: number): boolean => random() < share

/** A whole number from low to high, both included, all as likely. */
export const between = (random: Random, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1))

/** One of the list, all as likely. */
export const pick = <T>(random: Random, list: readonly T[]): T =>
  get(list, Math.floor(random() * list.length))

/**
 * One of a list that begins with its commonest: frequencies fall by rank as Zipf and Mandelbrot
 * found for words. A flatness of 10 makes the first of 100 ten times as frequent as the last.
 */
export function pickCommon<T>(random: Random, list: readonly T[], flatness = 10): T {
  const rank = flatness * ((list.length + flatness) / flatness) ** random() - flatness
  return get(list, Math.floor(rank))
}

/** The place of one of the weights, drawn as often as it weighs. */
export function pickWeighted(random: Random, weights: readonly number[]): number {
  let sum = 0
  for (const weight of weights) sum += weight
  let rest = random() * sum
  let place = 0
  for (const weight of weights) {
    rest -= weight
    if (rest < 0) return place
    place++
  }
  return weights.length - 1
}

/** A number with mean 0 and deviation 1, near enough to normal: twelve throws less their mean. */
export function normal(random: Random): number {
  let sum = -6
  for (let i = 0; i < 12; i++) sum += random()
  return sum
}

/** What stands at a place; rounding may point one past the end, which means the last. */
function get<T>(list: readonly T[], place: number): T {
  const found = list[Math.min(place, list.length - 1)]
  if (found === undefined) throw new Error('there is nothing to pick from')
  return found
}
