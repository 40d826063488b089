import { flag, key, list, number, object, oneOf, optional, type Read, text } from '#kernel/read.ts'

/** What became of what arrived; `received` is the sum of the others. */
const fates = {
  received: number(),
  stored: number(),
  unchanged: number(),
  duplicate: number(),
  rejected: number(),
  parked: number(),
  deleted: number(),
  mended: number({ description: 'Rejected once, and taken after it was mended.' }),
}

export const streamParams = object({ key: key() })

/** Which hours are asked for; the last 48 unless said otherwise. */
export const hoursQuery = object({
  from: optional(text({ description: 'ISO 8601.' })),
  to: optional(text({ description: 'ISO 8601.' })),
})

/** What became of what arrived, hour by hour. */
export const streamHours = object({
  stream: text(),
  from: text(),
  to: text(),
  waiting: number({ description: 'Lines that are in the log and not in the lake yet.' }),
  totals: object(fates),
  balanced: flag({ description: 'In every hour, what was received is the sum of its fates.' }),
  hours: list(object({ hour: text(), ...fates })),
})
export type StreamHours = Read<typeof streamHours>

/** An hour in which a stream brought far more or far less than it does at that time of day. */
export const alert = object({
  stream: text(),
  label: text(),
  hour: text(),
  received: number(),
  expected: number({ description: 'The median of the same hour of the four weeks before.' }),
  low: number(),
  high: number(),
  kind: oneOf(['low', 'high']),
  say: text(),
})
export type Alert = Read<typeof alert>
