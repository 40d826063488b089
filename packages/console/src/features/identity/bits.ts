import { formatShare } from '../../lib/format.ts'

/** A weight in bits, to the tenth. */
export const bitsIn = (bits: number): string => {
  const text = bits.toFixed(1)
  return text === '-0.0' ? '0.0' : text
}

/** A probability with as many digits as tell it from certainty: 95 %, 99.9 %, 99.9999 %. */
export function probabilityIn(probability: number): string {
  const away = Math.min(probability, 1 - probability)
  if (away < 1e-6) return probability > 0.5 ? 'over 99.9999 %' : 'under 0.0001 %'
  const digits = Math.min(4, Math.max(0, Math.ceil(-Math.log10(away) - 1e-6) - 2))
  return `${(100 * probability).toFixed(digits)} %`
}

/** The weight that a probability stands for. */
export const weightOf = (probability: number): number => Math.log2(probability / (1 - probability))

/** The probability that a weight stands for. */
export const probabilityOf = (weight: number): number => 1 / (1 + 2 ** -weight)

/** A share of one as per cent, also when it is far below one of them. */
export const smallShareIn = (share: number): string =>
  share === 0 || share >= 0.001 ? formatShare(share) : `${(100 * share).toPrecision(1)}%`
