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
  type TableName,
  value,
  type Workbench,
} from '#engine'
import { probabilityOf, weightOf, withBlockKeys, withModel } from '#matching'
import type { Model } from '#model'
import { beyondStep, caps, keptBeside, keptInBlocks, movedInCapped } from './capped.ts'
import { evidenceOf, fuzzyRules, keySteps, keysOfRecords, recordStep } from './compile.ts'
import { asksForLikeness, largestBlock, leastProbability, type Ruleset } from './definition.ts'
import { fuzzyPairSteps } from './fuzzy-evidence.ts'
import {
  foreseenKeys,
  isEqualRule,
  isLinking,
  isMeetingRule,
  isModelBlock,
  keysByRecord,
  unforeseen,
} from './model-keys.ts'
import { trainedModelOf } from './model-links.ts'
import { withWeighed } from './model-records.ts'
import { modelRuleOf } from './model-words.ts'
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
  ]
  const reaching = { ruleset, model }
  return makeAll(own, steps, where, (found) =>
    withModelKeys(own, { ...reaching, where: found }, (keys) =>
      makeAll(own, [changedKeyStep(ruleset, keys), ...touchedSteps(ruleset)], found, (touched) =>
        withLikeness(own, { ...reaching, where: touched }, (near) =>
          grown(
            own,
            { ruleset, where: new Map([...near, ['frontier', near.get('scope') ?? never()]]) },
            (all) => {
              bench.timings.push({ step: 'scope', ms: bench.now().getTime() - startedAt })
              return use(all)
            },
          ),
        ),
      ),
    ),
  )
}

/** The blocks of the model that the records of the step `record` are in; nothing without a model. */
function withModelKeys<T>(
  bench: Workbench,
  { ruleset, model, where }: Reaching,
  use: (keys: TableName | undefined) => Promise<T>,
): Promise<T> {
  const trained = trainedModelOf(ruleset)
  if (!trained) return use(undefined)
  return withWeighed(bench, { ruleset, model, found: where }, ({ records }) =>
    withBlockKeys(bench, records, trained.trained.settings, use),
  )
}

const changedKeyStep = (ruleset: Ruleset, keys: TableName | undefined): Step => ({
  name: 'changed_key',
  says: 'keys of changed records',
  query: join([keysOfRecords(ruleset), ...(keys ? [keysByRecord(keys)] : [])], sql` union all `),
})

function never(): never {
  throw new Error('the scope was not made')
}

/** The oldest of blocks of equal values that are capped. */
const keptOf = (ruleset: Ruleset, keys: Part): Part =>
  caps(ruleset, 'equal values') ? sql`union ${keptBeside(ruleset, keys)}` : sql``

/** Blocks that a change touches, and who is in them. When one crosses the limit, everybody in it has changed. */
function touchedSteps(ruleset: Ruleset): readonly Step[] {
  const keys = keyTable(ruleset.on)
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
          where (${isLinking(ruleset, 'was')} or ${isLinking(ruleset, 'is_now')}) and ${isEqualRule('rule', ruleset)})
        ${keptOf(ruleset, sql`select key from ${made('touched')}`)}`,
    },
  ]
}

/** Who is like a changed record, by a rule or by the model, is in scope. */
function withLikeness<T>(
  bench: Workbench,
  { ruleset, model, where }: Reaching,
  use: (where: Made) => Promise<T>,
): Promise<T> {
  if (!ruleset.model && !ruleset.match.some(asksForLikeness)) return use(where)
  return makeAll(bench, likenessSteps(ruleset, model), where, (found) =>
    withModelOffers(bench, { ruleset, model, where: found }, (offers) =>
      makeAll(bench, offeredSteps(ruleset, offers), found, use),
    ),
  )
}

/**
 * Who is like a changed record. Blocks of likeness hold many who are not, so nobody is reached for being in one: records that
 * changed, or that are in a block that crossed the limit, are compared with whoever they meet; all other pairs are known
 * from the last run.
 */
function likenessSteps(ruleset: Ruleset, model: Model): readonly Step[] {
  const isFresh = sql`record in (select record from ${made('fresh')})`
  const alike = { ...ruleset, match: ruleset.match.filter(asksForLikeness) }
  const keysMet = sql`(select rule, key, record from ${made('key_now')} where key in (select key from ${made('fresh_key')}))`
  const capped = (records: Part) => (caps(ruleset, 'likeness') ? sql`union ${records}` : sql``)
  // Nothing else is looked at than what the rules ask for; a model looks at everything.
  const plain: Model = ruleset.model ? model : { ...model, objects: [] }
  return [
    {
      name: 'key_now',
      says: 'what records are met by for being alike, as it is now',
      query: sql`select rule, key, record from ${keyTable(ruleset.on)} k where ${isMeetingRule('rule', ruleset)}
          and record not in (select record from ${made('changed')})
        union all select rule, key, record from ${made('changed_key')} where ${isMeetingRule('rule', ruleset)}`,
    },
    {
      name: 'fresh',
      says: 'records that are compared: those that changed, and those in blocks that crossed the limit',
      query: sql`select record from ${made('changed')} union
        select record from ${made('key_now')} where key in (select key from ${made('touched')}
          where (${isLinking(ruleset, 'was')}) <> (${isLinking(ruleset, 'is_now')}))
        ${capped(movedInCapped(alike))}`,
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
          select rule, record, count(*) over (partition by key) as size from ${made('key_now')}
          where key in (select key from ${made('fresh_key')})) b where ${isLinking(ruleset, 'size')}
        ${capped(keptInBlocks(alike, keysMet))}`,
    },
    {
      name: 'outside',
      says: 'how many others are in their blocks',
      query: sql`select key, count(*) as size from ${made('key_now')} where key in (select key from ${made('fresh_key')})
        and record not in (select record from ${made('met')}) group by key`,
    },
    recordStep(ruleset, 'met'),
    ...beyondStep(alike, keysMet),
    ...valueSteps(alike, plain, 'what changed'),
    ...keySteps(alike, model),
    ...fuzzyPairSteps(fuzzyRules(alike, model), 'with what changed'),
  ]
}

