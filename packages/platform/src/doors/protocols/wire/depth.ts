/** How deep a message may be. */
export const usualDepth = 64

/** Whether something is nested deeper than so many levels: what is very deep cannot be written again. */
export function isDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) return value.some((item) => isDeep(item, levels - 1))
  // A value that was read from JSON: what it has are values again, by name.
  const holder = value as Readonly<Record<string, unknown>>
  for (const name in holder) if (isDeep(holder[name], levels - 1)) return true
  return false
}

/** The same without what is deeper, which becomes null. */
export function withoutDepth(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return null
  if (Array.isArray(value)) return value.map((item) => withoutDepth(item, levels - 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withoutDepth(member, levels - 1)]),
  )
}
