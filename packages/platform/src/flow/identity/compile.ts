import { as, call, column, every, join, made, type Part, type Step, sql, value } from '#engine'
import { type Model, modelTable } from '#model'
import { blockedValues } from './blocked.ts'
import { beyondStep, cappedKeys, isWithin } from './capped.ts'
import {
  addressOf,
  askedBy,
  asksForLikeness,
  isCapping,
  largestBlock,
  type MatchRule,
  type Ruleset,
} from './definition.ts'
import { amongRecords, type Extent } from './extent.ts'
import { knowsShortNames } from './fuzzy.ts'
import {
  type FuzzyRule,
  fuzzyAsked,
  fuzzyKeySteps,
  fuzzyKeysOf,
  fuzzyPairSteps,
} from './fuzzy-evidence.ts'
import { isPlaceholder } from './guards.ts'
import { modelLinks } from './model-links.ts'
import { shortNameStep } from './short-names.ts'
import { keyTable, linkTable } from './tables.ts'
import { nameOf, valuesName } from './values.ts'

/**
 * The records that are to be unified, numbered from the one that was seen first: `n`, `record`, `space`, `since`. So the
 * smallest number of a group is its oldest record, in every run; also when only records of the step `among` are taken.
 */
export const recordStep = ({ on }: Ruleset, among?: string): Step => ({
  name: 'record',
  says: 'every record, numbered from the one that was seen first',
  query: sql`select row_number() over (order by since, record) - 1 as n, record, space, since from (
    select r._key as record, min(r._space) as space, coalesce(min(l.since), min(r._position)) as since
    from ${modelTable(on)} r left join ${linksAmong(on, among)} l on l.record = r._key
    where r._key is not null${amongRecords(sql`r._key`, among)} group by r._key) seen`,
})

const linksAmong = (on: Ruleset['on'], among: string | undefined): Part =>
  among === undefined
    ? linkTable(on)
    : sql`(select * from ${linkTable(on)} where true${amongRecords(sql`record`, among)})`

const evidenceName = (rule: string): string => `evidence_${rule}`

/** The relation that a rule's step makes: `first`, `n`, `matched`, `size`. */
export const evidenceOf = ({ key }: MatchRule): Part => made(evidenceName(key))

const agreedName = (rule: string): string => `agreed_${rule}`

/** Of rules that ask for equality: the values of each record that must be equal, and the key that stands for them. */
export const agreedSteps = (ruleset: Ruleset): readonly Step[] =>
  ruleset.match
    .filter((rule) => !asksForLikeness(rule))
    .map((rule) => {
      const values = askedBy(rule).map((_, i) => column(`v${i}`))
      return {
        name: agreedName(rule.key),
        says: `what "${rule.label ?? rule.key}" compares`,
        query: sql`select *, ${keyIn(rule.key, values)} as key from (${agreedOf(ruleset, rule)}) agreed
          where ${every(meaningful(ruleset, rule))}`,
      }
    })

/** The key of the values that a rule compares, in one data space. */
const keyIn = (rule: string, values: readonly Part[]): Part =>
  call('key64', join([value(rule), sql`space`, ...values], sql` || ${value('\u001f')} || `))

/** The steps that make what records meet by: the values that must be equal, the keys of those that must be alike. */
export function keySteps(ruleset: Ruleset, model: Model): readonly Step[] {
  const rules = fuzzyRules(ruleset, model)
  const asksForNames = rules.some(({ fuzzy }) => fuzzy.some(({ kind }) => knowsShortNames(kind)))
  return [
    ...(asksForNames ? [shortNameStep] : []),
    ...agreedSteps(ruleset),
    ...rules.flatMap(fuzzyKeySteps),
  ]
}

/** The relation of what a rule lets records meet by, with `n` and `key`. */
const meetingOf = (rule: MatchRule): Part =>
  asksForLikeness(rule)
    ? sql`(select distinct n, block as key from ${fuzzyKeysOf(rule)})`
    : made(agreedName(rule.key))

/** The keys of all records by all rules: `rule`, `key`, `record`. */
export const keysOfRecords = ({ match, on }: Ruleset): Part =>
  match.length === 0
    ? sql`select rule, key, record from ${keyTable(on)} where false`
    : join(
        match.map(
          (rule) => sql`select ${value(rule.key)} as rule, a.key, k.record
        from ${meetingOf(rule)} a join ${made('record')} k on k.n = a.n`,
        ),
        sql` union all `,
      )

/** The step that holds them. */
const keyStep = (ruleset: Ruleset): Step => ({
  name: 'key',
  says: 'what every record is found again by',
  query: keysOfRecords(ruleset),
})

/** The values of records as they are told, by their keys: `key`, `matched`. */
export const matchedByKey = ({ match }: Ruleset): Part =>
  join(
    match.map((rule) => {
      if (asksForLikeness(rule))
        return sql`select block as key, key as matched from ${fuzzyKeysOf(rule)}`
      const values = askedBy(rule).map((_, i) => column(`v${i}`))
      return sql`select key, ${join(values, sql` || ' · ' || `)} as matched from ${made(agreedName(rule.key))}`
    }),
    sql` union all `,
  )

/**
 * What each rule finds. Where values must be equal: each record of a block tied to the oldest of it, so that a block costs
 * what it holds, not its square. Where values must be alike: the pairs that are, because who is like the second need not be
 * like the first.
 */
