import {
  as,
  column,
  type Engine,
  join,
  type Part,
  type Row,
  sql,
  type TableName,
  value,
} from '#engine'
import { type FieldType, isNumeric } from '#kernel/scalar.ts'
import type { Comparison } from './api.ts'
import { type Asked, anyDiffers, computed, sideBySide, soundRows, typesOf } from './refresh.ts'
import type { InsightShape } from './shapes.ts'
import { computedTypes, insightTable, type Types } from './tables.ts'

/** How many of the biggest differences are told. */
const mostTold = 20

/** Computes a version of an insight beside the one that is kept, and tells how they differ; nothing is kept. */
export async function compareWithKept(
  engine: Engine,
  shape: InsightShape,
  ask: Asked,
): Promise<Comparison> {
  const types = await typesOf(engine, shape.query, shape, ask)
  const kept = (await computedTypes(engine)).get(shape.key)
  return computed(engine, { query: shape.query, types, ask }, async (staged) => {
    await soundRows(engine, { shape, types, staged })
    const after = await sizeOf(engine, staged, numbersOf(types, shape))
    if (!kept) return { after, measures: measuresOf({}, after.sums, shape), biggest: [] }
    const before = await sizeOf(engine, insightTable(shape.key), numbersOf(kept, shape))
    const measures = measuresOf(before.sums, after.sums, shape)
    const sizes = { before, after, measures }
    // Rows can only be laid side by side when the same columns tell them apart.
    if (!shape.dimensions.every((name) => kept.get(name) === types.get(name)))
      return { ...sizes, biggest: [], note: 'other dimensions: rows cannot be laid side by side' }
    return { ...sizes, ...(await differencesOf(engine, { shape, staged, types, kept }, ask)) }
  })
}

const numbersOf = (types: Types, { measures }: InsightShape): readonly string[] =>
  [...measures.keys()].filter((name) => isNumber(types.get(name)))

const isNumber = (type: FieldType | undefined) => type !== undefined && isNumeric(type)

interface Size {
  readonly rows: number
  readonly sums: Readonly<Record<string, number>>
}

async function sizeOf(engine: Engine, rows: TableName, names: readonly string[]): Promise<Size> {
  const sums = names.map((name) => as(sql`sum(${column(name)})`, column(name)))
  const [row = {}] = await engine.rows(
    sql`select ${join([sql`count(*) as "_rows"`, ...sums])} from ${rows}`,
  )
  return {
    rows: Number(row['_rows']),
    sums: Object.fromEntries(names.map((name) => [name, Number(row[name] ?? 0)])),
  }
}

const measuresOf = (
  before: Size['sums'],
  after: Size['sums'],
  { measures }: InsightShape,
): Comparison['measures'] =>
  [...measures.keys()].map((name) => ({
    name,
    ...(name in before ? { before: before[name] } : {}),
    ...(name in after ? { after: after[name] } : {}),
  }))

interface Versions {
  readonly shape: InsightShape
  readonly staged: TableName
  readonly types: Types
  readonly kept: Types
}

async function differencesOf(
  engine: Engine,
  { shape, staged, types, kept }: Versions,
  ask: Asked,
): Promise<Pick<Comparison, 'added' | 'gone' | 'different' | 'biggest'>> {
  const shared = [...shape.measures.keys()].filter((name) => kept.get(name) === types.get(name))
  const both = sideBySide(shape.dimensions, staged, insightTable(shape.key))
  const isDifferent = anyDiffers(shared, types)
  const [isNew, isGone] = [sql`before."_one" is null`, sql`now."_one" is null`]
  const [count] = await engine.rows(
    sql`select count(*) filter (where ${isNew}) as added, count(*) filter (where ${isGone}) as gone,
      count(*) filter (where not ${isNew} and not ${isGone} and ${isDifferent}) as different from ${both}`,
    { lane: 'heavy', ...ask },
  )
  const numbers = shared.filter((name) => isNumber(types.get(name)))
  const biggest = await Promise.all(
    numbers.map((measure) => biggestOf(engine, { shape, both, measure })),
  )
  return {
    added: Number(count?.['added']),
    gone: Number(count?.['gone']),
    different: Number(count?.['different']),
    biggest: biggest
      .flat()
      .toSorted((a, b) => sizeOfGap(b) - sizeOfGap(a))
      .slice(0, mostTold),
  }
}

type Gap = Comparison['biggest'][number]

const sizeOfGap = ({ before = 0, after = 0 }: Gap) => Math.abs(after - before)

async function biggestOf(
  engine: Engine,
  {
    shape,
    both,
    measure,
  }: { readonly shape: InsightShape; readonly both: Part; readonly measure: string },
): Promise<readonly Gap[]> {
  const [now, before] = [column(measure, 'now'), column(measure, 'before')]
  const gap = sql`abs(coalesce(${now}, 0) - coalesce(${before}, 0))`
  const dimensions = shape.dimensions.map((name) =>
    as(sql`coalesce(${column(name, 'now')}, ${column(name, 'before')})`, column(name)),
  )
  const cells = [...dimensions, as(before, column('_before')), as(now, column('_now'))]
  const rows = await engine.rows(
    sql`select ${join(cells)} from ${both} where ${gap} > 0 order by ${gap} desc limit ${value(mostTold)}`,
  )
  return rows.map(({ _before, _now, ...of }) => ({
    of: of as Row,
    measure,
    ...(_before === null ? {} : { before: Number(_before) }),
    ...(_now === null ? {} : { after: Number(_now) }),
  }))
}
