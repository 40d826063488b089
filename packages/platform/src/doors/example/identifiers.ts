// The largest prime below ten to the eighth: a step around it meets every number once.
const circle = 99_999_989

/** Gives identifiers of up to eight digits, all different, whose order says nothing about age. */
export function newIdentifiers(step: number): () => number {
  let last = step % 7919
  return () => {
    last = (last + step) % circle
    return last
  }
}

/** Eight digits, with zeros before. */
export const eightDigits = (number: number): string => String(number).padStart(8, '0')
