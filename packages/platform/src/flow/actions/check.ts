import type { Catalogue } from '#definitions'
import type { Shapes } from '#insights'
import { joinPlace, type Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { LakeField } from '#lake'
import type { Model } from '#model'
import type { Condition } from '#segments'
import { type AskedFields, problemsOfCondition } from './asked.ts'
import type {
  ActionBody,
  EventTrigger,
  InsightTrigger,
  RowTrigger,
  SegmentTrigger,
  Trigger,
} from './definition.ts'
import { sourceOf } from './deliver.ts'
import { eventFieldsOf, typesOf } from './event-fields.ts'
import { actionFaults } from './faults.ts'
import { isTimeZone } from './quiet.ts'

/** What may be spoken of, read from the other definitions. */
export interface KnownAround {
  readonly modelIn: (all: Catalogue) => Model
  readonly shapesIn: (all: Catalogue) => Shapes
  /** The fields of a stream that receives events and only grows; nothing for others. */
  readonly eventFields: (stream: string, all: Catalogue) => readonly LakeField[] | undefined
  /** What is wrong with a condition on the live profile; places begin at `at`. */
  readonly problemsOfWho: (who: Condition, all: Catalogue, at: string) => readonly Problem[]
  /** The names of the body forms that there are. */
  readonly forms: readonly string[]
}

/** Everything that is wrong with an action. */
export function problemsOfAction(
  body: ActionBody,
  all: Catalogue,
  of: KnownAround,
): readonly Problem[] {
  const around = { ...of, all }
  return [
    ...problemsOfTrigger(body.when, around, 'when'),
    ...(body.suppress ?? []).flatMap(({ when }, i) =>
      problemsOfTrigger(when, around, `suppress[${i}].when`),
    ),
    ...problemsOfTimes(body),
    ...problemsOfAttributes(body, around),
    ...problemsOfForm(body, of.forms),
    ...problemsOfConsent(body),
  ]
}

interface Around extends KnownAround {
  readonly all: Catalogue
}

function problemsOfTrigger(when: Trigger, around: Around, at: string): readonly Problem[] {
  if ('event' in when) return problemsOfEvent(when, around, at)
  if ('row' in when) return problemsOfRow(when, around, at)
  if ('insight' in when) return problemsOfInsight(when, around, at)
  return problemsOfSegment(when, around, at)
}

function problemsOfSegment({ segment }: SegmentTrigger, { all }: Around, at: string) {
  const on = all.find<{ on?: string }>('segment', segment)?.body.on ?? 'individual'
  if (on === 'individual') return []
  return actionFaults.not_people({ segment, on }, { at: joinPlace(at, 'segment') }).problems
}

function problemsOfEvent(when: EventTrigger, around: Around, at: string): readonly Problem[] {
  const { event, person, where, among, who } = when
  const fields = fieldsOf(when, around)
  // A stream that is not defined is told by whoever looks after needs.
  if (fields === undefined)
    return around.all.find('stream', event)
      ? actionFaults.not_receiving({ stream: event }, { at: joinPlace(at, 'event') }).problems
      : []
  const unknown =
    person === undefined || Object.hasOwn(fields, person)
      ? []
      : unknownField(`"${event}"`, person, fields, joinPlace(at, 'person'))
  return [
    ...unknown,
    ...(who === undefined ? [] : around.problemsOfWho(who, around.all, joinPlace(at, 'who'))),
    ...(among === undefined
      ? []
      : problemsOfCondition(among, { fields, on: event }, joinPlace(at, 'among'))),
    ...(where === undefined
      ? []
      : problemsOfCondition(where, { fields, on: event }, joinPlace(at, 'where'))),
  ]
}

function problemsOfRow(when: RowTrigger, around: Around, at: string): readonly Problem[] {
  const model = around.modelIn(around.all)
  if (!model.find(when.row)) {
    const near = didYouMean(
      when.row,
      model.objects.map(({ key }) => key),
    )
    return actionFaults.unknown_object({ object: when.row, near }, { at: joinPlace(at, 'row') })
      .problems
  }
  if (when.where === undefined) return []
  return problemsOfCondition(
    when.where,
    { fields: fieldsOf(when, around) ?? {}, on: sourceOf(when) },
    joinPlace(at, 'where'),
  )
}

function problemsOfInsight(when: InsightTrigger, around: Around, at: string): readonly Problem[] {
  const shape = around.shapesIn(around.all).shapes.get(when.insight)
  // One that is missing or wrong itself is told elsewhere.
  if (!shape) return []
  if (shape.on !== 'individual' || shape.dimensions.length !== 1) {
    const by = shape.dimensions.join(', ') || 'nothing'
    return actionFaults.several_rows(
      { insight: when.insight, by },
      { at: joinPlace(at, 'insight') },
    ).problems
  }
  const types = [...shape.measures.values()]
  // Before its first run the types are not known; then nothing can be said of the condition.
  if (types.includes(undefined)) return []
  return problemsOfCondition(
    when.where,
    { fields: fieldsOf(when, around) ?? {}, on: sourceOf(when) },
    joinPlace(at, 'where'),
  )
}

/** The fields of what a trigger watches; undefined where that is not there. */
function fieldsOf(when: Trigger, { all, ...of }: Around): AskedFields | undefined {
  if ('event' in when) {
    const fields = of.eventFields(when.event, all)
    return fields && typesOf(eventFieldsOf(fields))
  }
  if ('row' in when) {
    const object = of.modelIn(all).find(when.row)
    return object && typesIn(object.fields)
  }
  if ('insight' in when) {
    const shape = of.shapesIn(all).shapes.get(when.insight)
    return (
      shape &&
      Object.fromEntries([...shape.measures].map(([name, type]) => [name, type ?? 'number']))
    )
  }
  return {}
}

const typesIn = (fields: Readonly<Record<string, { type: AskedFields[string] }>>): AskedFields =>
  Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, type]))

