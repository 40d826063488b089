import { type Answer, column, type Engine, join, type Row, sql, value } from '#engine'
import { refusal } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { type FieldType, isNumeric } from '#kernel/scalar.ts'
import { checkQuery, type Relation } from '#query'
import type { InsightOverview, InsightValues, MeasureOverview } from './api.ts'
import { type Insight, personColumn } from './definition.ts'
import { insightFaults } from './faults.ts'
import { type Refreshed, refreshInsight, sweepInsights } from './refresh.ts'
import { type InsightShape, type Known, relationOf, type Shapes, shapesOf } from './shapes.ts'
import { computedTypes, insightTable, statesOf, type Types } from './tables.ts'

/** What can be done with insights. */
export interface Insights {
  /** All insights with their counts, and the smallest, largest and average of each measure. */
  readonly list: () => Promise<readonly InsightOverview[]>
  readonly get: (key: string) => Promise<InsightOverview>
  /** The first rows of an insight, in the order of its dimensions. */
  readonly rows: (key: string, limit: number) => Promise<readonly Row[]>
  /** The first rows that SQL would give; nothing is kept. */
  readonly preview: (text: string, signal?: AbortSignal) => Promise<Answer>
  readonly refresh: (key: string, signal?: AbortSignal) => Promise<Refreshed>
  /** What all insights say about one person. */
  readonly valuesOf: (profile: bigint) => Promise<readonly InsightValues[]>
  /** What insights give, as far as their SQL and their last runs tell; those that are wrong are left out. */
  readonly shapes: () => Promise<readonly InsightShape[]>
  /** The insights that have been computed, as other queries name them. */
  readonly relations: () => Promise<readonly Relation[]>
  /** The position of the last change of each insight that has been computed. */
  readonly positions: () => Promise<ReadonlyMap<string, number>>
  /** Drops the results of insights that are no longer defined. */
  readonly sweep: () => Promise<void>
}

export interface InsightTools {
  readonly engine: Engine
  /** The insights that are defined now, and the relations that they may read besides each other. */
  readonly known: () => Promise<Pick<Known, 'insights' | 'relations'>>
}

/** The insights of one installation. */
export function makeInsights({ engine, known }: InsightTools): Insights {
  const defined = async () => {
    const [now, types] = await Promise.all([known(), computedTypes(engine)])
    return { ...now, types }
  }
  const shapesNow = lastShapes()
  const look = async () => {
    const now = await defined()
    return { ...now, ...shapesNow(now) }
  }
  const shapes = async () => [...(await look()).shapes.values()]
  const find = async (key: string) => {
    const { insights, shapes, problems, types } = await look()
    const insight = insights.find((one) => one.key === key)
    if (!insight) {
      const near = didYouMean(
        key,
        insights.map((one) => one.key),
      )
      throw insightFaults.unknown({ insight: key, near })
    }
    return {
      insight,
      shape: shapes.get(key),
      problems: problems.get(key) ?? [],
      types: types.get(key),
    }
  }
  const relations = async () => {
    const { insights, shapes, types } = await look()
    return insights
      .filter(({ key }) => types.has(key))
      .map((insight) => relationOf(insight, shapes.get(insight.key), types))
  }
  return {
    shapes,
    relations,
    list: async () => {
      const { insights, types, shapes } = await look()
      const states = await statesOf(engine)
      return Promise.all(
        insights.map(async (insight) => {
          const { key } = insight
          return overview(engine, {
            insight,
            shape: shapes.get(key),
            types: types.get(key),
            state: states.get(key),
          })
        }),
      )
    },
    get: async (key) => {
      const found = await find(key)
      return overview(engine, { ...found, state: (await statesOf(engine)).get(key) })
    },
    rows: async (key, limit) => {
      const { insight, types } = await find(key)
      if (!types) throw insightFaults.no_result({ insight: key })
      return engine.rows(
        sql`select * from ${insightTable(key)} ${orderBy(insight)} limit ${value(limit)}`,
      )
    },
    preview: async (text, signal) => {
      const { relations: others } = await known()
      const checked = checkQuery(text, [...others, ...(await relations())])
      const ask = signal ? { signal } : {}
      return engine.checked(`select * from (${checked.text}) as answer limit 100`, ask)
    },
    refresh: async (key, signal) => {
      const { shape, problems } = await find(key)
      if (!shape) throw refusal(problems)
      return refreshInsight(engine, shape, signal ? { signal } : {})
    },
    valuesOf: async (profile) => {
      const { insights, types } = await defined()
      const personal = insights.filter(({ key }) => types.get(key)?.has(personColumn))
      return Promise.all(personal.map((insight) => valuesFor(engine, insight, profile)))
    },
    positions: async () =>
      new Map([...(await statesOf(engine))].map(([key, { position }]) => [key, position])),
    sweep: async () =>
      sweepInsights(
        engine,
        (await known()).insights.map(({ key }) => key),
      ),
  }
}

