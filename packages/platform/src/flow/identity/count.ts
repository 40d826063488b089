import {
  column,
  type Engine,
  join,
  type Made,
  made,
  type Part,
  placed,
  type Row,
  sql,
  type TableName,
  value,
} from '#engine'
import { maskedValue } from '#kernel/mask.ts'
import type { RuleResult } from './api.ts'
import { keptBy } from './capped.ts'
import { evidenceOf } from './compile.ts'
import { largestBlock, leastProbability, type MatchRule, type Ruleset } from './definition.ts'
import { verdicts } from './groups.ts'
import { withoutValues } from './model-definition.ts'
import { modelLinks, type Scoring } from './model-links.ts'
import { modelRuleOf } from './model-words.ts'
import type { Owned } from './owners.ts'
import { linkTable, refusedTable, unifiedTable } from './tables.ts'

const changeKinds = ['created', 'merged', 'split', 'retired'] as const

/** What a run found, before it is published. */
export async function countsOf(
  engine: Engine,
  { owned, where }: { readonly owned: readonly Owned[]; readonly where: Made },
) {
  const counts: readonly (readonly [string, Part])[] = [
    ['records', sql`select count(*) from ${made('record')}`],
    ['profiles', sql`select count(*) from ${made('assigned')}`],
    ...changeKinds.map(
      (kind) =>
        [
          kind,
          sql`select count(distinct profile) from ${made('change')} where kind = ${value(kind)}`,
        ] as const,
    ),
    ['refused', refusedBy(sql`= 'kept_apart'`)],
    ['for_review', refusedBy(sql`<> 'kept_apart'`)],
    ['members', sql`select count(*) from ${made('members')}`],
    ...owned.map(
      ({ object }) =>
        [`owner_${object}`, sql`select count(*) from ${made(`owner_${object}`)}`] as const,
    ),
  ]
  const cells = join(counts.map(([name, query]) => sql`(${query}) as ${column(name)}`))
  const [row = {}] = await engine.rows(placed(sql`select ${cells}`, where))
  const of = (name: string) => Number(row[name] ?? 0)
  return {
    records: of('records'),
    profiles: of('profiles'),
    consolidation_rate: of('records') === 0 ? 0 : 1 - of('profiles') / of('records'),
    created: of('created'),
    merged: of('merged'),
    split: of('split'),
    retired: of('retired'),
    members: of('members'),
    refused: of('refused'),
    for_review: of('for_review'),
    rows_owned: owned.reduce((sum, { object }) => sum + of(`owner_${object}`), 0),
  }
}

/** What there is in all once the differences are written, for runs that do not look at all records. */
export async function totalsAfter(
  engine: Engine,
  { ruleset: { on }, where }: { readonly ruleset: Ruleset; readonly where: Made },
) {
  const refused = (reason: Part) => after(refusedTable(on), 'refused', sql`reason ${reason}`)
  const gone = sql`select count(distinct profile) from ${made('change')} where kind in ('merged', 'retired')`
  const [row = {}] = await engine.rows(
    placed(
      sql`select (${after(linkTable(on), 'link', sql`true`)}) as records,
        (select count(*) from ${unifiedTable(on)}) + (select count(*) from ${made('fresh')}) - (${gone}) as profiles,
        (${refused(sql`= 'kept_apart'`)}) as refused, (${refused(sql`<> 'kept_apart'`)}) as for_review`,
      where,
    ),
  )
  const of = (name: string) => Number(row[name] ?? 0)
  const [records, profiles] = [of('records'), of('profiles')]
  return {
    records,
    profiles,
    consolidation_rate: records === 0 ? 0 : 1 - profiles / records,
    refused: of('refused'),
    for_review: of('for_review'),
  }
}

/** How many rows a published table will have. */
const after = (published: TableName, step: string, condition: Part): Part =>
  sql`select (select count(*) from ${published} where ${condition})
    + (select count(*) from ${made(`${step}_added`)} where ${condition})
    - (select count(*) from ${made(`${step}_gone`)} where ${condition})`

const refusedBy = (reason: Part): Part =>
  sql`select count(*) from ${made('refused')} where reason ${reason}`

/** What each rule found, and what it left out. */
export async function ruleResults(
  engine: Engine,
  of: { readonly ruleset: Ruleset; readonly where: Made; readonly scoring: Scoring | undefined },
): Promise<RuleResult[]> {
  const results: RuleResult[] = []
  for (const rule of of.ruleset.match) results.push(await ruleResult(engine, { ...of, rule }))
  return of.scoring ? [...results, await modelResult(engine, of, of.scoring)] : results
}

/** What a model found, as a rule would tell it, with the blocks that its candidates come from. */
async function modelResult(
  engine: Engine,
  { ruleset, where }: { readonly ruleset: Ruleset; readonly where: Made },
  { candidates, blocks }: Scoring,
): Promise<RuleResult> {
  const rule = modelRuleOf(ruleset) ?? ''
  // What a clean stream stands against is no link, whether the model's own pairs or those of rules told so.
  const twice = sql`(select count(*) from ${made('tie')} t join ${made('candidate')} c on c.link = t.link
    where c.rule = ${value(ruleset.match.length)} and t.verdict = ${value(verdicts.indexOf('clean_source'))})`
  const counts = sql`select (select count(*) from ${modelLinks}) - ${twice} as links,
    (select count(*) from ${made('refused')} where rule = ${value(rule)}) as refused`
  const [totals] = await engine.rows(placed(counts, where))
  const label = ruleset.matcher?.label
  return {
    rule,
    ...(label === undefined ? {} : { label }),
    links: Number(totals?.['links'] ?? 0),
    refused: Number(totals?.['refused'] ?? 0),
    left_out_blocks: blocks.reduce((sum, { left_out }) => sum + left_out.blocks, 0),
    left_out: blocks
      .flatMap(({ left_out }) => left_out.examples)
      .map(({ value: matched, records }) => ({ matched, records }))
      .toSorted((a, b) => b.records - a.records)
      .slice(0, mostNamed),
    candidates,
    at_least: leastProbability(ruleset),
    blocks: blocks.map(withoutValues),
  }
}

/** How many of the blocks that were left out are named. */
const mostNamed = 20

async function ruleResult(
  engine: Engine,
  of: { readonly ruleset: Ruleset; readonly rule: MatchRule; readonly where: Made },
): Promise<RuleResult> {
  const { ruleset, rule, where } = of
  const limit = value(largestBlock(ruleset, rule))
  const evidence = evidenceOf(rule)
  const ask = async (query: Part): Promise<readonly Row[]> => engine.rows(placed(query, where))
  const [totals] = await ask(sql`select count(*) filter (where size <= ${limit}) as links,
    (select count(*) from ${made('refused')} where rule = ${value(rule.key)}) as refused,
    (select count(*) from (select distinct first, matched from ${evidence} where size > ${limit}) b) as blocks
    from ${evidence}`)
  const largest = await ask(sql`select matched, first, max(size) as size from ${evidence}
    where size > ${limit} group by matched, first order by size desc, matched limit ${value(mostNamed)}`)
  return {
    rule: rule.key,
    ...(rule.label === undefined ? {} : { label: rule.label }),
    links: Number(totals?.['links'] ?? 0),
    refused: Number(totals?.['refused'] ?? 0),
    left_out_blocks: Number(totals?.['blocks'] ?? 0),
    left_out: largest.map((row) => ({
      matched: maskedValue(String(row['matched'])),
      records: Number(row['size']),
      ...keptBy(ruleset, rule),
    })),
  }
}
