import {
  as,
  call,
  column,
  every,
  join,
  made,
  type Part,
  type Step,
  sql,
  type TableName,
  value,
} from '#engine'
import type { Model } from '#model'
import { isWithin } from './capped.ts'
import { askedBy, isCapping, type MatchRule, type Precision, precisionOf } from './definition.ts'
import type { Extent } from './extent.ts'
import { type FuzzyKind, fuzzyKindOf } from './fuzzy.ts'
import { alikeSteps, areAlike, type Compared, valueName, valueSteps } from './fuzzy-alike.ts'
import { keysOf } from './fuzzy-keys.ts'

/** A fuzzy criterion of a rule: the column of its values among those of the rule, and how they are compared. */
export interface FuzzyAsked {
  readonly column: string
  readonly kind: FuzzyKind
  readonly precision: Precision
}

/** The fuzzy criteria of a rule. */
export const fuzzyAsked = (rule: MatchRule, model: Model): readonly FuzzyAsked[] =>
  askedBy(rule).flatMap((of, i) => {
    if (of.by !== 'fuzzy') return []
    const field = model.get(of.object).fields[of.field]
    const kind = field && fuzzyKindOf(of.object, of.field, field)
    if (!kind) throw new Error(`a fuzzy rule over ${of.object}.${of.field} was not checked`)
    return [{ column: `v${i}`, kind, precision: precisionOf(of) }]
  })

/** What the steps of a fuzzy rule are made of. */
export interface FuzzyRule {
  readonly rule: MatchRule
  readonly fuzzy: readonly FuzzyAsked[]
  /** The records that have everything the rule asks for: `n`, `space`, and the values `v0`, `v1` ... */
  readonly agreed: Part
  /** The largest block of which pairs are made. */
  readonly limit: number
  /** What the last step is called, and what it is for. */
  readonly evidence: Pick<Step, 'name' | 'says'>
}

/** What a rule with fuzzy criteria looks at, and the keys that it lets records meet by. */
export function fuzzyKeySteps(of: FuzzyRule): readonly Step[] {
  const label = of.rule.label ?? of.rule.key
  return [
    { name: name(of, 'row'), says: `what "${label}" looks at`, query: rowsOf(of) },
    {
      name: name(of, 'key'),
      says: `keys that "${label}" lets records meet by`,
      query: sql`select k.*, ${blockOf(of.rule)} as block from (${keysIn(of)}) k`,
    },
  ]
}

/** What stands for a block among those of all rules. */
const blockOf = ({ key }: MatchRule): Part =>
  call('key64', join([value(key), sql`space`, sql`key`], sql` || ${value('\u001f')} || `))

/** The relation of the keys that a rule lets records meet by: `r`, `n`, `space`, `key`, `block`. */
export const fuzzyKeysOf = ({ key }: MatchRule): TableName => made(`fuzzy_${key}_key`)

/**
 * Which records pairs are made of: all, with blocks that are whole; or some, the rest of their blocks standing in `outside`;
 * or only pairs of which one at least is among those of the step `fresh`, in blocks of the step `fresh_key`.
 */
export type Pairing = Extent | 'with what changed'

/**
 * The pairs of all rules with fuzzy criteria. Records meet in blocks of equal keys, which are counted before a pair is made;
 * each pair knows its rule, and two values are compared once, however many pairs and rules have them. Blocks above the limit
 * make no pair and are told as one row.
 */
export function fuzzyPairSteps(rules: readonly FuzzyRule[], pairing: Pairing): readonly Step[] {
  const compared = rules.flatMap(comparedIn)
  return [
    ...valueSteps(compared),
    ...rules.flatMap((of) => [
      {
        name: name(of, 'block'),
        says: 'records that share a key, counted',
        query: blocksIn(of, pairing),
      },
      {
        name: name(of, 'pair'),
        says: 'pairs of records that share a block',
        query: pairsIn(of, pairing),
      },
      {
        name: name(of, 'id'),
        says: 'values that are compared, by their numbers',
        query: idsOf(of),
      },
    ]),
    ...alikeSteps(compared),
    ...rules.map((of) => ({ ...of.evidence, query: evidenceIn(of) })),
  ]
}

/** What of a rule is compared with the same of other rules. */
const comparedIn = (of: FuzzyRule): readonly Compared[] =>
  of.fuzzy.map((one) => ({ ...one, rows: made(name(of, 'row')), pairs: pairedIds(of) }))

const name = ({ rule }: FuzzyRule, of: string): string => `fuzzy_${rule.key}_${of}`

const columnsOf = ({ rule }: FuzzyRule): readonly string[] => askedBy(rule).map((_, i) => `v${i}`)

const exactColumns = (of: FuzzyRule): readonly string[] =>
  columnsOf(of).filter((column) => !of.fuzzy.some((one) => one.column === column))

const rowsOf = (of: FuzzyRule): Part =>
  sql`select row_number() over () as r, a.* from (${of.agreed}) a`

