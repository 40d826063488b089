import {
  column,
  join,
  type Made,
  made,
  makeAll,
  type Part,
  placed,
  type Step,
  sql,
  value,
  type Workbench,
} from '#engine'
import type { Model } from '#model'
import { evidenceOf, fuzzyRules, keySteps, keysOfRecords, recordStep } from './compile.ts'
import { asksForLikeness, largestBlock, type MatchRule, type Ruleset } from './definition.ts'
import { fuzzyPairSteps } from './fuzzy-evidence.ts'
import { heededTable, keyTable, linkTable, refusedTable } from './tables.ts'
import { valueSteps } from './values.ts'

/** What a change can reach is worked out of. */
export interface Reaching {
  readonly ruleset: Ruleset
  readonly model: Model
  /** With the steps of what has changed. */
  readonly where: Made
}

/**
 * The records that a change can reach, as the step `scope`: those that share a value with a changed one, now or before, or are
 * like it; and whoever is in one profile with one of them, shares a value with it, is known to be like it, or was decided
 * about with it; and so on. Everybody else stays in the group they are in.
 */
export async function withScope<T>(
  bench: Workbench,
  { ruleset, model, where }: Reaching,
  use: (where: Made) => Promise<T>,
): Promise<T> {
  const startedAt = bench.now().getTime()
  // These numbers and values are only of changed records, and make room for those of the whole scope.
  const own: Workbench = { ...bench, timings: [] }
  const steps = [
    recordStep(ruleset, 'changed'),
    ...valueSteps(ruleset, model, 'what changed'),
    ...keySteps(ruleset, model),
    { name: 'changed_key', says: 'keys of changed records', query: keysOfRecords(ruleset) },
    ...touchedSteps(ruleset),
  ]
  const likeness = ruleset.match.some(asksForLikeness) ? likenessSteps(ruleset, model) : []
  return makeAll(own, [...steps, ...likeness], where, (near) =>
    grown(
      own,
      { ruleset, where: new Map([...near, ['frontier', near.get('scope') ?? never()]]) },
      (all) => {
        bench.timings.push({ step: 'scope', ms: bench.now().getTime() - startedAt })
        return use(all)
      },
    ),
  )
}

function never(): never {
  throw new Error('the scope was not made')
}

/** Blocks that a change touches, and who is in them. When one crosses the limit, everybody in it has changed. */
function touchedSteps(ruleset: Ruleset): readonly Step[] {
  const keys = keyTable(ruleset.on)
  const limit = value(largestBlock(ruleset))
  return [
    {
      name: 'touched',
      says: 'blocks that changed records are in, or were: how large they were, and are',
      query: sql`select rule, key, sum(was) as was, sum(is_now) as is_now from (
          select k.rule, k.key, 1 as was, case when c.record is null then 1 else 0 end as is_now from ${keys} k
            left join ${made('changed')} c on c.record = k.record
            where k.key in (select key from ${keys} where record in (select record from ${made('changed')})
              union select key from ${made('changed_key')})
          union all select rule, key, 0, 1 from ${made('changed_key')}) sizes group by rule, key`,
    },
    {
      name: 'scope',
      says: 'changed records, and those that share a value with them or did',
      query: sql`select record from ${made('changed')} union
        select record from ${keys} where key in (select key from ${made('touched')}
          where (was <= ${limit} or is_now <= ${limit}) and ${isOf('rule', ruleset, isEqual)})`,
    },
  ]
}

const isEqual = (rule: MatchRule): boolean => !asksForLikeness(rule)

/** Whether a column names one of some rules. */
function isOf(name: string, { match }: Ruleset, isWanted: (rule: MatchRule) => boolean): Part {
  const keys = match.filter(isWanted).map(({ key }) => value(key))
  return keys.length === 0 ? sql`false` : sql`${column(name)} in (${join(keys)})`
}

/**
 * Who is like a changed record. Blocks of likeness hold many who are not, so nobody is reached for being in one: records that
 * changed, or that are in a block that crossed the limit, are compared with whoever they meet; all other pairs are known
 * from the last run.
 */