export function evidenceSteps(
  ruleset: Ruleset,
  model: Model,
  extent: Extent = 'everything',
): readonly Step[] {
  return [
    ...keySteps(ruleset, model),
    keyStep(ruleset),
    ...(extent === 'what changed' ? [outsideStep(ruleset)] : []),
    ...beyondStep(ruleset, cappedKeys(ruleset, extent)),
    ...ruleset.match
      .filter((rule) => !asksForLikeness(rule))
      .map((rule) => ({ ...evidenceStep(rule), query: starsOf({ ruleset, rule, extent }) })),
    ...fuzzyPairSteps(fuzzyRules(ruleset, model), extent),
  ]
}

/** Records that share a value with those looked at and need not be looked at, because too many do: `key`, `size`. */
const outsideStep = ({ on }: Ruleset): Step => ({
  name: 'outside',
  says: 'how many records that nothing has changed for share a value',
  query: sql`select k.key, count(*) as size from ${keyTable(on)} k
    where k.key in (select key from ${made('key')})
      and k.record not in (select record from ${made('scope')}) group by k.key`,
})

interface RuleWork {
  readonly ruleset: Ruleset
  readonly rule: MatchRule
  readonly extent: Extent
}

const evidenceStep = ({ key, label }: MatchRule) => ({
  name: evidenceName(key),
  says: `records that "${label ?? key}" takes for one`,
})

/** The rules that ask for likeness, as their steps are made of them. */
export const fuzzyRules = (ruleset: Ruleset, model: Model): readonly FuzzyRule[] =>
  ruleset.match.filter(asksForLikeness).map((rule) => ({
    rule,
    fuzzy: fuzzyAsked(rule, model),
    agreed: sql`select * from (${agreedOf(ruleset, rule)}) agreed where ${every(meaningful(ruleset, rule))}`,
    limit: largestBlock(ruleset, rule),
    evidence: evidenceStep(rule),
  }))

/**
 * The links of the groups that are made again, in the order they are taken: rule by rule, the model last; within a rule by
 * the age of records, so that a newcomer never takes the place of those before it; then by the key of the value they share, as
 * the resolver knows them. Links of a model go by their weight, and each is about its two records only.
 */
export const candidateStep = (ruleset: Ruleset): Step => {
  const isTroubled = sql`first in (select n from ${made('troubled')})`
  const ofRules = ruleset.match.map(
    (
      rule,
      i,
    ) => sql`select ${value(i)} as rule, first, n, ${keyOf(rule)} as key, matched, 0 as score, ${pairOf(rule)} as pair
      from ${evidenceOf(rule)}
      where size <= ${value(largestBlock(ruleset, rule))} and ${isTroubled}`,
  )
  const ofModel = sql`select ${value(ruleset.match.length)} as rule, first, n, 0 as key, matched, millibits as score, n as pair
    from ${modelLinks} where ${isTroubled}`
  const each = ruleset.model ? [...ofRules, ofModel] : ofRules
  return {
    name: 'candidate',
    says: 'links of groups in which a decision or a guard stands between records, in their order',
    query: sql`select row_number() over (order by rule, score desc, n, key, matched, first) - 1 as link,
        dense_rank() over (order by rule, first, matched, pair) as block, rule, first, n, matched
      from (${join(each, sql` union all `)}) offered`,
  }
}

const pairOf = (rule: MatchRule): Part => (asksForLikeness(rule) ? sql`n` : sql`0`)

const keyOf = (rule: MatchRule): Part => (asksForLikeness(rule) ? sql`0` : sql`key`)

/** Blocks above the limit are told by one row; of those that are capped, the links of the oldest stand beside it. */
function starsOf({ ruleset, rule, extent }: RuleWork): Part {
  const names = askedBy(rule).map((_, i) => `v${i}`)
  const agreed = made(agreedName(rule.key))
  const values = join(names.map((name) => column(name)))
  const matched = join(
    names.map((name) => column(name, 'a')),
    sql` || ' · ' || `,
  )
  const same = every(
    ['space', ...names].map((name) => sql`${column(name, 'a')} = ${column(name, 'b')}`),
  )
  const [size, from] =
    extent === 'everything'
      ? [sql`count(*)`, agreed]
      : [
          sql`count(*) + coalesce(max(o.size), 0)`,
          sql`${agreed} a left join ${made('outside')} o on o.key = a.key`,
        ]
  const limit = value(largestBlock(ruleset, rule))
  const stars = (within: Part, shownSize: Part) =>
    sql`select b.first, a.n, ${matched} as matched, ${shownSize}, a.key from ${agreed} a join block b on ${same}
    where a.n <> b.first and ${within}`
  const lastOfLarge = sql`b.size > ${limit} and a.n = b.last`
  const links = isCapping(rule)
    ? sql`${stars(isWithin(sql`a.key`, sql`a.n`), sql`least(b.size, ${limit}) as size`)}
    union all ${stars(lastOfLarge, sql`b.size`)}`
    : stars(sql`(b.size <= ${limit} or a.n = b.last)`, sql`b.size`)
  return sql`with block as (select space, ${values}, min(n) as first, max(n) as last, ${size} as size from ${from}
      group by space, ${values} having count(*) > 1)
    ${links}`
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
