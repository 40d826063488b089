/** Whether values of a type are numbers. */
export const isNumeric = (type: string | undefined): boolean =>
  type === 'integer' || type === 'decimal' || type === 'number'

/** What was typed, as the value that a definition holds: a number where the type has numbers and it is one. */
export function plainOf(typed: string | number, type: string | undefined): string | number {
  if (!isNumeric(type) || typeof typed === 'number') return typed
  const number = Number(typed)
  return typed.trim() === '' || Number.isNaN(number) || !isExact(typed, number) ? typed : number
}

// Digits that a number cannot hold stay as they were typed.
const isExact = (typed: string, number: number): boolean =>
  Number.isSafeInteger(number) || /[.e]/i.test(typed)

/** The values of a list as text; a lone value counts as a list of one. */
export function listOf(value: unknown): string[] {
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? value : [value]).map(String)
}
