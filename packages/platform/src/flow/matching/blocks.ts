import {
  as,
  call,
  cast,
  column,
  every,
  join,
  made,
  nothing,
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

/** How many records a block may hold. */
export const limitOf = ({ largest_block = usualLimit }: MatchingSettings): number => largest_block

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
    const { beside } = records
    const named =
      hashes.length === 0 && !beside
        ? sql``
        : sql`join ${made(spaceName)} spaces on spaces.space = sized.space`
    const others = beside
      ? sql`left join ${beside.others} others on others.key = ${keyIn(rule)}`
      : sql``
    const size = beside ? sql`sized.size + coalesce(others.size, 0)` : sql`sized.size`
    return {
      name: sizesName(rule),
      says: `records that share the ${rule.key}, counted`,
      query: sql`select cast(row_number() over () as integer) as block, sized.space, ${keys(rule)}, ${size} as size,
        ${size} > ${value(limitOf(settings))} or ${isKnown} as is_left_out from (
          select space, ${keys(rule)}, count(*) as size from (${keyed(rule, records)}) k
          group by space, ${keys(rule)} having count(*) > 1) sized ${named} ${others}`,
    }
  })

/** What stands for a block in a model: nobody reads the values from it. */
const hashOf = ({ all }: BlockRule, space: Part): Part =>
  cast(call('key64', join([space, ...all.map((_, i) => keyName(i))], sql` || chr(31) || `)), 'text')

/** What stands for a block of a rule among those of all rules. */
const keyIn = ({ key, all }: BlockRule): Part =>
  call(
    'key64',
    join(
      [value(`block ${key}`), sql`spaces.name`, ...all.map((_, i) => keyName(i))],
      sql` || ${value('\u001f')} || `,
    ),
  )

/** Every block that a record is in, alone or not: `n`, `rule` (its place), `key`. */
export const blockKeys = ({ blocks }: MatchingSettings, records: Records): Part =>
  join(
    blocks.map(
      (rule, i) => sql`select k.n, ${value(i)} as rule, ${keyIn(rule)} as key
        from (${keyed(rule, records)}) k join ${made(spaceName)} spaces on spaces.space = k.space`,
    ),
    sql` union all `,
  )

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
 * Every pair of records that share a block, once, with the first rule that made it: `left`, `right`, `rule`. Blocks that are
 * left out make none.
 */
export const pairSteps = (settings: MatchingSettings, records: Records): readonly Step[] =>
  settings.blocks.some((rule) => listsOf(rule, records).length > 0)
    ? [pairStep(freshOf(records, pairsByGroups(settings, records)))]
    : [
        {
          name: membershipName,
          says: 'the block of each record by every rule',
          query: membership(settings, records),
        },
        pairStep(freshOf(records, pairsByColumns(settings))),
      ]

const pairStep = (query: Part): Step => ({
  name: 'pair',
  says: 'pairs of records that share a block, each once',
  query,
})

/** The pairs that are wanted. */
function freshOf({ beside }: Records, pairs: Part): Part {
  const fresh = beside?.fresh
  if (!fresh) return pairs
  return sql`select p.* from (${pairs}) p where p.${left} in (select n from ${fresh}) or p.${right} in (select n from ${fresh})`
}

/** The step that holds the block of each record by every rule. */
export const membershipName = 'comparable_block'

const [left, right] = [column('left'), column('right')]

// With one block at most per record and rule, a pair tells by itself whether an earlier rule made it: nothing is gathered.
const pairsByColumns = ({ blocks }: MatchingSettings): Part =>
  join(
    blocks.map((_, i) => {
      const earlier = blocks
        .slice(0, i)
        .map((_, j) => sql` and ${blockColumn(j, 'a')} <> ${blockColumn(j, 'b')}`)
      return sql`select ${as(column('n', 'a'), left)}, ${as(column('n', 'b'), right)}, cast(${value(i)} as smallint) as rule
        from ${made(membershipName)} b join ${made(membershipName)} a
          on ${blockColumn(i, 'a')} = ${blockColumn(i, 'b')} and a.n < b.n
        where ${blockColumn(i, 'a')} > 0 and ${blockColumn(i, 'b')} > 0${join(earlier, nothing)}`
    }),
    sql` union all `,
  )

const blockColumn = (i: number, of: string) => column(`b${i}`, of)

// Blocks are numbered from 1 on. Who is alone has a number below, so that no two are the same and none is missing: pairs are
// told apart in two thirds of the time.
function membership({ blocks }: MatchingSettings, records: Records): Part {
  const columns = blocks.map(
    (_, i) => sql`, coalesce(${column('block', `s${i}`)}, -1 - c.n) as ${column(`b${i}`)}`,
  )
  const joins = blocks.map((rule, i) => {
    const source = column(`s${i}`)
    const same = [
      sql`${column('space', `s${i}`)} = c.space`,
      ...rule.all.map((_, j) => sql`${column(`k${j}`, `s${i}`)} = ${keyOf(rule, j, records)}`),
    ]
    return sql`left join ${made(sizesName(rule))} ${source} on ${every(same)} and not ${column('is_left_out', `s${i}`)}`
  })
  return sql`select c.n${join(columns, nothing)} from ${made(recordName)} c ${join(joins, sql` `)}`
}

// A list may share several blocks of one rule, so what pairs are the same is found by gathering them.
const pairsByGroups = (settings: MatchingSettings, records: Records): Part =>
  sql`with member as materialized (${join(
    settings.blocks.map((rule, i) => members(rule, i, records)),
    sql` union all `,
  )}) select ${left}, ${right}, min(rule) as rule from (
      select ${as(column('n', 'a'), left)}, ${as(column('n', 'b'), right)}, a.rule
      from member a join member b on a.rule = b.rule and a.block = b.block and a.n < b.n) made
    group by ${left}, ${right}`

const keyName = (i: number) => column(`k${i}`)

const keys = ({ all }: BlockRule) => join(all.map((_, i) => keyName(i)))

function members(rule: BlockRule, i: number, records: Records): Part {
  const same = every(
    ['space', ...rule.all.map((_, j) => `k${j}`)].map(
      (name) => sql`${column(name, 'k')} = ${column(name, 'b')}`,
    ),
  )
  return sql`select cast(${value(i)} as smallint) as rule, b.block, k.n from (${keyed(rule, records)}) k
    join ${made(sizesName(rule))} b on ${same} where not b.is_left_out`
}

/** The lists that a rule looks at. */
const listsOf = ({ all }: BlockRule, records: Records): readonly string[] => [
  ...new Set(all.map((part) => part.column).filter((name) => isList(records, name))),
]

/** One of the things that a rule asks for, of a record `c` or of one of its lists. */
function keyOf(rule: BlockRule, i: number, records: Records): Part {
  const part = rule.all[i]
  const name = part?.column ?? ''
  const place = listsOf(rule, records).indexOf(name)
  return column(
    part?.portion ? portionColumn(name, part.portion) : name,
    place < 0 ? 'c' : `l${place}`,
  )
}

/** The records that have everything that a rule asks for: `n`, `space`, its keys. */
function keyed(rule: BlockRule, records: Records): Part {
  const lists = listsOf(rule, records)
  const values = rule.all.map((_, i) => keyOf(rule, i, records))
  const joins = lists.map(
    (name, i) =>
      sql`join ${made(listName(name))} ${column(`l${i}`)} on ${column('n', `l${i}`)} = c.n`,
  )
  const each = lists.length === 0 ? nothing : sql`distinct`
  return sql`select ${each} c.n, c.space, ${join(values.map((of, i) => as(of, keyName(i))))}
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
