import {
  either,
  exactly,
  list,
  object,
  oneOf,
  optional,
  record,
  text,
  whole,
} from '#kernel/read.ts'

export const nodeParams = object({ key: text({ minLength: 1 }) })

const freshness = either(
  exactly('live'),
  exactly('on demand'),
  exactly('by itself'),
  object({ atLeastEveryMs: whole() }),
  object({ everyMs: whole() }),
  object({ cron: text() }),
  object({ asksFor: list(text()) }),
)

/** What something waits for before it is refreshed, and until when where that is known. */
const waits = object({
  for: oneOf(['its time', 'being asked', 'another try', 'values']),
  until: optional(text()),
})

export const nodeAnswer = object({
  key: text(),
  kind: text(),
  label: text(),
  inputs: list(text()),
  freshness,
  state: oneOf(['fresh', 'stale', 'never built', 'running', 'failed', 'interrupted']),
  why: list(text({ description: 'Why it should be refreshed; none when it is up to date.' })),
  output: whole({ description: 'The position of its last change.' }),
  counts: record(whole()),
  note: optional(text()),
  refreshedAt: optional(text()),
  durationMs: optional(whole()),
  fault: optional(object({ code: text(), say: text() })),
  /** Why it is not refreshed at once although it is stale. */
  waits: optional(waits),
  nextAt: optional(text({ description: 'When its schedule comes round next.' })),
})

export const graphAnswer = object({
  nodes: list(nodeAnswer),
  edges: list(object({ from: text(), to: text() })),
})
