import { cast, column, join, made, type Part, sql, type TableName, value } from '#engine'
import { limitOf } from '#matching'
import { asksForLikeness, largestBlock, type MatchRule, type Ruleset } from './definition.ts'
import { type Extent, publishedOf } from './extent.ts'
import { isTrained } from './model-definition.ts'
import { keyTable } from './tables.ts'

const settingsOf = ({ matcher }: Ruleset) =>
  matcher && isTrained(matcher) ? matcher.trained.settings : undefined

/** What stands in the place of a rule for each block rule of a ruleset's model. No rule can be called so. */
const blocksOf = (ruleset: Ruleset): readonly string[] =>
  (settingsOf(ruleset)?.blocks ?? []).map((_, i) => `block ${i}`)

/** Keys of a model's blocks as all keys are kept: `rule`, `key`, `record`. */
export const keysByRecord = (keys: TableName): Part =>
  sql`select 'block ' || ${cast(sql`b.rule`, 'text')} as rule, b.key, k.record from ${keys} b
    join ${made('record')} k on k.n = b.n`

const isAmong = (name: string, rules: readonly string[]): Part =>
  rules.length === 0
    ? sql`false`
    : sql`${column(name)} in (${join(rules.map((rule) => value(rule)))})`

const namesOf = ({ match }: Ruleset, isWanted: (rule: MatchRule) => boolean): readonly string[] =>
  match.filter(isWanted).map(({ key }) => key)

/** Whether a column names a rule that asks for equal values. */
export const isEqualRule = (name: string, ruleset: Ruleset): Part =>
  isAmong(
    name,
    namesOf(ruleset, (rule) => !asksForLikeness(rule)),
  )

/** Whether a column names what lets records meet who need not be one: a rule that asks for likeness, or a model's block. */
export const isMeetingRule = (name: string, ruleset: Ruleset): Part =>
  isAmong(name, [...namesOf(ruleset, asksForLikeness), ...blocksOf(ruleset)])

/** Whether a column names a block of the model. */
export const isModelBlock = (name: string, ruleset: Ruleset): Part =>
  isAmong(name, blocksOf(ruleset))

/** Whether a block of a size may link, by the columns that name its rule and its size. */
export function isLinking(ruleset: Ruleset, size: string): Part {
  const settings = settingsOf(ruleset)
  const limit = value(largestBlock(ruleset))
  const own = ruleset.match
    .filter(({ block }) => block !== undefined)
    .map((rule) => [isAmong('rule', [rule.key]), largestBlock(ruleset, rule)] as const)
  const others = settings ? [[isModelBlock('rule', ruleset), limitOf(settings)] as const] : []
  const cases = [...own, ...others].map(([isOne, most]) => sql` when ${isOne} then ${value(most)}`)
  if (cases.length === 0) return sql`${column(size)} <= ${limit}`
  return sql`${column(size)} <= case${join(cases, sql``)} else ${limit} end`
}

/** The relations of what differs in the blocks of a model, by their names: what is new, and what is no longer so. */
export const blockDifferences = ['model_key_added', 'model_key_gone'] as const

/** What differs in the blocks of a model. */
export function blockDifference(
  ruleset: Ruleset,
  extent: Extent,
  keys: TableName,
): Readonly<Record<(typeof blockDifferences)[number], Part>> {
  const is = sql`(${keysByRecord(keys)})`
  const was = sql`(select * from ${publishedOf(keyTable(ruleset.on), sql`record`, extent)} k
    where ${isModelBlock('rule', ruleset)})`
  // No key is there twice, so that nothing has to be made distinct.
  const without = (one: Part, other: Part) =>
    sql`select x.rule, x.key, x.record from ${one} x
      left join ${other} y on y.key = x.key and y.record = x.record and y.rule = x.rule where y.record is null`
  return { model_key_added: without(is, was), model_key_gone: without(was, is) }
}

/** How many records that nothing has changed for stand in a block of the model with some that are looked at: `key`, `size`. */
export const recordsBeside = (ruleset: Ruleset): Part =>
  sql`select key, count(*) as size from ${keyTable(ruleset.on)} where ${isModelBlock('rule', ruleset)}
    and key in (select key from ${made('changed_key')} union
      select key from ${keyTable(ruleset.on)} where record in (select record from ${made('scope')}))
    and record not in (select record from ${made('scope')}) group by key`

/** The keys of records in scope, as they are known before these are looked at: `key`, `record`, and their `rule` to go by. */
export const foreseenKeys = (ruleset: Ruleset): Part =>
  sql`select key, record from (select rule, key, record from ${made('changed_key')} union all
    select rule, key, record from ${keyTable(ruleset.on)} where record in (select record from ${made('scope')})
      and record not in (select record from ${made('changed')})) w`

/** What is otherwise than it was foreseen. */
export const unforeseen = (is: Part, was: Part): Part =>
  sql`(${is} except ${was}) union all (${was} except ${is})`

/** Blocks of the model whose records are others than the scope was made from. */
export const unforeseenBlocks = (ruleset: Ruleset, keys: TableName): Part =>
  unforeseen(
    sql`select key, record from (${keysByRecord(keys)}) k`,
    sql`${foreseenKeys(ruleset)} where ${isModelBlock('rule', ruleset)}`,
  )