/** `r`, `n`, `space`, `key`: by what is exact, where something is; otherwise by keys derived from what is fuzzy. */
function keysIn(of: FuzzyRule): Part {
  const exact = exactColumns(of)
  const key = join(
    exact.map((one) => column(one)),
    sql` || ' · ' || `,
  )
  if (exact.length > 0) return sql`select r, n, space, ${key} as key from ${made(name(of, 'row'))}`
  const each = of.fuzzy.map((_, i) => derivedKeys(of, i))
  return join(each, sql` union all `)
}

/** Sharp keys of one criterion, with broad ones of the others beside them. */
function derivedKeys(of: FuzzyRule, sharp: number): Part {
  const alias = (i: number) => `k${i}`
  const tables = of.fuzzy.map(({ column: one, kind }, i) => {
    const values = sql`select distinct ${as(column(one), column('value'))} from ${made(name(of, 'row'))}`
    const keys = keysOf(kind, i === sharp ? 'sharp' : 'broad', values)
    return sql`join (${keys}) ${column(alias(i))} on ${column('value', alias(i))} = ${column(one, 'a')}`
  })
  const order = [sharp, ...of.fuzzy.keys().filter((i) => i !== sharp)]
  const key = join(
    order.map((i) => column('key', alias(i))),
    sql` || ' · ' || `,
  )
  return sql`select distinct a.r, a.n, a.space, ${value(`${sharp} · `)} || ${key} as key
    from ${made(name(of, 'row'))} a ${join(tables, sql` `)}`
}

function blocksIn({ rule }: FuzzyRule, pairing: Pairing): Part {
  const keys = fuzzyKeysOf(rule)
  const fresh =
    pairing === 'with what changed'
      ? sql` where k.block in (select key from ${made('fresh_key')})`
      : sql``
  const [size, from] =
    pairing === 'everything'
      ? [sql`count(distinct n)`, sql`${keys} k`]
      : [
          sql`count(distinct n) + coalesce(max(o.size), 0)`,
          sql`${keys} k left join ${made('outside')} o on o.key = k.block`,
        ]
  return sql`select k.space, k.key, min(n) as first, max(n) as last, ${size} as size from ${from}${fresh}
    group by k.space, k.key having count(distinct n) > 1`
}

/** `a`, `b`: rows of the older and of the younger record. */
function pairsIn(of: FuzzyRule, pairing: Pairing): Part {
  const same = exactColumns(of).map((one) => sql`${column(one, 'x')} = ${column(one, 'y')}`)
  const rows =
    same.length === 0
      ? sql``
      : sql` join ${made(name(of, 'row'))} x on x.r = a.r join ${made(name(of, 'row'))} y on y.r = b.r`
  return sql`select distinct a.r as a, b.r as b from ${made(name(of, 'block'))} k
    join ${made(name(of, 'key'))} a on a.space = k.space and a.key = k.key
    join ${made(name(of, 'key'))} b on b.space = k.space and b.key = k.key${rows}
    where ${isCompared(of)} and a.n < b.n and ${every(same)}${isFresh(pairing)}`
}

/** Blocks above the limit make no pair, or only those of their oldest. */
const isCompared = ({ rule, limit }: FuzzyRule): Part =>
  isCapping(rule)
    ? every(['a', 'b'].map((of) => isWithin(column('block', of), column('n', of))))
    : sql`k.size <= ${value(limit)}`

function isFresh(pairing: Pairing): Part {
  if (pairing !== 'with what changed') return sql``
  const fresh = sql`(select k.n from ${made('record')} k join ${made('fresh')} f on f.record = k.record)`
  return sql` and (a.n in ${fresh} or b.n in ${fresh})`
}

/** The rows of a rule with numbers for the values that are compared. */
function idsOf(of: FuzzyRule): Part {
  const alias = (i: number) => `k${i}`
  const ids = of.fuzzy.map((one, i) => as(column('id', alias(i)), column(one.column)))
  const values = of.fuzzy.map(
    ({ column: one, kind }, i) =>
      sql`join ${made(valueName(kind))} ${column(alias(i))} on ${column('value', alias(i))} = ${column(one, 'a')}`,
  )
  return sql`select a.r, ${join(ids)} from ${made(name(of, 'row'))} a ${join(values, sql` `)}`
}

const pairedIds = (of: FuzzyRule): Part =>
  sql`${made(name(of, 'pair'))} p join ${made(name(of, 'id'))} a on a.r = p.a
    join ${made(name(of, 'id'))} b on b.r = p.b`

function evidenceIn(of: FuzzyRule): Part {
  const isFuzzy = (one: string) => of.fuzzy.some(({ column }) => column === one)
  const shown = columnsOf(of).map((one) => {
    const [a, b] = [column(one, 'a'), column(one, 'b')]
    return isFuzzy(one) ? sql`case when ${a} = ${b} then ${a} else ${a} || ' ~ ' || ${b} end` : a
  })
  const row = made(name(of, 'row'))
  return sql`select a.n as first, b.n, min(${join(shown, sql` || ' · ' || `)}) as matched, 2 as size
      from (select p.a, p.b from ${pairedIds(of)} where ${every(of.fuzzy.map(areAlike))}) p
      join ${row} a on a.r = p.a join ${row} b on b.r = p.b group by a.n, b.n
    union all
    select first, last, key, size from ${made(name(of, 'block'))} where size > ${value(of.limit)}`
}
