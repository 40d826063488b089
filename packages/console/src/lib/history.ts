/** Where something stands, what it was before, and what was taken back. */
export interface History<T> {
  readonly now: T
  readonly past: readonly T[]
  readonly future: readonly T[]
  /** When it was last changed. */
  readonly at: number
  /** Where it was last changed, if that was one text or number. */
  readonly place?: string | undefined
}

// What is typed in one go is taken back in one go.
const oneGoMs = 700
const mostSteps = 200

/** The history after a change. What is typed into one place is one step; whatever else is changed is a step of its own. */
export function changed<T>(history: History<T>, next: T, at: number): History<T> {
  const { now, past, future } = history
  const place = typedPlace(now, next)
  const isSamePlace = place !== undefined && place === history.place
  const isOneGo = isSamePlace && past.length > 0 && future.length === 0 && at - history.at < oneGoMs
  return {
    now: next,
    past: isOneGo ? past : [...past, now].slice(-mostSteps),
    future: [],
    at,
    place,
  }
}

/** The place of the one text or number in which two values differ; nothing when they differ in anything else. */
function typedPlace(before: unknown, after: unknown): string | undefined {
  if (isTyped(before) && isTyped(after)) return ''
  if (!isKept(before) || !isKept(after) || Array.isArray(before) !== Array.isArray(after))
    return undefined
  const [then, now] = [Object.entries(before), Object.entries(after)]
  const hasSameMembers = then.length === now.length && then.every(([name]) => name in after)
  if (!hasSameMembers) return undefined
  const [first, ...others] = now.filter(
    ([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value),
  )
  if (!first || others.length > 0) return undefined
  const [name, value] = first
  const inside = typedPlace(before[name], value)
  return inside === undefined ? undefined : `${name}/${inside}`
}

const isTyped = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number'

const isKept = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** The history after a step back; the next change begins a new step. */
export function undone<T>(history: History<T>): History<T> {
  const { now, past, future } = history
  const before = past.at(-1)
  if (before === undefined) return history
  return { now: before, past: past.slice(0, -1), future: [now, ...future], at: 0, place: undefined }
}

/** The history after a step forward again. */
export function redone<T>(history: History<T>): History<T> {
  const { now, past, future } = history
  const [next, ...rest] = future
  if (next === undefined) return history
  return { now: next, past: [...past, now], future: rest, at: 0, place: undefined }
}
