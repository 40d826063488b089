import { column, type Draft, every, join, type Part, some, sql, value } from '#engine'
import { modelTable, systemColumns } from '#model'
import { compare } from './compare.ts'
import {
  type Condition,
  type Membership,
  membershipOf,
  type Rank,
  type SegmentDefinition,
} from './definition.ts'
import type { Ground } from './ground.ts'
import { settle } from './parameters.ts'
import { type Asked, askRows, type Subject } from './rows.ts'
import { followed } from './sequences.ts'
import { type AskRow, gatherSources, type Sources } from './sources.ts'
import { checkedSql } from './sql-segment.ts'
import { isUnified, personSubject } from './subjects.ts'
import { memberTable, unifiedTableOf } from './tables.ts'
import { partsOf } from './walk.ts'

/**
 * Who is meant by a condition or by a segment of any kind, as one query with one column `profile`. It expects what the check
 * has accepted. Each related object is read once, whatever is asked of it.
 */
export function compile(of: Membership | SegmentDefinition, ground: Ground): Draft {
  if ('sql' in of) return sqlMembers(of.sql, ground)
  if ('waterfall' in of)
    return sql`select profile from (
${firstFits(of.waterfall, ground)}
) fitting`
  return compileMembership(valued(of), ground)
}

// Where nothing else is given, parameters have their defaults.
const valued = (of: Membership): Membership =>
  of.parameters === undefined ? of : settle(of).membership

function compileMembership(of: Membership, ground: Ground): Draft {
  const scope = scopeOf(of, ground)
  const held = holds(of, scope)
  if (of.rank === undefined)
    return sql`select person.profile
${from(scope)}
${where([held], scope)}`
  const place = placeIn(of.rank, scope)
  return sql`select profile from (
select person.profile, ${place} as place
${from(scope)}
${where([held], scope)}
) ranked where place <= ${value(of.rank.first)}`
}

/**
 * Who is meant by each of several memberships without ranks, as one query with `segment` and `profile`: whatever several of
 * them look at is read and computed once.
 */
export function compileTogether(all: ReadonlyMap<string, Membership>, ground: Ground): Draft {
  const scope = scopeOf({}, ground)
  const flags = [...all.values()].map((of) => {
    const settled = valued(of)
    const held = holds(settled, { ...scope, zone: settled.time_zone ?? 'UTC' })
    return sql`case when ${held} then '1' else '0' end`
  })
  const places = [...all.keys()].map((key, i) => sql`(${value(i + 1)}, ${value(key)})`)
  return sql`select k.segment, a.profile from (
select person.profile, concat(${join(flags)}) as flags
${from(scope)}
${where([], scope)}
) a cross join (values ${join(places)}) k(place, segment) where substr(a.flags, k.place, 1) = '1'`
}

/**
 * Whom each of several memberships without ranks means, at most sixty: `profile`, and `bits`, of which the lowest tells of
 * the first. Whom none means is not there.
 */
export function compileBits(all: readonly Membership[], ground: Ground): Draft {
  const scope = scopeOf({}, ground)
  const bits = all.map((of, i) => {
    const settled = valued(of)
    const held = holds(settled, { ...scope, zone: settled.time_zone ?? 'UTC' })
    return sql`case when ${held} then ${value(2n ** BigInt(i))} else 0 end`
  })
  return sql`select profile, bits from (
select person.profile, ${join(bits, sql` + `)} as bits
${from(scope)}
${where([], scope)}
) a where bits <> 0`
}

/** The first of these segments that fits each person: `profile`, `segment`. Who fits none is not there. */
export function firstFits(segments: readonly string[], ground: Ground): Draft {
  const scope = scopeOf({}, ground)
  const cases = segments.map((key) => sql`when ${definedIn(key, scope)} then ${value(key)}`)
  return sql`select profile, segment from (
select person.profile, case ${join(cases, sql` `)} end as segment
${from(scope)}
${where([], scope)}
) fitting where segment is not null`
}