function unknownField(
  on: string,
  field: string,
  fields: AskedFields,
  at: string,
): readonly Problem[] {
  const near = didYouMean(field, Object.keys(fields))
  return actionFaults.unknown_field({ on, field, near }, { at }).problems
}

function problemsOfTimes({ quiet_hours, when, often, suppress, after }: ActionBody) {
  const problems: Problem[] = []
  if (quiet_hours && !isTimeZone(quiet_hours.time_zone)) {
    const place = { at: 'quiet_hours.time_zone' }
    problems.push(
      ...actionFaults.unknown_time_zone({ zone: quiet_hours.time_zone }, place).problems,
    )
  }
  if (quiet_hours && quiet_hours.from === quiet_hours.to)
    problems.push(...actionFaults.no_quiet_time({}, { at: 'quiet_hours.to' }).problems)
  if ('insight' in when && often === 'each')
    problems.push(...actionFaults.turns_true({}, { at: 'often' }).problems)
  if (suppress && after === undefined && quiet_hours?.meanwhile !== 'wait')
    problems.push(...actionFaults.nothing_waits({}, { at: 'suppress' }).problems)
  return problems
}

function problemsOfAttributes(
  { attributes = [], when }: ActionBody,
  around: Around,
): readonly Problem[] {
  const { id: _, ...person } = typesIn(around.modelIn(around.all).get('individual').fields)
  const own = fieldsOf(when, around)
  return attributes.flatMap((one, i) => {
    const at = `attributes[${i}]`
    const isTwice = attributes
      .slice(0, i)
      .some(({ as }) => as.toLowerCase() === one.as.toLowerCase())
    const twice = isTwice
      ? actionFaults.duplicate_attribute({ as: one.as }, { at: `${at}.as` }).problems
      : []
    if ('profile' in one)
      return Object.hasOwn(person, one.profile)
        ? twice
        : [...twice, ...unknownField('a profile', one.profile, person, `${at}.profile`)]
    if (own === undefined || Object.hasOwn(own, one.field)) return twice
    return [...twice, ...unknownField('what triggers it', one.field, own, `${at}.field`)]
  })
}

function problemsOfConsent({ consent, attributes = [] }: ActionBody): readonly Problem[] {
  const named = consent?.contact_point
  const names = attributes.map((one) => one.as)
  if (named === undefined || names.includes(named)) return []
  return actionFaults.unknown_contact_point(
    { as: named, near: didYouMean(named, names) },
    { at: 'consent.contact_point' },
  ).problems
}

function problemsOfForm({ target }: ActionBody, forms: readonly string[]): readonly Problem[] {
  if (!('webhook' in target) || target.webhook.form === undefined) return []
  const { form } = target.webhook
  return forms.includes(form)
    ? []
    : actionFaults.unknown_form({ form, forms }, { at: 'target.webhook.form' }).problems
}
