import { consentOf, type DestinationBody, type Foresight } from '#activation'
import type { Catalogue } from '#definitions'
import type { Shapes } from '#insights'
import { Fault, joinPlace, type Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { LakeField } from '#lake'
import { type Model, pathTo } from '#model'
import { type Condition, isUnified } from '#segments'
import { type AskedFields, problemsOfCondition } from './asked.ts'
import { problemsOfTarget } from './check-target.ts'
import { withoutPoint } from './consent.ts'
import type {
  ActionBody,
  Attribute,
  EventTrigger,
  InsightTrigger,
  RowTrigger,
  SegmentTrigger,
  Trigger,
} from './definition.ts'
import { sourceOf } from './deliver.ts'
import { eventFieldsOf, typesOf } from './event-fields.ts'
import { actionFaults } from './faults.ts'
import { profileFields } from './profile-lane.ts'
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
  /** Why a place is never called, where that is known beforehand. */
  readonly refusalOf?: Foresight['refusalOf'] | undefined
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
    ...problemsOfTarget(body, around),
    ...problemsOfConsent(body, around),
  ]
}

interface Around extends KnownAround {
  readonly all: Catalogue
}

function problemsOfTrigger(when: Trigger, around: Around, at: string): readonly Problem[] {
  if ('event' in when) return problemsOfEvent(when, around, at)
  if ('row' in when) return problemsOfRow(when, around, at)
  return 'insight' in when ? problemsOfInsight(when, around, at) : []
}

/** What the members of a segment are: `individual`, `account`, or another object. */
export const membersIn = (all: Catalogue, segment: string): string =>
  all.find<{ on?: string }>('segment', segment)?.body.on ?? 'individual'

/** The fields that tell the rows of a stream apart; none where nothing does. */
export const keysIn = (all: Catalogue, stream: string): readonly string[] =>
  all.find<{ primary_key?: readonly string[] }>('stream', stream)?.body.primary_key ?? []

/** What a trigger is about, where that never is a person; nothing where it may be one. */
function aboutNobody(when: Trigger, { all, modelIn }: Around): string | undefined {
  if ('segment' in when) {
    const on = membersIn(all, when.segment)
    return on === 'individual' ? undefined : `a member of "${when.segment}" (${on})`
  }
  if ('profile' in when)
    return when.on === 'account' ? 'an account that is merged or split' : undefined
  if (!('row' in when)) return undefined
  const model = modelIn(all)
  const object = model.find(when.row)
  if (!object || pathTo(model, object, 'individual')) return undefined
  return `a row of "${when.row}"`
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
  const { where, was, change } = when
  const asked = { fields: fieldsOf(when, around) ?? {}, on: sourceOf(when) }
  const before =
    was === undefined || change === 'changed'
      ? []
      : actionFaults.no_before(
          { what: `a row that is ${changeWords[change]}` },
          { at: joinPlace(at, 'was') },
        ).problems
  return [
    ...(where === undefined ? [] : problemsOfCondition(where, asked, joinPlace(at, 'where'))),
    ...before,
    ...(was === undefined ? [] : problemsOfCondition(was, asked, joinPlace(at, 'was'))),
  ]
}

const changeWords: Readonly<Record<RowTrigger['change'], string>> = {
  created: 'created',
  changed: 'changed',
  deleted: 'taken away',
  any: 'created or changed',
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
  return 'profile' in when ? profileFields : fieldsOfMembers(when, { all, ...of })
}

