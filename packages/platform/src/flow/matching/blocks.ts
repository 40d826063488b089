import {
  as,
  call,
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
import type { BlockRule, Learned, MatchingSettings } from './definition.ts'
import { isList, type Records } from './records.ts'
import { listName, portionColumn, recordName, spaceName } from './rows.ts'

const usualLimit = 200

const limitOf = ({ largest_block = usualLimit }: MatchingSettings): number => largest_block

const sizesName = ({ key }: BlockRule): string => `block_${key}`

/** What a model leaves out, by rule: its blocks, hashed. */
export type LeftOut = Learned['left_out']

/**
 * How many records share what a rule asks for: one step per rule, before any pair is made. Left out are blocks that are too
 * large, and those that were too large when the model was learned, however small they are by now.
 */
export const blockSteps = (
  { settings, leftOut }: { readonly settings: MatchingSettings; readonly leftOut: LeftOut },
  records: Records,
): readonly Step[] =>
  settings.blocks.map((rule) => {
    const hashes = leftOut[rule.key] ?? []
    const known = sql`select ${call('unnest', call('split', value(hashes.join(' ')), value(' ')))} as hash`
    const isKnown =
      hashes.length === 0 ? sql`false` : sql`${hashOf(rule, sql`spaces.name`)} in (${known})`
    const named =
      hashes.length === 0
        ? sql``
        : sql`join ${made(spaceName)} spaces on spaces.space = sized.space`
    return {
      name: sizesName(rule),
      says: `records that share the ${rule.key}, counted`,
      query: sql`select cast(row_number() over () as integer) as block, sized.space, ${keys(rule)}, size,
        size > ${value(limitOf(settings))} or ${isKnown} as is_left_out from (
          select space, ${keys(rule)}, count(*) as size from (${keyed(rule, records)}) k
          group by space, ${keys(rule)} having count(*) > 1) sized ${named}`,
    }
  })

/** What stands for a block in a model: nobody reads the values from it. */
const hashOf = ({ all }: BlockRule, space: Part): Part =>
  cast(call('key64', join([space, ...all.map((_, i) => keyName(i))], sql` || chr(31) || `)), 'text')

/** The blocks that are left out, as a model keeps them. */
export async function leftOutOf(
  ask: (query: Part) => Promise<readonly Row[]>,
  { blocks }: MatchingSettings,
): Promise<LeftOut> {
  const found = blocks.map(async (rule) => {
    const rows =
      await ask(sql`select ${hashOf(rule, sql`spaces.name`)} as hash from ${made(sizesName(rule))} b
      join ${made(spaceName)} spaces on spaces.space = b.space where is_left_out order by 1`)
    return [rule.key, rows.map((row) => String(row['hash']))] as const
  })
  return Object.fromEntries((await Promise.all(found)).filter(([, hashes]) => hashes.length > 0))
}

/**
 * Every pair of records that share a block, once, with the first rule that made it: `left`, `right`, `rule`. Blocks above
 * the limit make none.
 */
export const pairStep = (settings: MatchingSettings, records: Records): Step => ({
  name: 'pair',
  says: 'pairs of records that share a block, each once',
  query: sql`with member as (${join(
    settings.blocks.map((rule, i) => members(rule, i, records)),
    sql` union all `,
  )}) select ${left}, ${right}, min(rule) as rule from (
      select ${as(column('n', 'a'), left)}, ${as(column('n', 'b'), right)}, a.rule
      from member a join member b on a.rule = b.rule and a.block = b.block and a.n < b.n) made
    group by ${left}, ${right}`,
})

const [left, right] = [column('left'), column('right')]

const keyName = (i: number) => column(`k${i}`)

const keys = ({ all }: BlockRule) => join(all.map((_, i) => keyName(i)))

function members(rule: BlockRule, i: number, records: Records): Part {
  const same = every(
    ['space', ...rule.all.map((_, j) => `k${j}`)].map(
      (name) => sql`${column(name, 'k')} = ${column(name, 'b')}`,
    ),
  )
  return sql`select ${cast(value(i), 'integer')} as rule, b.block, k.n from (${keyed(rule, records)}) k
    join ${made(sizesName(rule))} b on ${same} where not b.is_left_out`
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
    from ${made(recordName)} c ${join(joins, sql` `)} where ${every(values.map((of) => sql`${of} is not null`))}`
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
      const [row = {}] = await ask(counts(rule))
      const of = (name: string) => Number(row[name] ?? 0)
      const found = await ask(largest(rule))
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

function counts(rule: BlockRule): Part {
  const pairs = (of: Part) =>
    cast(sql`coalesce(sum(size * (size - 1) / 2) filter (where ${of}), 0)`, 'number')
  const [within, without] = [sql`not is_left_out`, sql`is_left_out`]
  return sql`select count(*) filter (where ${within}) as blocks, ${pairs(within)} as pairs,
    coalesce(max(size), 0) as largest, count(*) filter (where ${without}) as out_blocks,
    coalesce(sum(size) filter (where ${without}), 0) as out_records, ${pairs(without)} as out_pairs
    from ${made(sizesName(rule))}`
}

const largest = (rule: BlockRule): Part =>
  sql`select ${join(
    rule.all.map((_, i) => keyName(i)),
    sql` || ' · ' || `,
  )} as shown, size from ${made(sizesName(rule))}
    where is_left_out order by size desc, shown limit 5`
