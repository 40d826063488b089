import {
  anything,
  flag,
  key,
  list,
  number,
  object,
  oneOf,
  optional,
  record,
  text,
  whole,
} from '#kernel/read.ts'

/** What opens a connection of events to a sender. */
export const writeKey = object({
  key: text(),
  connection: key(),
  label: text(),
  createdAt: text(),
  createdBy: text(),
  closedAt: optional(text()),
})

/** What a new write key is for. */
export const newWriteKey = object({
  connection: key({ description: 'A connection of the connector events.' }),
  label: optional(text({ maxLength: 80 })),
})

export const writeKeyParams = object({ key: text() })

const status = oneOf(['stored', 'duplicate', 'rejected', 'parked'])

/** An event as it was seen at the door. */
export const seenEvent = object({
  position: number({ description: 'Its place in the log.' }),
  status,
  reason: optional(text()),
  stream: text({ description: 'Empty when its write key opened nothing.' }),
  wire: text(),
  receivedAt: text(),
  value: record(anything()),
})

/** Which events are wanted. */
export const tailQuery = object({
  stream: optional(key()),
  status: optional(status),
  contains: optional(text({ maxLength: 200 })),
  after: optional(
    whole({ minimum: 0, description: 'Only events later than this place in the log.' }),
  ),
  wait: optional(
    whole({
      minimum: 0,
      maximum: 25,
      description: 'Seconds to wait for one when there is none yet.',
    }),
  ),
  limit: optional(whole({ minimum: 1, maximum: 500 })),
})

/** How the way in is doing. */
export const intakeState = object({
  log: object({
    head: number(),
    bytes: number(),
    waiting_bytes: number(),
    ids_known: number(),
    ids_memory_bytes: number(),
    ids_disk_bytes: number(),
    trouble: optional(text()),
  }),
  lake: object({
    position: number(),
    behind: number({ description: 'Lines of the log that are not in the lake yet, at most.' }),
    rounds: number(),
    last_round_ms: optional(number()),
    last_round_lines: optional(number()),
    trouble: optional(text()),
  }),
})

/** What is parked together: under a write key that opens nothing, or of a stream that does not receive. */
export const parkedKey = object({
  write_key: text({ description: 'Empty when events came without any.' }),
  stream: text({ description: 'Empty unless a stream does not receive.' }),
  count: number(),
  first_at: text(),
  last_at: text(),
  goes_at: text({ description: 'When the oldest of it is given up.' }),
  examples: list(record(anything())),
})

/** What is to be done with what is parked. */
export const adopt = object({
  write_key: text({ description: 'As the list has it; empty for events that came without any.' }),
  stream: optional(key({ description: 'The stream that it goes back to, where it has one.' })),
  connection: optional(
    key({ description: 'The connection of events that it was meant for, where it has no stream.' }),
  ),
  keep_key: optional(
    flag({
      description:
        'Make the key open the connection from now on; yes unless said otherwise. One that was closed stays closed.',
    }),
  ),
})
