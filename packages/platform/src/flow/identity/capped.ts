import { column, join, made, type Part, type Step, some, sql, value } from '#engine'
import {
  asksForLikeness,
  isCapping,
  largestBlock,
  type MatchRule,
  type Ruleset,
} from './definition.ts'
import type { Extent } from './extent.ts'
import { isLinking } from './model-keys.ts'
import { keyTable, linkTable } from './tables.ts'

/** The rules by which the oldest of a block above the limit are linked even so. */
const cappingRules = ({ match }: Ruleset): readonly MatchRule[] => match.filter(isCapping)

/** How many of a block are linked, where it is above the limit. */
export const keptBy = (ruleset: Ruleset, rule: MatchRule): { readonly kept?: number } =>
  isCapping(rule) ? { kept: largestBlock(ruleset, rule) } : {}

/** How many records of a block are linked, by the columns that name its rule and its size. */
export function linkedSize(ruleset: Ruleset): Part {
  const capped = cappingRules(ruleset).map(
    (rule) => sql` when rule = ${value(rule.key)} then ${value(largestBlock(ruleset, rule))}`,
  )
  return sql`case when ${isLinking(ruleset, 'size')} then size${join(capped, sql``)} else 1 end`
}

/** Whether a ruleset caps the blocks of rules that ask for equal values, or of those that ask for likeness. */
export const caps = (ruleset: Ruleset, what: 'equal values' | 'likeness'): boolean =>
  cappingRules(ruleset).some((rule) => asksForLikeness(rule) === (what === 'likeness'))

/** Whether a column names a rule that caps. */
const isCapped = (ruleset: Ruleset): Part =>
  some(cappingRules(ruleset).map(({ key }) => sql`rule = ${value(key)}`))

/** Whether the place of a record in its block, from the oldest on, is within the limit of the rule; by `rule` and that column. */
const isKept = (ruleset: Ruleset, place: string): Part =>
  some(
    cappingRules(ruleset).map(
      (rule) =>
        sql`(rule = ${value(rule.key)} and ${column(place)} <= ${value(largestBlock(ruleset, rule))})`,
    ),
  )

/** Keys of rules that cap, with the place of each record in its block, as `name`. Records that are looked at may be new. */
const placesIn = (ruleset: Ruleset, keys: Part, name: string): Part =>
  sql`select k.rule, k.key, k.record, r.n,
      row_number() over (partition by k.rule, k.key order by coalesce(r.since, l.since), k.record) as ${column(name)}
    from ${keys} k left join ${made('record')} r on r.record = k.record
    left join ${linkTable(ruleset.on)} l on l.record = k.record where ${isCapped(ruleset)}`

/** Who is in a block that is capped and not among those who are linked by it: `key`, `n`. Nothing where no rule caps. */
export const beyondStep = (ruleset: Ruleset, keys: Part): readonly Step[] =>
  cappingRules(ruleset).length === 0
    ? []
    : [
        {
          name: 'beyond',
          says: 'records that come after those whom a capped block links',
          query: sql`select key, n from (${placesIn(ruleset, keys, 'place')}) p
            where n is not null and not ${isKept(ruleset, 'place')}`,
        },
      ]

/** What `beyondStep` is made of in a run: all keys, or those of the scope with all others in their blocks. */
export const cappedKeys = (ruleset: Ruleset, extent: Extent): Part => {
  if (extent === 'everything') return made('key')
  return sql`(select rule, key, record from ${made('key')} union all
    select rule, key, record from ${keyTable(ruleset.on)} where ${isCapped(ruleset)}
      and key in (select key from ${made('key')}) and record not in (select record from ${made('scope')}))`
}

/** Of a row with a key and an `n`: that it is not beyond what its block links. */
export const isWithin = (key: Part, n: Part): Part =>
  sql`(${key}, ${n}) not in (select key, n from ${made('beyond')})`

/**
 * Records that nothing has changed for and that are, or were, among those whom a capped block of equal values links. Taken are
 * the oldest of them alone: with those that changed that is everybody whom the block linked, or will link.
 */
export const keptBeside = (ruleset: Ruleset, keys: Part): Part => sql`select record from (
    select k.rule, k.record, row_number() over (partition by k.rule, k.key order by l.since, k.record) as place
    from ${keyTable(ruleset.on)} k join ${linkTable(ruleset.on)} l on l.record = k.record
    where k.key in (${keys}) and k.record not in (select record from ${made('changed')})) oldest
  where ${isKept({ ...ruleset, match: ruleset.match.filter((rule) => !asksForLikeness(rule)) }, 'place')}`

/** Records that have come among those whom a capped block of likeness compares, or no longer are. */
export const movedInCapped = (ruleset: Ruleset): Part => {
  const among = sql`key in (select key from ${made('touched')})`
  const before = sql`(select rule, key, record from ${keyTable(ruleset.on)} where ${among})`
  const now = sql`(select rule, key, record from ${made('key_now')} where ${among})`
  const kept = (keys: Part) =>
    sql`select rule, key, record from (${placesIn(ruleset, keys, 'place')}) p where ${isKept(ruleset, 'place')}`
  return sql`select record from (
    select rule, key, record from (${join([kept(before), kept(now)], sql` union all `)}) b
    group by rule, key, record having count(*) = 1) m`
}

/** Those of blocks of likeness who are compared although their block is above the limit. */
export const keptInBlocks = (ruleset: Ruleset, keys: Part): Part =>
  sql`select record from (${placesIn(ruleset, keys, 'place')}) p where ${isKept(ruleset, 'place')}`