/** How many people each condition holds for, and all of them together: `n0` for all people, `n1` for the members, then one each. */
export function compileCounts(
  of: Membership,
  conditions: readonly Condition[],
  ground: Ground,
): Draft {
  const scope = scopeOf(of, ground)
  const counted = [holds(of, scope), ...conditions.map((one) => conditionIn(one, scope))]
  const counts = counted.map(
    (one, i) => sql`count(*) filter (where ${one}) as ${column(`n${i + 1}`)}`,
  )
  return sql`select ${join([sql`count(*) as n0`, ...counts])}
${from(scope)}
${where([], scope)}`
}

/** A condition with the zone in which its days begin and end. */
export interface Zoned {
  readonly condition: Condition
  readonly zone: string
}

/** What conditions answer of each person: `profile`; `h0`, `h1` … whether they hold; `v0`, `v1` … the values that they ask, of those that ask one. */
export function compileAnswers(asked: readonly Zoned[], ground: Ground): Draft {
  const scope = scopeOf({}, ground)
  const cells = asked.flatMap(({ condition, zone }, i) => {
    const here = { ...scope, zone }
    const held = sql`coalesce(${conditionIn(condition, here)}, false) as ${column(`h${i}`)}`
    const subject = asksValue(condition) ? subjectOf(condition, here) : undefined
    return subject ? [held, sql`${subject.of} as ${column(`v${i}`)}`] : [held]
  })
  return sql`select ${join([sql`person.profile`, ...cells])}
${from(scope)}
${where([], scope)}`
}

const asksValue = (condition: Condition): condition is Condition & Valued =>
  'field' in condition || 'insight' in condition || 'related' in condition

/** How questions to rows are compiled by themselves. */
export const rowsAsk = (zone: string, ground: Ground): AskRow =>
  askIn(scopeOf({ time_zone: zone }, ground))

/** Where each person stands whatever the conditions say: `profile`, the `value` they are ranked by, and their `peers`. */
export function compileStanding({ by, per }: Rank, zone: string, ground: Ground): Draft {
  const scope = { ...scopeOf({}, ground), zone }
  const { of } = subjectOf(rankedBy(by), scope)
  const peers = per === undefined ? sql`null` : groupOf(scope.field(per))
  return sql`select person.profile, ${of} as value, ${peers} as peers
${from(scope)}
${where([], scope)}`
}

/** The places of all for whom the conditions hold: `profile`, `place`, `value`, `peers`. */
export function compilePlaces(of: Membership & { readonly rank: Rank }, ground: Ground): Draft {
  const scope = scopeOf(of, ground)
  const held = holds(of, scope)
  const { by, per } = of.rank
  const peers = per === undefined ? sql`null` : groupOf(scope.field(per))
  const subject = subjectOf(rankedBy(by), scope).of
  return sql`select person.profile, ${placeIn(of.rank, scope)} as place, ${subject} as value, ${peers} as peers
${from(scope)}
${where([held], scope)}`
}

/** What a condition is asked of: a person with all that is joined to them, or one row. */
interface Scope {
  readonly ground: Ground
  readonly sources: Sources
  readonly person: Asked
  readonly zone: string
  readonly field: (path: string) => Subject
}

function scopeOf({ time_zone }: Pick<Membership, 'time_zone'>, ground: Ground): Scope {
  const { on } = ground.subjects
  const columns = ground.columns(isUnified(on) ? 'unified' : 'model', on)
  const object = personSubject(ground.subjects)
  const person = askRows({ object, columns, alias: 'person', prefix: 'led' }, ground)
  const { field } = person
  return { ground, sources: gatherSources(ground), person, field, zone: time_zone ?? 'UTC' }
}

const from = ({ ground, sources, person }: Scope): Draft =>
  sql`from ${peopleOf(ground)} person${person.joins()}${sources.joins()}`

function where(conditions: readonly Part[], { ground: { sample } }: Scope): Draft {
  const all = [...conditions, ...(sample ? [sample(sql`person.profile`)] : [])]
  return all.length === 0 ? sql`` : sql`where ${join(all, sql` and `)}`
}

/** Everybody (or everything) a segment could mean, one row each, with the column `profile`. */
export function peopleOf({ subjects: { on }, instead, columns }: Ground): Part {
  if (instead) return instead.people
  if (isUnified(on)) return unifiedTableOf(on)
  // One row per key, whatever the sources say.
  const key = column(systemColumns.key)
  const system = new Set<string>(Object.values(systemColumns))
  const cells = [...columns('model', on)]
    .filter((name) => !system.has(name))
    .map((name) => sql`min(${column(name)}) as ${column(name)}`)
  return sql`(select ${join([sql`${key} as profile`, ...cells])} from ${modelTable(on)} where ${key} is not null group by ${key})`
}

