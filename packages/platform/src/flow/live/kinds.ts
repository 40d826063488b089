import { eventFieldsOf, problemsOfCondition, typesOf, whyNotLive } from '#actions'
import { type Catalogue, defineKind, type Kind, type KindName } from '#definitions'
import type { Problem } from '#kernel/fault.ts'
import type { LakeField } from '#lake'
import { type Counter, type CounterBody, counterSchema } from './definition.ts'
import { liveFaults } from './faults.ts'

const counterName: KindName<CounterBody> = { kind: 'live_counter' }

/** The live counters among definitions. */
export const countersIn = (all: Catalogue): readonly Counter[] => all.list(counterName)

/** The fields of a stream that receives events and only grows; nothing for others. */
export type EventFieldsIn = (stream: string, all: Catalogue) => readonly LakeField[] | undefined

/** The kind of live counters. */
export const counterKind = (eventFields: EventFieldsIn): Kind<CounterBody> =>
  defineKind({
    kind: counterName.kind,
    label: 'Live counter',
    schema: counterSchema,
    sample: `kind: live_counter
key: views_today
label: Products looked at, last 24 hours
event: site
where: { field: event, op: '=', value: Product Viewed }
window: 24 hours
`,
    needs: ({ event }) => [{ kind: 'stream', key: event, at: 'event' }],
    check: (body, all) => problemsOf(body, all, eventFields),
  })

function problemsOf(
  { event, where }: CounterBody,
  all: Catalogue,
  eventFields: EventFieldsIn,
): readonly Problem[] {
  const known = eventFields(event, all)
  if (known === undefined)
    return all.find('stream', event)
      ? liveFaults.not_receiving({ stream: event }, { at: 'event' }).problems
      : []
  if (where === undefined) return []
  const fields = eventFieldsOf(known)
  const problems = problemsOfCondition(where, { fields: typesOf(fields), on: event }, 'where')
  const why = whyNotLive(where, fields)
  if (problems.length > 0 || why === undefined) return problems
  return liveFaults.not_live({ why }, { at: 'where' }).problems
}
