import { column, type Draft, every, type Part, some, sql, typeName, value } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { compare } from './compare.ts'
import type { Condition, Membership } from './definition.ts'
import type { Ground } from './ground.ts'
import { gatherSources, type Sources, type Subject } from './sources.ts'
import { memberTable, personTable } from './tables.ts'

/**
 * Who is meant, as one query with one column `profile`. It expects what the check has accepted.
 * Each related object is read once, whatever is asked of it.
 */
export function compile({ include, exclude, time_zone }: Membership, ground: Ground): Draft {
  const sources = gatherSources(ground)
  const zone = time_zone ?? 'UTC'
  const person = { ground, sources, zone, field: fieldsOfPerson(ground) }
  const included = conditionIn(include, person)
  const excluded =
    exclude === undefined ? sql`` : sql`\n  and ${negated(conditionIn(exclude, person))}`
  return sql`select person.profile
from ${ground.instead?.people ?? personTable} person${sources.joins()}
where ${included}${excluded}`
}

/** What a condition is asked of: a person with all that is joined to them, or one row. */
interface Scope {
  readonly ground: Ground
  readonly sources: Sources
  readonly zone: string
  readonly field: (name: string) => Subject
}

/** A condition as SQL; its answer may be null, which stands for false. */
function conditionIn(condition: Condition, scope: Scope): Part {
  const inside = (of: Condition) => conditionIn(of, scope)
  // An empty "all" holds for everyone and an empty "any" for nobody.
  if ('all' in condition) return every(condition.all.map(inside))
  if ('any' in condition) return some(condition.any.map(inside))
  if ('not' in condition) return negated(inside(condition.not))
  if ('segment' in condition)
    return sql`person.profile in (${membersOf(condition.segment, scope.ground)})`
  const { ground, zone } = scope
  return compare({ ...subjectOf(condition, scope), asked: condition, now: ground.now, zone })
}

const membersOf = (segment: string, { instead }: Ground): Part =>
  instead?.members(segment) ??
  sql`select profile from ${memberTable} where segment = ${value(segment)}`

const negated = (condition: Part): Draft => sql`not coalesce(${condition}, false)`

type Asking = Extract<Condition, { op: unknown }>

function subjectOf(condition: Asking, { ground, sources, zone, field }: Scope): Subject {
  if ('field' in condition) return field(condition.field)
  if ('insight' in condition) return sources.insight(condition.insight)
  const row = { ground, sources, zone, field: fieldsOfRow(condition.related, ground) }
  return sources.measure(
    condition,
    condition.where === undefined ? undefined : conditionIn(condition.where, row),
  )
}

const fieldsOfPerson = ({ subjects, columns }: Ground) => {
  const there = columns('unified', 'individual')
  return (name: string) =>
    subjectFrom(subjects.person[name], there.has(name), column(name, 'person'))
}

const fieldsOfRow = (object: string, { subjects, columns }: Ground) => {
  const there = columns('model', object)
  const types = subjects.objects.get(object) ?? {}
  return (name: string) => subjectFrom(types[name], there.has(name), column(name))
}

function subjectFrom(type: FieldType | undefined, isThere: boolean, of: Part): Subject {
  if (type === undefined) throw new Error('a field was not checked')
  return { type, of: isThere ? of : sql`cast(null as ${typeName(type)})` }
}