function holds({ include, exclude }: Pick<Membership, 'include' | 'exclude'>, scope: Scope): Part {
  const included = conditionIn(include, scope)
  if (exclude === undefined) return included
  return sql`${included}
  and ${negated(conditionIn(exclude, scope))}`
}

/** A condition as SQL; its answer may be null, which stands for false. */
function conditionIn(condition: Condition, scope: Scope): Part {
  const parts = partsOf(condition)?.map(([inner]) => conditionIn(inner, scope))
  // An empty "all" holds for everyone and an empty "any" for nobody.
  if (parts && 'not' in condition) return negated(join(parts))
  if (parts) return 'all' in condition ? every(parts) : some(parts)
  if ('segment' in condition) return segmentIn(condition, scope)
  if ('sequence' in condition)
    return sql`person.profile in (${followed(condition, askIn(scope), scope.ground)})`
  if ('consent' in condition) return scope.sources.consent(condition.consent)
  if ('related' in condition && !('measure' in condition))
    return sql`${subjectOf(condition, scope).of} >= 1`
  const { ground, zone } = scope
  // What has no parts and is none of the above carries a comparison.
  const asked = condition as Asking
  return compare({ ...subjectOf(asked, scope), asked, now: ground.now, zone })
}

function segmentIn({ segment, use }: Extract<Condition, { segment: string }>, scope: Scope): Part {
  if (use === 'definition') return definedIn(segment, scope)
  const members =
    scope.ground.instead?.members(segment) ??
    sql`select profile from ${memberTable} where segment = ${value(segment)}`
  return members === 'as defined' ? definedIn(segment, scope) : sql`person.profile in (${members})`
}

// The conditions of another segment stand among those of this one, so that what both look at is read once.
function definedIn(segment: string, scope: Scope): Part {
  const body = scope.ground.subjects.segments.get(segment)
  if (body === undefined) throw new Error(`the segment "${segment}" was not checked`)
  const plain = membershipOf(body)
  if (plain === undefined || plain.rank !== undefined)
    return sql`person.profile in (${compile(body, scope.ground)})`
  const inner = valued(plain)
  return sql`(${holds(inner, { ...scope, zone: inner.time_zone ?? 'UTC' })})`
}

const negated = (condition: Part): Draft => sql`not coalesce(${condition}, false)`

type Asking = Extract<Condition, { op: unknown }>
type Valued =
  | { readonly field: string }
  | { readonly insight: string }
  | Extract<Condition, { related: string }>

function subjectOf(asked: Valued, scope: Scope): Subject {
  if ('field' in asked) return scope.field(asked.field)
  if ('insight' in asked) return scope.sources.insight(asked.insight)
  return scope.sources.measure(asked, askIn(scope))
}

const askIn = (scope: Scope): AskRow => ({
  zone: scope.zone,
  compile: (condition, { field }) => conditionIn(condition, { ...scope, field }),
})

/** The place of a person among all, or among those of their group; who has no value comes last. */
function placeIn({ by, per, order = 'highest' }: Rank, scope: Scope): Draft {
  const { of } = subjectOf(rankedBy(by), scope)
  const direction = order === 'highest' ? sql`desc` : sql`asc`
  const group = per === undefined ? sql`` : sql`partition by ${groupOf(scope.field(per))} `
  return sql`row_number() over (${group}order by ${of} ${direction} nulls last, person.profile)`
}

const rankedBy = (by: Rank['by']): Valued =>
  'related' in by ? { ...by, op: 'is_filled' as const } : by

// Equal text is a group whatever its case, and all who have none are one.
const groupOf = ({ of, type }: Subject): Part =>
  type === 'text' ? sql`coalesce(lower(${of}), '')` : of

const sqlMembers = (text: string, ground: Ground): Draft =>
  sql`select person.profile from ${peopleOf(ground)} person where person.profile in (
select profile_id from (${checkedSql(text, ground.relations ?? []).part}) answer)`