/** Pairs of which one is compared anew and that the model takes for one; nothing without a model. */
function withModelOffers<T>(
  bench: Workbench,
  { ruleset, model, where }: Reaching,
  use: (offers: TableName | undefined) => Promise<T>,
): Promise<T> {
  const trained = trainedModelOf(ruleset)
  if (!trained) return use(undefined)
  const { engine, ask } = bench
  const { learned } = trained
  const numbers = sql`select k.n from ${made('record')} k join ${made('fresh')} f on f.record = k.record`
  // A little less: links are by weights that are rounded.
  const least = probabilityOf(weightOf(leastProbability(ruleset)) - 0.001)
  return engine.staged(
    placed(numbers, where),
    (fresh) =>
      withWeighed(bench, { ruleset, model, found: where }, ({ records }) => {
        const beside = { others: where.get('outside') ?? never(), fresh }
        const weighing = { settings: trained.trained.settings, learned }
        return withModel(bench, { ...records, beside }, weighing, ({ scored }) =>
          scored(learned, least, use),
        )
      }),
    ask,
  )
}

function offeredSteps(ruleset: Ruleset, offers: TableName | undefined): readonly Step[] {
  const ofRules = ruleset.match
    .filter(asksForLikeness)
    .map(
      (rule) =>
        sql`select first, n from ${evidenceOf(rule)} where size <= ${value(largestBlock(ruleset, rule))}`,
    )
  const ofModel = offers
    ? [sql`select ${column('left')} as first, ${column('right')} as n from ${offers}`]
    : []
  const ends = sql`select first as n from ${made('offered')} union select n from ${made('offered')}`
  return [
    {
      name: 'offered',
      says: 'pairs that are alike',
      query: join([...ofRules, ...ofModel], sql` union `),
    },
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
  const pairwise = [
    ...ruleset.match.filter(asksForLikeness).map(({ key }) => key),
    ...(ruleset.model ? [modelRuleOf(ruleset) ?? ''] : []),
  ]
  const isPairwise =
    pairwise.length === 0 ? sql`false` : sql`rule in (${join(pairwise.map((rule) => value(rule)))})`
  const refused = sql`(select * from ${refusedTable(on)} where ${isPairwise})`
  const pairs = [made('decided'), heededTable(on), refused].flatMap((decisions) =>
    [
      ['left', 'right'],
      ['right', 'left'],
    ].map(
      ([one = '', other = '']) =>
        sql`select ${column(other)} as record from ${decisions} d where ${column(one)} in ${last}`,
    ),
  )
  const inBlocks = sql`select record from (select k.rule, k.record, count(*) over (partition by k.key) as size from ${keyTable(on)} k
      where k.key in (select key from ${keyTable(on)} where record in ${last} and ${isEqualRule('rule', ruleset)})) b
    where ${isLinking(ruleset, 'size')}`
  const ofLast = sql`select key from ${keyTable(on)} where record in ${last}`
  const inCapped = caps(ruleset, 'equal values') ? [keptBeside(ruleset, ofLast)] : []
  const inProfiles = sql`select record from ${linkTable(on)}
      where profile in (select profile from ${linkTable(on)} where record in ${last})`
  return {
    name: 'near',
    says: 'records near those that were added last',
    query: sql`select distinct record from (${join([inBlocks, ...inCapped, inProfiles, ...pairs], sql` union all `)}) n
      where record not in (select record from ${made('scope')})`,
  }
}

/**
 * Keys of records in scope that are others than the scope was made from: rows came or went while it was. Then blocks may have
 * crossed the limit unseen, and nothing of it is to be trusted.
 */
export const unforeseenKeys = (ruleset: Ruleset): Part =>
  unforeseen(
    sql`select key, record from ${made('key')}`,
    sql`${foreseenKeys(ruleset)} where not ${isModelBlock('rule', ruleset)}`,
  )
