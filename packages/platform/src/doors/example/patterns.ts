import { between, pick, type Random } from './random.ts'

// The letters that end a British postcode; the others are too easily misread.
const letters = [...'ABDEFGHJLNPQRSTUWXYZ']

/** Fills a pattern: # with a digit, N with a digit from 2, @ with a letter; the rest stands. */
export function fillPattern(pattern: string, random: Random): string {
  let filled = ''
  for (const sign of pattern) filled += filling(sign, random)
  return filled
}

function filling(sign: string, random: Random): string {
  if (sign === '#') return String(between(random, 0, 9))
  if (sign === 'N') return String(between(random, 2, 9))
  return sign === '@' ? pick(random, letters) : sign
}