// Reading all SQL anew costs milliseconds for each insight; editors ask many times between two changes.
function lastShapes(): (known: Known) => Shapes {
  let last: { readonly asked: string; readonly shapes: Shapes } | undefined
  return (known) => {
    const types = [...(known.types ?? [])].map(([key, columns]) => [key, [...columns]])
    const asked = JSON.stringify([known.insights, known.relations, types])
    if (last?.asked !== asked) last = { asked, shapes: shapesOf(known) }
    return last.shapes
  }
}

const orderBy = ({ body }: Insight) =>
  body.dimensions.length === 0
    ? sql``
    : sql`order by ${join(body.dimensions.map((name) => column(name)))}`

async function valuesFor(
  engine: Engine,
  insight: Insight,
  profile: bigint,
): Promise<InsightValues> {
  const rows = await engine.rows(
    sql`select * from ${insightTable(insight.key)} where ${column(personColumn)} = ${value(profile)} ${orderBy(insight)}`,
  )
  const own = rows.map(({ [personColumn]: _, ...row }) => row)
  return { insight: insight.key, label: insight.body.label, rows: own }
}

interface Standing {
  readonly insight: Insight
  readonly shape: InsightShape | undefined
  readonly types: Types | undefined
  readonly state: { readonly position: number; readonly rows: number } | undefined
}

async function overview(
  engine: Engine,
  { insight, shape, types, state }: Standing,
): Promise<InsightOverview> {
  const { key, body } = insight
  const names = [...(shape?.measures.keys() ?? body.measures ?? [])]
  const measures = names.map((name) => ({ name, type: types?.get(name) }))
  return {
    key,
    label: body.label,
    ...(body.about === undefined ? {} : { about: body.about }),
    ...(shape?.on === undefined ? {} : { on: shape.on }),
    dimensions: body.dimensions,
    measures: await statisticsOf(engine, key, measures),
    ...(state ?? {}),
  }
}

interface TypedMeasure {
  readonly name: string
  readonly type: FieldType | undefined
}

async function statisticsOf(
  engine: Engine,
  key: string,
  measures: readonly TypedMeasure[],
): Promise<MeasureOverview[]> {
  const plain = measures.map(({ name, type }) => ({ name, ...(type ? { type } : {}) }))
  const numeric = measures.filter(({ type }) => type !== undefined && isNumeric(type))
  if (numeric.length === 0) return plain
  const columns = numeric.flatMap(({ name }, i) => [
    sql`min(${column(name)}) as ${column(`min${i}`)}`,
    sql`max(${column(name)}) as ${column(`max${i}`)}`,
    sql`avg(${column(name)}) as ${column(`avg${i}`)}`,
  ])
  const [row] = await engine.rows(sql`select ${join(columns)} from ${insightTable(key)}`)
  const amount = (name: string) => Number(row?.[name] ?? Number.NaN)
  return plain.map((measure) => {
    const i = numeric.findIndex(({ name }) => name === measure.name)
    if (i < 0 || Number.isNaN(amount(`min${i}`))) return measure
    return {
      ...measure,
      min: amount(`min${i}`),
      max: amount(`max${i}`),
      average: amount(`avg${i}`),
    }
  })
}
