import { as, column, every, join, made, type Part, type Step, sql, value } from '#engine'
import { type Model, modelTable } from '#model'
import { blockedValues } from './blocked.ts'
import { addressOf, askedBy, largestBlock, type MatchRule, type Ruleset } from './definition.ts'
import { knowsShortNames } from './fuzzy.ts'
import { type FuzzyAsked, fuzzyAsked, fuzzySteps } from './fuzzy-evidence.ts'
import { isPlaceholder } from './guards.ts'
import { modelLinks } from './model-links.ts'
import { shortNameStep } from './short-names.ts'
import { linkTable } from './tables.ts'
import { nameOf, valuesName } from './values.ts'

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

/**
 * What each rule finds. Where values must be equal: each record of a block tied to the oldest of it, so that a block costs
 * what it holds, not its square. Where values must be alike: the pairs that are, because who is like the second need not be
 * like the first.
 */
export function evidenceSteps(ruleset: Ruleset, model: Model): readonly Step[] {
  const rules = ruleset.match.map((rule) => ({ rule, fuzzy: fuzzyAsked(rule, model) }))
  const asksForNames = rules.some(({ fuzzy }) => fuzzy.some(({ kind }) => knowsShortNames(kind)))
  return [
    ...(asksForNames ? [shortNameStep] : []),
    ...rules.flatMap(({ rule, fuzzy }) => stepsOf(ruleset, rule, fuzzy)),
  ]
}

function stepsOf(ruleset: Ruleset, rule: MatchRule, fuzzy: readonly FuzzyAsked[]): readonly Step[] {
  const name = evidenceName(rule.key)
  const says = `records that "${rule.label ?? rule.key}" takes for one`
  const agreed = agreedOf(ruleset, rule)
  if (fuzzy.length === 0) return [{ name, says, query: starsOf(ruleset, rule, agreed) }]
  const meant = sql`select * from (${agreed}) agreed where ${every(meaningful(ruleset, rule))}`
  const limit = largestBlock(ruleset)
  return fuzzySteps({ rule, fuzzy, agreed: meant, limit, evidence: { name, says } })
}

/**
 * The links of the groups that are made again, in the order they are taken: rule by rule, the model last; within a rule by
 * the age of records, so that a newcomer never takes the place of those before it; then by the value they share. Links of a
 * model go by their weight, and each is about its two records only.
 */
export const candidateStep = (ruleset: Ruleset): Step => {
  const isTroubled = sql`first in (select n from ${made('troubled')})`
  const ofRules = ruleset.match.map(
    (
      rule,
      i,
    ) => sql`select ${value(i)} as rule, first, n, matched, 0 as score, ${pairOf(rule)} as pair from ${evidenceOf(rule)}
      where size <= ${value(largestBlock(ruleset))} and ${isTroubled}`,
  )
  const ofModel = sql`select ${value(ruleset.match.length)} as rule, first, n, matched, millibits as score, n as pair
    from ${modelLinks} where ${isTroubled}`
  const each = ruleset.model ? [...ofRules, ofModel] : ofRules
  return {
    name: 'candidate',
    says: 'links of groups in which a decision or a guard stands between records, in their order',
    query: sql`select row_number() over (order by rule, score desc, n, matched, first) - 1 as link,
        dense_rank() over (order by rule, first, matched, pair) as block, rule, first, n, matched
      from (${join(each, sql` union all `)}) offered`,
  }
}

const pairOf = ({ all }: MatchRule): Part =>
  all.some(({ by }) => by === 'fuzzy') ? sql`n` : sql`0`

/** Blocks above the limit are told by one row. */
function starsOf(ruleset: Ruleset, rule: MatchRule, agreed: Part): Part {
  const names = askedBy(rule).map((_, i) => `v${i}`)
  const values = join(names.map((name) => column(name)))
  const matched = join(
    names.map((name) => column(name, 'a')),
    sql` || ' · ' || `,
  )
  const same = every(
    ['space', ...names].map((name) => sql`${column(name, 'a')} = ${column(name, 'b')}`),
  )
  return sql`with agreed as (${agreed}),
    block as (select space, ${values}, min(n) as first, max(n) as last, count(*) as size from agreed
      group by space, ${values} having ${every([sql`count(*) > 1`, ...meaningful(ruleset, rule)])})
    select b.first, a.n, ${matched} as matched, b.size from agreed a join block b on ${same}
    where a.n <> b.first and (b.size <= ${value(largestBlock(ruleset))} or a.n = b.last)`
}

/** No value is one that people write where they have none. */
const meaningful = (ruleset: Ruleset, rule: MatchRule): readonly Part[] =>
  askedBy(rule).flatMap((of, i) => {
    const found = isPlaceholder(ruleset, of, column(`v${i}`))
    return found ? [sql`not ${found}`] : []
  })

// Criteria on one object are met by one and the same row of it: a street and its own city, not that of another address.
function agreedOf({ limits }: Ruleset, rule: MatchRule): Part {
  const asked = askedBy(rule)
  const objects = [...new Set(asked.map(({ object }) => object))]
  const alias = (object: string) => `o${objects.indexOf(object)}`
  const values = asked.map((of, i) => as(column(nameOf(of), alias(of.object)), column(`v${i}`)))
  const tables = objects.map((object, i) =>
    i === 0
      ? sql`${made(valuesName(object))} o0`
      : sql`join ${made(valuesName(object))} ${column(alias(object))} on ${column('n', alias(object))} = o0.n`,
  )
  const present = asked.map((of) => {
    const name = column(nameOf(of), alias(of.object))
    const listed = limits?.blocked?.[addressOf(of)] ?? []
    return listed.length === 0
      ? sql`${name} is not null`
      : sql`${name} is not null and ${name} not in (${blockedValues(of, listed)})`
  })
  return sql`select distinct o0.n, o0.space, ${join(values)} from ${join(tables, sql` `)} where ${every(present)}`
}
