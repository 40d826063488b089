/** Where something stands, what it was before, and what was taken back. */
export interface History<T> {
  readonly now: T
  readonly past: readonly T[]
  readonly future: readonly T[]
  /** When it was last changed. */
  readonly at: number
}

// What is typed in one go is taken back in one go.
const oneGoMs = 700
const mostSteps = 200

/** The history after a change. */
export function changed<T>(history: History<T>, next: T, at: number): History<T> {
  const { now, past } = history
  const isOneGo = past.length > 0 && history.future.length === 0 && at - history.at < oneGoMs
  return {
    now: next,
    past: isOneGo ? past : [...past, now].slice(-mostSteps),
    future: [],
    at,
  }
}

/** The history after a step back; the next change begins a new step. */
export function undone<T>(history: History<T>): History<T> {
  const { now, past, future } = history
  const before = past.at(-1)
  if (before === undefined) return history
  return { now: before, past: past.slice(0, -1), future: [now, ...future], at: 0 }
}

/** The history after a step forward again. */
export function redone<T>(history: History<T>): History<T> {
  const { now, past, future } = history
  const [next, ...rest] = future
  if (next === undefined) return history
  return { now: next, past: [...past, now], future: rest, at: 0 }
}
