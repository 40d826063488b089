import type { Body } from '../../lib/body.ts'
import { knownOf, missingIn, parametersIn } from './given.ts'

/** What a condition of each kind begins with. */
export const beginnings = {
  field: { field: '', op: '=' },
  related: { related: '' },
  insight: { insight: '', op: '>=' },
  segment: { segment: '' },
  consent: { consent: { channel: '', status: 'opted_in' } },
  sequence: { sequence: [{ related: '' }, { related: '' }] },
  all: { all: [] },
  any: { any: [] },
} as const satisfies Readonly<Record<string, Body>>

/** A kind of condition that can be added. */
export type Beginning = keyof typeof beginnings

/** Conditions on one row know only its fields, and groups. */
export const beginningsOfRows = ['field', 'all', 'any'] as const satisfies readonly Beginning[]
export const beginningsOfPeople = [
  'field',
  'related',
  'insight',
  'segment',
  'consent',
  'sequence',
  'all',
  'any',
] as const satisfies readonly Beginning[]

/** Whom a definition means, without what only names it; nothing where it does not say, or asks for values that nobody gave. */
export function questionIn(body: Body, given: Body = {}): Body | undefined {
  const { on, include, exclude, time_zone, parameters, rank, sql, waterfall } = body
  if (sql !== undefined) return { on, sql }
  if (waterfall !== undefined) return { on, waterfall }
  const known = parametersIn(body)
  if (include === undefined || missingIn(given, known).length > 0) return undefined
  const values = known.length === 0 ? {} : { given: knownOf(given, known) }
  return { on, include, exclude, time_zone, parameters, rank, ...values }
}
