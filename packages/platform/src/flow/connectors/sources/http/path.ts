/** The members that lead to a value: `data.items` are two. */
export const stepsOf = (path: string): readonly string[] =>
  path.split('.').filter((step) => step !== '')

/** What stands at a path in a JSON value; nothing when there is no such place. */
export function valueAt(value: unknown, path: string): unknown {
  let found = value
  for (const step of stepsOf(path)) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined
    // It is an object that has this member.
    found = (found as Record<string, unknown>)[step]
  }
  return found
}

/** The object with a value put at a path; objects on the way are copied, never changed. */
export function withValueAt(
  into: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [step = '', ...rest] = path
  if (rest.length === 0) return { ...into, [step]: value }
  const inner = into[step]
  const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner)
  return { ...into, [step]: withValueAt(isObject ? { ...inner } : {}, rest, value) }
}
