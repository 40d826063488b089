/** Edits between two words, swapped neighbours being one: the textbook table (optimal string alignment). */
export function editsBetween(a: string, b: string): number {
  const at = (i: number, j: number) => table[i]?.[j] ?? 0
  const table: number[][] = [[...Array(b.length + 1).keys()]]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    table.push(row)
    for (let j = 1; j <= b.length; j++) {
      const other = a[i - 1] === b[j - 1] ? 0 : 1
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + other,
          ...(isSwap ? [at(i - 2, j - 2) + 1] : []),
        ),
      )
    }
  }
  return at(a.length, b.length)
}

/** The similarity of Jaro and Winkler, as the textbook has it: a tenth for each of the first four letters in common. */
export function jaroWinkler(a: string, b: string): number {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  const taken = new Set<number>()
  const met: string[] = []
  for (const [i, letter] of [...a].entries()) {
    for (let j = Math.max(0, i - reach); j <= Math.min(b.length - 1, i + reach); j++) {
      if (b[j] !== letter || taken.has(j)) continue
      taken.add(j)
      met.push(letter)
      break
    }
  }
  if (met.length === 0) return 0
  const order = [...b].filter((_, j) => taken.has(j))
  const moved = met.filter((letter, i) => letter !== order[i]).length / 2
  const m = met.length
  const jaro = (m / a.length + m / b.length + (m - moved) / m) / 3
  const different = [...a].findIndex((letter, i) => letter !== b[i])
  const prefix = Math.min(4, different < 0 ? a.length : different)
  return jaro + prefix * 0.1 * (1 - jaro)
}
