import { anything, flag, key, list, object, oneOf, optional, text, whole } from '#kernel/read.ts'
import { readReference, readSourceFile } from './definition.ts'

const digits = (description: string) =>
  text({ pattern: '^\\d{1,15}$', expected: 'a number in digits such as 12', description })

export const kindParams = object({ kind: key() })
export const definitionParams = readReference
export const changeParams = object({ number: digits('The number of a change.') })

/** A body on its way in; `over` is the version that the writer has seen, so that nobody's work is lost. */
export const putBody = object({ body: anything(), over: optional(whole({ minimum: 0 })) })
export const filesBody = object({
  files: list(readSourceFile),
  prune: optional(flag({ description: 'Remove what the files do not speak of.' })),
})
export const changesQuery = object({
  before: optional(digits('Only changes before this number.')),
  limit: optional(digits('How many at most; 100 unless set.')),
})

export const definitionAnswer = object({
  kind: key(),
  key: key(),
  version: whole(),
  changedAt: text(),
  body: anything(),
})

const did = oneOf(['create', 'change', 'remove'])

export const versionAnswer = object({
  kind: key(),
  key: key(),
  version: whole(),
  did,
  body: anything({ description: 'Null where it was removed.' }),
  change: whole(),
  at: text(),
  by: text(),
})

export const changeAnswer = object({
  number: whole(),
  verb: oneOf(['apply', 'put', 'remove', 'undo']),
  at: text(),
  by: text(),
  undoes: optional(whole()),
  undoneBy: optional(whole()),
  did: list(object({ kind: key(), key: key(), version: whole(), did })),
})

/** What a change answers; without a change when nothing had to be changed. */
export const changedAnswer = object({
  /** What was planned, as text; where files were applied. */
  text: optional(text()),
  change: optional(changeAnswer),
})

const placedProblem = object({
  code: text(),
  at: text(),
  say: text(),
  path: text(),
  file: optional(text()),
  line: optional(whole()),
  column: optional(whole()),
})

const planned = { kind: key(), key: key(), body: anything(), from: optional(text()) }

export const planAnswer = object({
  create: list(object(planned)),
  change: list(
    object({
      ...planned,
      over: whole(),
      fields: list(object({ at: text(), old: optional(anything()), new: optional(anything()) })),
    }),
  ),
  remove: list(object({ kind: key(), key: key(), over: whole() })),
  unchanged: list(readReference),
  problems: list(placedProblem),
  warnings: list(placedProblem, {
    description: 'What should be known before it is applied, and does not stand in the way.',
  }),
  text: text({ description: 'The plan as people read it.' }),
})
