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
  object({ everyMs: whole() }),
)

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
})

export const graphAnswer = object({
  nodes: list(nodeAnswer),
  edges: list(object({ from: text(), to: text() })),
})
