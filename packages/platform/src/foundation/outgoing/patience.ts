const secondMs = 1000
const hourMs = 3600 * secondMs
const dayMs = 24 * hourMs

/**
 * How long to wait before the next attempt: exponential with full jitter, so that many who failed together do not come
 * back together. `attempt` counts from 1; `random` gives 0 to 1.
 */
export function backoffMs(
  attempt: number,
  random: () => number,
  { firstMs = secondMs, mostMs = hourMs } = {},
): number {
  return Math.floor(random() * Math.min(mostMs, firstMs * 2 ** (attempt - 1)))
}

/** How long the receiver asked to be left alone, in seconds or until a date; at most a day. Nothing when it did not ask. */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
  now: Date,
): number | undefined {
  const text = headers['retry-after']?.trim() ?? ''
  const ms = /^\d+$/.test(text) ? Number(text) * secondMs : dateMs(text) - now.getTime()
  return Number.isNaN(ms) ? undefined : Math.min(dayMs, Math.max(0, ms))
}

// Dates of HTTP begin with the day's name; `Date.parse` alone takes nearly anything for a year.
const dateMs = (text: string) => (/^[A-Z][a-z]+,/.test(text) ? Date.parse(text) : Number.NaN)
