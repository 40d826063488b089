// A message says the same time twice and more, and so do the messages of a batch; the last one is remembered.
let lastRead: { readonly text: string; readonly ms: number | undefined } | undefined

/** Milliseconds since the epoch of what a client calls a time; nothing when it cannot be told. */
export function readInstant(value: unknown): number | undefined {
  if (typeof value === 'number') return ofNumber(value)
  if (typeof value !== 'string') return undefined
  if (value !== lastRead?.text) lastRead = { text: value, ms: instantIn(value) }
  return lastRead.ms
}

function instantIn(value: string): number | undefined {
  // What every client library sends: 2026-11-22T09:17:44.000Z.
  const isUsual = value.length === 24 && value[10] === 'T' && value[23] === 'Z'
  const ms = isUsual && value[4] === '-' ? ofDay(value) : ofText(value)
  return ms >= earliest && ms < latest ? ms : undefined
}

// A day that its month does not have is no time: it would be taken for one of the next month.
function ofDay(value: string): number {
  const day = Number(value.slice(8, 10))
  const isThere = day <= 28 || new Date(`${value.slice(0, 10)}T00:00:00Z`).getUTCDate() === day
  return isThere ? Date.parse(value) : Number.NaN
}

const earliest = Date.UTC(1900)
const latest = 1e14

// Between 1973 and 5138 seconds and milliseconds cannot be mistaken for each other.
function ofNumber(value: number): number | undefined {
  if (value >= 1e11 && value < 1e14) return Math.trunc(value)
  return value >= 1e8 && value < 1e11 ? Math.trunc(value * 1000) : undefined
}

const iso =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,9}))?\s?([Zz]|[+-]\d\d(?::?\d\d)?)?)?$/
const digits = /^\d{9,13}(?:\.\d+)?$/

function ofText(value: string): number {
  const found = iso.exec(value.trim())
  if (!found) return digits.test(value) ? (ofNumber(Number(value)) ?? Number.NaN) : Number.NaN
  const [, day = '', minute = '00:00', second = ':00', fraction = '', zone] = found
  const milli = fraction.padEnd(3, '0').slice(0, 3)
  return ofDay(`${day}T${minute}${second}.${milli}${zoneOf(zone)}`)
}

// A time without a zone is taken as UTC: the zone of this machine has nothing to do with it.
function zoneOf(zone: string | undefined): string {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 'Z'
  const minutes = zone.length > 3 ? zone.slice(-2) : '00'
  return `${zone.slice(0, 3)}:${minutes}`
}

/** What is known of when something happened, in milliseconds. */
export interface Moments {
  /** When it happened and when it was sent, by the client's clock. */
  readonly original?: number | undefined
  readonly sent?: number | undefined
  /** When it came, by ours. */
  readonly received: number
  /** A server may send what happened long ago as it was once sent; a page in a browser only what its clock says. */
  readonly sender: 'browser' | 'server'
}

/** A time by our clock, and whether the client's could not be believed. */
export interface Corrected {
  readonly at: number
  readonly isDoubtful: boolean
}

const dayMs = 24 * 60 * 60 * 1000
// Clients round, and read their clock twice.
const toleranceMs = 1000

/**
 * When something happened by our clock: received − (sent − original). A skew of more than a day is doubted: from a
 * browser it is the clock, so it is corrected; from a server it is history sent again, so it stays as it says. What
 * would have happened after it came, or in another age, happened when it came.
 */
export function correctInstant({ original, sent, received, sender }: Moments): Corrected {
  if (original === undefined) return { at: received, isDoubtful: false }
  const skew = sent === undefined ? 0 : received - sent
  const isSkewed = Math.abs(skew) > dayMs
  const at = isSkewed && sender === 'server' ? original : original + skew
  if (at < earliest || at > received + toleranceMs) return { at: received, isDoubtful: true }
  return { at: Math.min(at, received), isDoubtful: isSkewed }
}
