import {
  as,
  cast,
  column,
  every,
  join,
  made,
  type Part,
  type Row,
  type Step,
  sql,
  value,
} from '#engine'
import { maskedValue } from '#kernel/mask.ts'
import { listName, portionColumn, valuesName } from './coding.ts'
import type { BlockRule, MatchingSettings } from './definition.ts'
import { isList, type Records } from './records.ts'

const usualLimit = 200

const limitOf = ({ largest_block = usualLimit }: MatchingSettings): number => largest_block

const sizesName = ({ key }: BlockRule): string => `block_${key}`

/** How many records share what a rule asks for: one step per rule, before any pair is made. */
export const blockSteps = ({ blocks }: MatchingSettings, records: Records): readonly Step[] =>
  blocks.map((rule) => ({
    name: sizesName(rule),
    says: `records that share the ${rule.key}, counted`,
    query: sql`select cast(row_number() over (order by space, ${keys(rule)}) as integer) as block, space, ${keys(rule)},
      count(*) as size from (${keyed(rule, records)}) k group by space, ${keys(rule)} having count(*) > 1`,
  }))

/**
 * Every pair of records that share a block, once, with the first rule that made it: `left`, `right`, `rule`. Blocks above
 * the limit make none.
 */
export const pairStep = (settings: MatchingSettings, records: Records): Step => ({
  name: 'pair',
  says: 'pairs of records that share a block, each once',
  query: sql`with member as (${join(
    settings.blocks.map((rule, i) => members(rule, i, settings, records)),
    sql` union all `,
  )}) select ${left}, ${right}, min(rule) as rule from (
      select ${as(column('n', 'a'), left)}, ${as(column('n', 'b'), right)}, a.rule
      from member a join member b on a.rule = b.rule and a.block = b.block and a.n < b.n) made
    group by ${left}, ${right}`,
})

const [left, right] = [column('left'), column('right')]

const keyName = (i: number) => column(`k${i}`)

const keys = ({ all }: BlockRule) => join(all.map((_, i) => keyName(i)))

function members(rule: BlockRule, i: number, settings: MatchingSettings, records: Records): Part {
  const same = every(
    ['space', ...rule.all.map((_, j) => `k${j}`)].map(
      (name) => sql`${column(name, 'k')} = ${column(name, 'b')}`,
    ),
  )
  return sql`select ${cast(value(i), 'integer')} as rule, b.block, k.n from (${keyed(rule, records)}) k
    join ${made(sizesName(rule))} b on ${same} where b.size <= ${value(limitOf(settings))}`
}

/** The records that have everything that a rule asks for: `n`, `space`, its keys. */
function keyed({ all }: BlockRule, records: Records): Part {
  const lists = [...new Set(all.map((part) => part.column))].filter((name) => isList(records, name))
  const sourceOf = (name: string) => (lists.includes(name) ? `l${lists.indexOf(name)}` : 'c')
  const values = all.map((part) =>
    column(
      part.portion ? portionColumn(part.column, part.portion) : part.column,
      sourceOf(part.column),
    ),
  )
  const joins = lists.map(
    (name, i) =>
      sql`join ${made(listName(name))} ${column(`l${i}`)} on ${column('n', `l${i}`)} = c.n`,
  )
  return sql`select distinct c.n, c.space, ${join(values.map((of, i) => as(of, keyName(i))))}
    from ${made('coded')} c ${join(joins, sql` `)} where ${every(values.map((of) => sql`${of} is not null`))}`
}

/** What a block rule does, before any pair is made. */
export interface BlockReport {
  readonly rule: string
  readonly blocks: number
  /** Pairs that its blocks make; those of other rules may be the same. */
  readonly pairs: number
  readonly largest: number
  /** Blocks above the limit, which make no pair. */
  readonly left_out: {
    readonly blocks: number
    readonly records: number
    readonly pairs: number
    /** The largest of them, values masked. */
    readonly examples: readonly { readonly value: string; readonly records: number }[]
  }
}

/** Counts the blocks of every rule. */
export const reportBlocks = (
  ask: (query: Part) => Promise<readonly Row[]>,
  settings: MatchingSettings,
): Promise<readonly BlockReport[]> =>
  Promise.all(
    settings.blocks.map(async (rule) => {
      const [row = {}] = await ask(counts(rule, limitOf(settings)))
      const of = (name: string) => Number(row[name] ?? 0)
      const found = await ask(largest(rule, limitOf(settings)))
      const examples = found.map((one) => ({
        value: maskedValue(String(one['shown'])),
        records: Number(one['size']),
      }))
      return {
        rule: rule.key,
        blocks: of('blocks'),
        pairs: of('pairs'),
        largest: of('largest'),
        left_out: {
          blocks: of('out_blocks'),
          records: of('out_records'),
          pairs: of('out_pairs'),
          examples,
        },
      }
    }),
  )

function counts(rule: BlockRule, limit: number): Part {
  const [within, above] = [sql`size <= ${value(limit)}`, sql`size > ${value(limit)}`]
  return sql`select count(*) filter (where ${within}) as blocks, ${cast(
    sql`coalesce(sum(size * (size - 1) / 2) filter (where ${within}), 0)`,
    'number',
  )} as pairs, coalesce(max(size), 0) as largest,
    count(*) filter (where ${above}) as out_blocks, coalesce(sum(size) filter (where ${above}), 0) as out_records,
    ${cast(sql`coalesce(sum(size * (size - 1) / 2) filter (where ${above}), 0)`, 'number')} as out_pairs
    from ${made(sizesName(rule))}`
}

function largest(rule: BlockRule, limit: number): Part {
  const shown = rule.all.map(({ column: name, portion }, i) => {
    const code = portion ? portionColumn(name, portion).slice(name.length + 1) : 'v'
    return sql`(select min(d.value) from ${made(valuesName(name))} d where ${column(code, 'd')} = ${column(`k${i}`, 'b')})`
  })
  return sql`select ${join(shown, sql` || ' · ' || `)} as shown, size from ${made(sizesName(rule))} b
    where size > ${value(limit)} order by size desc, block limit 5`
}
