import { join, type Made, makeAll, placed, type Row, sql, value, type Workbench } from '#engine'
import { maskedValue } from '#kernel/mask.ts'
import type { Model } from '#model'
import type { RuleResult } from './api.ts'
import { keptBy, linkedSize } from './capped.ts'
import { keySteps, matchedByKey, recordStep } from './compile.ts'
import { asksForLikeness, leastProbability, type Ruleset } from './definition.ts'
import { modelRefusals } from './model-clusters.ts'
import { isLinking, isModelBlock } from './model-keys.ts'
import { modelRuleOf } from './model-words.ts'
import { evidenceTable, keyTable, refusedTable } from './tables.ts'
import { valueSteps } from './values.ts'

/** How many of the blocks that were left out are named. */
const mostNamed = 20

interface Block {
  readonly rule: string
  readonly key: string
  readonly size: number
}

/** What each rule has found, told from what is published: for runs that did not look at every record. */
export async function publishedRuleResults(
  bench: Workbench,
  { ruleset, model }: { readonly ruleset: Ruleset; readonly model: Model },
): Promise<RuleResult[]> {
  const { engine, ask } = bench
  const { on } = ruleset
  // Rule by rule, because a number of a block is found in half the time when its rule need not be kept beside it.
  const sizes = ruleset.match.map(
    ({ key }) => sql`select ${value(key)} as rule, count(*) as size from ${keyTable(on)}
      where rule = ${value(key)} group by key having count(*) > 1`,
  )
  const totals =
    sizes.length === 0
      ? []
      : await engine.rows(
          sql`select rule, coalesce(sum(${linkedSize(ruleset)} - 1), 0) as links,
              count(*) filter (where not (${isLinking(ruleset, 'size')})) as blocks
            from (${join(sizes, sql` union all `)}) b group by rule`,
          ask,
        )
  const refused = await engine.rows(
    sql`select rule, count(*) as refused from ${refusedTable(on)} group by rule`,
  )
  const offered = await engine.rows(
    sql`select rule, count(*) as links from (select rule from ${evidenceTable(on)}
      union all select rule from ${refusedTable(on)}) l group by rule`,
  )
  const isAny = totals.some((row) => Number(row['blocks']) > 0)
  const blocks = isAny ? await largeBlocks(bench, ruleset) : []
  const matched = isAny ? await matchedIn(bench, { ruleset, model }, blocks) : new Map()
  const of = (rows: readonly Row[], rule: string, name: string) =>
    Number(rows.find((row) => row['rule'] === rule)?.[name] ?? 0)
  const ofRules = ruleset.match.map((rule) => ({
    rule: rule.key,
    ...(rule.label === undefined ? {} : { label: rule.label }),
    // A pair that is alike is told once, as evidence or as refused.
    links: of(asksForLikeness(rule) ? offered : totals, rule.key, 'links'),
    refused: of(refused, rule.key, 'refused'),
    left_out_blocks: of(totals, rule.key, 'blocks'),
    left_out: blocks
      .filter((block) => block.rule === rule.key)
      .map(({ key: block, size }) => ({ matched: String(matched.get(block) ?? ''), size }))
      .toSorted((a, b) => b.size - a.size || (a.matched < b.matched ? -1 : 1))
      .map(({ matched: shown, size }) => ({
        matched: maskedValue(shown),
        records: size,
        ...keptBy(ruleset, rule),
      })),
  }))
  return [...ofRules, ...(await modelResult(bench, ruleset))]
}

/** What the model has found. Which pairs it weighed, and what its blocks are, is told by runs that look at every record. */
async function modelResult({ engine }: Workbench, ruleset: Ruleset): Promise<RuleResult[]> {
  const rule = modelRuleOf(ruleset)
  if (rule === undefined) return []
  const isPart = sql`reason in (${join(modelRefusals.map((reason) => value(reason)))})`
  const [row] = await engine.rows(
    sql`select (select count(*) from ${evidenceTable(ruleset.on)} where rule = ${value(rule)}) as evidence,
      count(*) filter (where not ${isPart}) as offered, count(*) as refused,
      (select count(*) from (select min(rule) as rule, count(*) as size from ${keyTable(ruleset.on)}
        where ${isModelBlock('rule', ruleset)} group by key) b where not ${isLinking(ruleset, 'size')}) as blocks
      from ${refusedTable(ruleset.on)} where rule = ${value(rule)}`,
  )
  const label = ruleset.matcher?.label
  return [
    {
      rule,
      ...(label === undefined ? {} : { label }),
      links: Number(row?.['evidence']) + Number(row?.['offered']),
      refused: Number(row?.['refused']),
      left_out_blocks: Number(row?.['blocks']),
      left_out: [],
      at_least: leastProbability(ruleset),
    },
  ]
}

/** The largest blocks of each rule that are above the limit. */
async function largeBlocks(
  { engine, ask }: Workbench,
  ruleset: Ruleset,
): Promise<readonly Block[]> {
  const rows = await engine.rows(
    sql`select rule, key, size from (
        select *, row_number() over (partition by rule order by size desc, key) as place from (
          select min(rule) as rule, key, count(*) as size from ${keyTable(ruleset.on)}
          where not ${isModelBlock('rule', ruleset)} group by key) b
        where not (${isLinking(ruleset, 'size')})) ranked where place <= ${value(mostNamed)}`,
    ask,
  )
  return rows.map((row) => ({
    rule: String(row['rule']),
    key: String(row['key']),
    size: Number(row['size']),
  }))
}

/** The values of blocks by their keys, asked of one record of each. */
function matchedIn(
  bench: Workbench,
  { ruleset, model }: { readonly ruleset: Ruleset; readonly model: Model },
  blocks: readonly Block[],
): Promise<ReadonlyMap<string, string>> {
  const keys = sql`(${join(blocks.map(({ key }) => value(BigInt(key))))})`
  const own: Workbench = { ...bench, timings: [] }
  const steps = [
    {
      name: 'example',
      says: 'one record of each block',
      query: sql`select max(record) as record from ${keyTable(ruleset.on)} where key in ${keys} group by key`,
    },
    recordStep(ruleset, 'example'),
    ...valueSteps(ruleset, model, 'what changed'),
    ...keySteps(ruleset, model),
  ]
  return makeAll(own, steps, new Map(), async (where: Made) => {
    const told = sql`select distinct key, matched from (${matchedByKey(ruleset)}) m where key in ${keys}`
    const rows = await bench.engine.rows(placed(told, where))
    return new Map(rows.map((row) => [String(row['key']), String(row['matched'])]))
  })
}
