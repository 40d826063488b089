/** What a comparison depends on: the places of other comparisons, and what speaks for it. */
export interface Dependence {
  readonly of: number[]
  readonly why: string
}

/**
 * In how many ways the comparisons that another depends on can agree: none alike, one, ... all, all at their best; and last, none
 * alike where one had nothing to compare: it may agree all the same.
 */
export const agreements = (comparisons: number): number => comparisons + 3

/** The last of these ways. */
export const unknownAgreement = (comparisons: number): number => comparisons + 2

/** How the comparisons at these places agree in a pair; `levels` counts those of each comparison, "none of them" included. */
export function agreementOf(
  places: readonly number[],
  digits: readonly number[],
  levels: readonly number[],
): number {
  const alike = places.filter((place) => {
    const digit = digits[place] ?? 0
    return digit > 0 && digit < (levels[place] ?? 0)
  })
  if (alike.length === 0 && places.some((place) => (digits[place] ?? 0) === 0))
    return unknownAgreement(places.length)
  return alike.length + (places.every((place) => digits[place] === 1) ? 1 : 0)
}

/** An agreement in words. */
export function agreementName(agreement: number, columns: readonly string[]): string | undefined {
  const names = columns.join(' and ')
  if (agreement === 0) return undefined
  if (agreement === unknownAgreement(columns.length)) return `${names} unknown`
  if (agreement > columns.length) return `${names} equal`
  if (agreement === columns.length) return `${names} alike`
  return `${agreement} of ${columns.join(', ')} alike`
}
