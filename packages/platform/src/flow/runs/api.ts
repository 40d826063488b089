import {
  flag,
  key,
  list,
  number,
  object,
  oneOf,
  optional,
  type Read,
  text,
  whole,
} from '#kernel/read.ts'

export const runBody = object({
  nodes: optional(list(text(), { description: 'Only these, with what is stale above them.' })),
  all: optional(
    flag({
      description: 'Also what waits for its schedule or to be asked, whether it is due or not.',
    }),
  ),
})
export const runStarted = object({ job: text() })

/** One node that was refreshed, or why it was not. */
export const runStep = object({
  node: text(),
  why: text(),
  state: oneOf(['done', 'failed', 'left out']),
  changed: flag(),
  rows: optional(number()),
  ms: number(),
  note: optional(text()),
  /** Until when it is left out, where it waits for a time. */
  until: optional(text()),
  fault: optional(text()),
  /** The code of the fault. */
  code: optional(text()),
})
export type RunStep = Read<typeof runStep>

/** What a run did, node by node in the order of the flow. */
export const runResult = object({
  steps: list(runStep),
  failed: number(),
  /** Deliveries that are still on their way. */
  waiting: number(),
})
export type RunResult = Read<typeof runResult>

/** The whole flow in a few figures. */
export const summary = object({
  sources: list(
    object({ stream: key(), label: text(), rows: number(), rejected: number(), people: flag() }),
  ),
  source_records: number(),
  profiles: number(),
  /** 1 - profiles / source records. */
  consolidation_rate: number(),
  insights: list(object({ key: key(), label: text(), rows: number() })),
  segments: list(object({ key: key(), label: text(), members: number() })),
  deliveries: list(
    object({
      activation: key(),
      label: text(),
      queued: number(),
      delivered: number(),
      waiting: number(),
      dead: number(),
    }),
  ),
})
export type Summary = Read<typeof summary>

const bytes = number()

/** What is left of the machine, and what the data folder takes. */
export const machineAnswer = object({
  started_at: text(),
  threads: number(),
  query_timeout_ms: number({ description: 'How long a question that a person asks may take.' }),
  memory: object({ total: bytes, free: bytes, process: bytes, engine_limit: bytes }),
  disk: object({ total: bytes, free: bytes }),
  data: list(object({ name: text(), bytes }), {
    description: 'Files and folders of the data folder, the largest first.',
  }),
})
export type Machine = Read<typeof machineAnswer>

/** One setting as this process has read it. */
const settingAnswer = object({
  name: text(),
  about: text(),
  expects: text(),
  value: text(),
  unless_set: text(),
  from: oneOf(['environment', 'unless set']),
})
export type SettingAnswer = Read<typeof settingAnswer>
export const settingsAnswer = list(settingAnswer)

export const importQuery = object({
  name: text({ minLength: 1, maxLength: 200 }),
  key: optional(key()),
})
export const importAnswer = object({
  job: text(),
  stream: key(),
  mapped: flag(),
  change: optional(
    whole({ description: 'The change of definitions that was made, if one was needed.' }),
  ),
  fields: list(object({ name: text(), type: text(), fills: list(text()) })),
})
export type ImportAnswer = Read<typeof importAnswer>

/** A sender of events that is to be set up. */
export const newSender = object({
  key: key({ description: 'What the connection and its stream of events are called.' }),
  label: optional(text({ maxLength: 80 })),
  sender: optional(
    oneOf(['browser', 'server'], {
      description: 'Pages and apps, whose address is that of the visitor, or servers.',
    }),
  ),
  products: optional(
    key({
      description:
        'The source whose products its events speak of, by the qualifier of its mapping; its own unless set.',
    }),
  ),
})
export type NewSender = Read<typeof newSender>

/** A sender that was set up, with the key that it writes with. */
export const senderAnswer = object({ connection: key(), stream: key(), write_key: text() })
export type SenderAnswer = Read<typeof senderAnswer>