function likenessSteps(ruleset: Ruleset, model: Model): readonly Step[] {
  const limit = value(largestBlock(ruleset))
  const isFresh = sql`record in (select record from ${made('fresh')})`
  const alike = { ...ruleset, match: ruleset.match.filter(asksForLikeness) }
  // Nothing else is looked at than what the rules ask for.
  const plain: Model = { ...model, objects: [] }
  const pairs = alike.match.map(
    (rule) => sql`select first, n from ${evidenceOf(rule)} where size <= ${limit}`,
  )
  const ends = sql`select first as n from ${made('offered')} union select n from ${made('offered')}`
  return [
    {
      name: 'key_now',
      says: 'what records are met by for being alike, as it is now',
      query: sql`select key, record from ${keyTable(ruleset.on)} k where ${isOf('rule', ruleset, asksForLikeness)}
          and record not in (select record from ${made('changed')})
        union all select key, record from ${made('changed_key')} where ${isOf('rule', ruleset, asksForLikeness)}`,
    },
    {
      name: 'fresh',
      says: 'records that are compared: those that changed, and those in blocks that crossed the limit',
      query: sql`select record from ${made('changed')} union
        select record from ${made('key_now')} where key in (select key from ${made('touched')}
          where (was <= ${limit}) <> (is_now <= ${limit}))`,
    },
    {
      name: 'fresh_key',
      says: 'blocks that they are in',
      query: sql`select distinct key from ${made('key_now')} where ${isFresh}`,
    },
    {
      name: 'met',
      says: 'records that they meet',
      query: sql`select record from ${made('fresh')} union select record from (
          select record, count(*) over (partition by key) as size from ${made('key_now')}
          where key in (select key from ${made('fresh_key')})) b where size <= ${limit}`,
    },
    {
      name: 'outside',
      says: 'how many others are in their blocks',
      query: sql`select key, count(*) as size from ${made('key_now')} where key in (select key from ${made('fresh_key')})
        and record not in (select record from ${made('met')}) group by key`,
    },
    recordStep(ruleset, 'met'),
    ...valueSteps(alike, plain, 'what changed'),
    ...keySteps(alike, model),
    ...fuzzyRules(alike, model).flatMap((rule) => fuzzyPairSteps(rule, 'with what changed')),
    { name: 'offered', says: 'pairs that are alike', query: join(pairs, sql` union `) },
    {
      name: 'scope',
      says: 'changed records, and those that share a value with them or are like them',
      query: sql`select record from ${made('scope')} union select record from ${made('fresh')} union
        select k.record from ${made('record')} k join (${ends}) o on o.n = k.n`,
    },
  ]
}

/** Adds whoever is near those that were added last, until nobody is. */
async function grown<T>(
  bench: Workbench,
  { ruleset, where }: { readonly ruleset: Ruleset; readonly where: Made },
  use: (where: Made) => Promise<T>,
): Promise<T> {
  return makeAll(bench, [nearStep(ruleset)], where, async (near) => {
    const [row] = await bench.engine.rows(
      placed(sql`select count(*) as n from ${made('near')}`, near),
    )
    if (Number(row?.['n']) === 0) return use(where)
    const wider: Step = {
      name: 'scope',
      says: 'records that a change can reach',
      query: sql`select record from ${made('scope')} union all select record from ${made('near')}`,
    }
    return makeAll(bench, [wider], near, (all) =>
      grown(
        bench,
        { ruleset, where: new Map([...all, ['frontier', all.get('near') ?? never()]]) },
        use,
      ),
    )
  })
}

/**
 * Records near those that were added last: in their blocks, in their profiles, or decided about with them. Whoever is like them
 * is in one profile with them, or was refused.
 */
function nearStep(ruleset: Ruleset): Step {
  const { on } = ruleset
  const last = sql`(select record from ${made('frontier')})`
  const refused = sql`(select * from ${refusedTable(on)} where ${isOf('rule', ruleset, asksForLikeness)})`
  const pairs = [made('decided'), heededTable(on), refused].flatMap((decisions) =>
    [
      ['left', 'right'],
      ['right', 'left'],
    ].map(
      ([one = '', other = '']) =>
        sql`select ${column(other)} as record from ${decisions} d where ${column(one)} in ${last}`,
    ),
  )
  const inBlocks = sql`select record from (select k.record, count(*) over (partition by k.key) as size from ${keyTable(on)} k
      where k.key in (select key from ${keyTable(on)} where record in ${last} and ${isOf('rule', ruleset, isEqual)})) b
    where size <= ${value(largestBlock(ruleset))}`
  const inProfiles = sql`select record from ${linkTable(on)}
      where profile in (select profile from ${linkTable(on)} where record in ${last})`
  return {
    name: 'near',
    says: 'records near those that were added last',
    query: sql`select distinct record from (${join([inBlocks, inProfiles, ...pairs], sql` union all `)}) n
      where record not in (select record from ${made('scope')})`,
  }
}

/**
 * Keys of records in scope that are others than the scope was made from: rows came or went while it was. Then blocks may have
 * crossed the limit unseen, and nothing of it is to be trusted.
 */
export function unforeseenKeys(ruleset: Ruleset): Part {
  const is = sql`select key, record from ${made('key')}`
  const was = sql`select key, record from (select key, record from ${made('changed_key')} union all
    select key, record from ${keyTable(ruleset.on)} where record in (select record from ${made('scope')})
      and record not in (select record from ${made('changed')})) w`
  return sql`(${is} except ${was}) union all (${was} except ${is})`
}