/** The fields of members that are no people; what people have is that of their profile. */
function fieldsOfMembers({ segment }: SegmentTrigger, { all, modelIn }: Around): AskedFields {
  const on = membersIn(all, segment)
  const { id, ...fields } = modelIn(all).find(on)?.fields ?? {}
  if (on === 'individual') return {}
  // The id of a record belongs to its source; an account has its own, and other things have no better one.
  return typesIn(isUnified(on) || id === undefined ? fields : { id, ...fields })
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
  { attributes = [], when, target }: ActionBody,
  around: Around,
): readonly Problem[] {
  const { id: _, ...person } = typesIn(around.modelIn(around.all).get('individual').fields)
  const own = fieldsOf(when, around)
  const nobody = aboutNobody(when, around)
  return attributes.flatMap((one, i) => {
    const at = `attributes[${i}]`
    const sourceProblems =
      'profile' in one
        ? problemsOfProfile(one.profile, { person, nobody }, `${at}.profile`)
        : problemsOfField(one, { own, when }, at)
    // A webhook has what was before apart; a destination gets one row.
    const isApart = (other: Attribute) => 'webhook' in target && 'was' in other !== 'was' in one
    const isTwice = attributes
      .slice(0, i)
      .some((other) => other.as.toLowerCase() === one.as.toLowerCase() && !isApart(other))
    const place = { at: `${at}.as` }
    return [
      ...(isTwice ? actionFaults.duplicate_attribute({ as: one.as }, place).problems : []),
      ...sourceProblems,
    ]
  })
}

function problemsOfProfile(
  field: string,
  { person, nobody }: { readonly person: AskedFields; readonly nobody: string | undefined },
  at: string,
): readonly Problem[] {
  if (nobody !== undefined)
    return actionFaults.no_person({ what: nobody, lacks: 'no profile' }, { at }).problems
  return Object.hasOwn(person, field) ? [] : unknownField('a profile', field, person, at)
}

function problemsOfField(
  one: Exclude<Attribute, { profile: string }>,
  { own, when }: { readonly own: AskedFields | undefined; readonly when: Trigger },
  at: string,
): readonly Problem[] {
  const [word, field] = 'was' in one ? ['was', one.was] : ['field', one.field]
  const place = { at: `${at}.${word}` }
  if ('was' in one && !changesRows(when))
    return actionFaults.no_before({ what: 'what triggers it' }, place).problems
  if (own === undefined || Object.hasOwn(own, field)) return []
  return unknownField('what triggers it', field, own, place.at)
}

const changesRows = (when: Trigger): boolean =>
  'row' in when && (when.change === 'changed' || when.change === 'any')

function problemsOfConsent(
  { consent, attributes = [], when, target }: ActionBody,
  around: Around,
): readonly Problem[] {
  const named = consent?.contact_point
  const names = attributes.flatMap((one) => ('was' in one ? [] : [one.as]))
  if (named === undefined) {
    const what = aboutNobody(when, around)
    const at = what === undefined ? undefined : whereAskedOfPeople({ consent, target }, around)
    if (what === undefined || at === undefined) return []
    return actionFaults.no_person({ what, lacks: 'nobody who could have agreed' }, { at }).problems
  }
  if (names.includes(named)) return []
  return actionFaults.unknown_contact_point(
    { as: named, near: didYouMean(named, names) },
    { at: 'consent.contact_point' },
  ).problems
}

interface Asking {
  readonly consent: ActionBody['consent'] | undefined
  readonly target: ActionBody['target']
}

/** Where consent is asked of the person, and not of whoever has a contact point; nowhere where none is. */
function whereAskedOfPeople({ consent, target }: Asking, { all }: Around): string | undefined {
  const there =
    'destination' in target
      ? all.find<DestinationBody>('destination', target.destination)?.body
      : undefined
  const asked = there && askedBy(there, consent)
  if (asked) return asked.attribute === undefined ? askedAt(consent) : undefined
  return consent && 'consent'
}

function askedBy(there: DestinationBody, consent: ActionBody['consent']) {
  try {
    return consentOf(consent && withoutPoint(consent), there)
  } catch (thrown) {
    // Settings that are wrong are told at the destination.
    if (thrown instanceof Fault) return undefined
    throw thrown
  }
}

const askedAt = (consent: ActionBody['consent']) =>
  consent === undefined ? 'target.destination' : 'consent'
