import { as, column, every, join, made, type Part, type Step, sql, value } from '#engine'
import { modelTable } from '#model'
import {
  addressOf,
  type Criterion,
  largestBlock,
  type MatchRule,
  type Ruleset,
} from './definition.ts'
import { formOf } from './forms.ts'
import { tidied } from './normalise.ts'
import { phones } from './phones.ts'
import { linkTable } from './tables.ts'
import { countryWay, nameOf, valuesName } from './values.ts'

/**
 * The records that are to be unified, numbered from the one that was seen first: `n`, `record`, `space`, `since`. So the
 * smallest number of a group is its oldest record, in every run.
 */
export const recordStep = ({ on }: Ruleset): Step => ({
  name: 'record',
  says: 'every record, numbered from the one that was seen first',
  query: sql`select row_number() over (order by since, record) - 1 as n, record, space, since from (
    select r._key as record, min(r._space) as space, coalesce(min(l.since), min(r._position)) as since
    from ${modelTable(on)} r left join ${linkTable(on)} l on l.record = r._key
    where r._key is not null group by r._key) seen`,
})

const evidenceName = (rule: string): string => `evidence_${rule}`

/** The relation that a rule's step makes: `first`, `n`, `matched`, `size`. */
export const evidenceOf = ({ key }: MatchRule): Part => made(evidenceName(key))

/** One step per rule: each record of a block tied to the oldest of it, so that a block costs what it holds, not its square. */
export const evidenceSteps = ({ match, limits }: Ruleset): readonly Step[] =>
  match.map((rule) => ({
    name: evidenceName(rule.key),
    says: `records that "${rule.label ?? rule.key}" takes for one`,
    query: evidenceQuery(rule, limits?.blocked ?? {}),
  }))

/**
 * The links of the groups that are made again, in the order they are taken: rule by rule; within a rule by the age of
 * records, so that a newcomer never takes the place of those before it; then by the value they share.
 */
export const candidateStep = (ruleset: Ruleset): Step => {
  const each = ruleset.match.map(
    (rule, i) => sql`select ${value(i)} as rule, first, n, matched from ${evidenceOf(rule)}
      where size <= ${value(largestBlock(ruleset))} and first in (select n from ${made('troubled')})`,
  )
  return {
    name: 'candidate',
    says: 'links of groups in which a decision or a guard stands between records, in their order',
    query: sql`select row_number() over (order by rule, n, matched, first) - 1 as link,
        dense_rank() over (order by rule, first, matched) as block, rule, first, n, matched
      from (${join(each, sql` union all `)}) offered`,
  }
}

function evidenceQuery(
  rule: MatchRule,
  blocked: Readonly<Record<string, readonly string[]>>,
): Part {
  const agreed = agreedOf(rule, blocked)
  const values = join(rule.all.map((_, i) => column(`v${i}`)))
  const matched = join(
    rule.all.map((_, i) => column(`v${i}`, 'a')),
    sql` || ' · ' || `,
  )
  const same = every(
    ['space', ...rule.all.map((_, i) => `v${i}`)].map(
      (name) => sql`${column(name, 'a')} = ${column(name, 'b')}`,
    ),
  )
  return sql`with agreed as (${agreed}),
    block as (select space, ${values}, min(n) as first, count(*) as size from agreed
      group by space, ${values} having count(*) > 1)
    select b.first, a.n, ${matched} as matched, b.size from agreed a join block b on ${same} where a.n <> b.first`
}

// Criteria on one object are met by one and the same row of it: a street and its own city, not that of another address.
function agreedOf(rule: MatchRule, blocked: Readonly<Record<string, readonly string[]>>): Part {
  const objects = [...new Set(rule.all.map(({ object }) => object))]
  const alias = (object: string) => `o${objects.indexOf(object)}`
  const values = rule.all.map((of, i) => as(column(nameOf(of), alias(of.object)), column(`v${i}`)))
  const tables = objects.map((object, i) =>
    i === 0
      ? sql`${made(valuesName(object))} o0`
      : sql`join ${made(valuesName(object))} ${column(alias(object))} on ${column('n', alias(object))} = o0.n`,
  )
  const present = rule.all.map((of) => {
    const name = column(nameOf(of), alias(of.object))
    const listed = blocked[addressOf(of)] ?? []
    return listed.length === 0
      ? sql`${name} is not null`
      : sql`${name} is not null and ${name} not in (${blockedValues(of, listed)})`
  })
  return sql`select distinct o0.n, o0.space, ${join(values)} from ${join(tables, sql` `)} where ${every(present)}`
}

/** Blocked values, tidied up like the values that they are compared with. */
function blockedValues({ object, field, by }: Criterion, listed: readonly string[]): Part {
  const raw = join(
    listed.map((one) => sql`select ${value(one)} as raw, ${value(null)} as country`),
    sql` union all `,
  )
  const form = by === 'exact' ? undefined : formOf(object, field, { type: 'text' })
  if (form === 'phone') return sql`select value from (${phones(raw)}) p where value is not null`
  if (form === 'country') {
    const { joins, value: v } = countryWay(sql`raw`, 0)
    return sql`select ${v} from (${raw}) listed${joins} where ${v} is not null`
  }
  return sql`select v from (select ${tidied(form ?? 'exact', sql`raw`)} as v from (${raw}) listed) b where v is not null`
}
