/** A weight in bits, to the tenth. */
export const bitsIn = (bits: number): string => {
  const text = bits.toFixed(1)
  return text === '-0.0' ? '0.0' : text
}

/** A probability with as many digits as tell it from certainty: 95 %, 99.9 %, 99.9999 %. */
export function probabilityIn(probability: number): string {
  const away = Math.min(probability, 1 - probability)
  const digits = Math.min(4, Math.max(0, Math.ceil(-Math.log10(Math.max(away, 1e-12)) - 1e-6) - 2))
  return `${(100 * probability).toFixed(digits)} %`
}

/** The weight that a probability stands for. */
export const weightOf = (probability: number): number => Math.log2(probability / (1 - probability))

/** The probability that a weight stands for. */
export const probabilityOf = (weight: number): number => 1 / (1 + 2 ** -weight)
