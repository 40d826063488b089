import { joinPlace } from '#kernel/fault.ts'

/** One place where two bodies differ. Without `old` it was added, without `new` it was taken away. */
export interface FieldChange {
  readonly at: string
  readonly old?: unknown
  readonly new?: unknown
}

/** Everything in which a body differs from what it was, place by place. */
export function differences(old: unknown, now: unknown, at = ''): readonly FieldChange[] {
  if (isObject(old) && isObject(now)) return objectDifferences(old, now, at)
  if (Array.isArray(old) && Array.isArray(now)) return listDifferences(old, now, at)
  return Object.is(old, now) ? [] : [{ at, old, new: now }]
}

type Members = Readonly<Record<string, unknown>>

function objectDifferences(old: Members, now: Members, at: string): readonly FieldChange[] {
  const names = new Set([...Object.keys(old), ...Object.keys(now)])
  return [...names].flatMap((name) => {
    const place = joinPlace(at, name)
    if (old[name] === undefined && now[name] === undefined) return []
    if (old[name] === undefined) return [{ at: place, new: now[name] }]
    if (now[name] === undefined) return [{ at: place, old: old[name] }]
    return differences(old[name], now[name], place)
  })
}

// What lists share at both ends is left out, so that an entry put in front does not look like a change of all others.
function listDifferences(
  old: readonly unknown[],
  now: readonly unknown[],
  at: string,
): readonly FieldChange[] {
  const shorter = Math.min(old.length, now.length)
  let head = 0
  while (head < shorter && isSame(old[head], now[head])) head++
  let tail = 0
  while (tail < shorter - head && isSame(old.at(-1 - tail), now.at(-1 - tail))) tail++
  const before = old.slice(head, old.length - tail)
  const after = now.slice(head, now.length - tail)
  const place = (i: number) => `${at}[${head + i}]`
  if (before.length === after.length)
    return before.flatMap((item, i) => differences(item, after[i], place(i)))
  return [
    ...before.map((item, i) => ({ at: place(i), old: item })),
    ...after.map((item, i) => ({ at: place(i), new: item })),
  ]
}

const isSame = (a: unknown, b: unknown) => differences(a, b).length === 0

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
