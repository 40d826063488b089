import { type Answer, column, type Draft, type Engine, join, type Row, sql, value } from '#engine'
import type { NodeView } from '#graph'
import { type Clock, systemClock } from '#kernel/clock.ts'
import { asProblems, Fault, type Problem, refusal } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { type FieldType, isNumeric } from '#kernel/scalar.ts'
import { type Model, modelOf, rowChanges } from '#model'
import { checkQuery, type Relation } from '#query'
import type {
  BehindAnswer,
  BehindBody,
  Comparison,
  InsightOverview,
  InsightValues,
  LineageAnswer,
  MeasureOverview,
  Preview,
  PreviewBody,
  RollupQuestion,
  TemplateOverview,
} from './api.ts'
import { compareWithKept } from './compare.ts'
import { type Insight, type InsightDefinition, personColumn, type Rollup } from './definition.ts'
import { insightFaults } from './faults.ts'
import { sweepLedger } from './ledger.ts'
import { type Asked, computed, soundRows, sweepInsights, typesOf } from './refresh.ts'
import { rollupOf } from './rollup.ts'
import { rowsBehind } from './rows.ts'
import { worthRows as fromRows, type RefreshAsk, type RefreshDone, refreshInsight } from './runs.ts'
import {
  type InsightShape,
  type Known,
  relationOf,
  type Seen,
  type Shapes,
  shapesOf,
} from './shapes.ts'
import {
  computedTypes,
  type InsightRun,
  insightTable,
  runsOf,
  statesOf,
  type Types,
} from './tables.ts'
import { templates } from './templates.ts'

/** What can be done with insights. */
export interface Insights {
  /** All insights with their counts, and the smallest, largest and average of each measure. */
  readonly list: () => Promise<readonly InsightOverview[]>
  readonly get: (key: string) => Promise<InsightOverview>
  /** The first rows of an insight, in the order of its dimensions. */
  readonly rows: (key: string, limit: number) => Promise<readonly Row[]>
  /** The first rows that SQL or a definition would give; nothing is kept. */
  readonly preview: (of: string | PreviewBody, signal?: AbortSignal) => Promise<Preview>
  /** Rows put together to fewer dimensions or coarser times. */
  readonly query: (key: string, question: RollupQuestion, signal?: AbortSignal) => Promise<Preview>
  /** The rows that one row of an insight was computed from. */
  readonly rowsBehind: (key: string, of: BehindBody, signal?: AbortSignal) => Promise<BehindAnswer>
  /** Computes a version beside the rows that are kept, and tells how they differ. */
  readonly compare: (
    key: string,
    definition: InsightDefinition | undefined,
    signal?: AbortSignal,
  ) => Promise<Comparison>
  /** The SQL of an insight, also of one that is built from parts. */
  readonly sql: (key: string) => Promise<{ sql: string; written: 'by hand' | 'by parts' }>
  /** Of each column, the fields it is made of. */
  readonly lineage: (key: string) => Promise<LineageAnswer>
  readonly refresh: (key: string, ask?: RefreshAsk) => Promise<RefreshDone>
  /** What all insights say about one person. */
  readonly valuesOf: (profile: bigint) => Promise<readonly InsightValues[]>
  /** What insights give, as far as their SQL and their last runs tell; those that are wrong are left out. */
  readonly shapes: () => Promise<readonly InsightShape[]>
  /** The insights that have been computed, as other queries name them. */
  readonly relations: () => Promise<readonly Relation[]>
  /** The position of the last change of each insight that has been computed. */
  readonly positions: () => Promise<ReadonlyMap<string, number>>
  /** Ready-made insights, each with what the model lacks for it. */
  readonly templates: () => Promise<readonly TemplateOverview[]>
  /** The definition of a ready-made insight; refused with what is missing. */
  readonly fromTemplate: (key: string) => Promise<InsightDefinition>
  /** Drops the results of insights that are no longer defined. */
  readonly sweep: () => Promise<void>
}

export interface InsightTools {
  readonly engine: Engine
  /** The insights that are defined now, the relations that they may read besides each other, and what links lead to. */
  readonly known: () => Promise<Pick<Known, 'insights' | 'relations' | 'model'>>
  readonly clock?: Clock
  /** Insights over objects with fewer rows are always computed whole. */
  readonly worthRows?: number
  /** Everything derived, to tell of what an insight waits for. */
  readonly view?: () => Promise<readonly NodeView[]>
}

/** The insights of one installation. */
export function makeInsights({
  engine,
  known,
  clock = systemClock,
  worthRows = fromRows,
  view = async () => [],
}: InsightTools): Insights {
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
  const findSound = async (key: string) => {
    const { shape, problems } = await find(key)
    if (!shape) throw refusal(problems)
    return shape
  }
  const standings = async () => {
    const [states, runs, nodes] = await Promise.all([statesOf(engine), runsOf(engine), view()])
    return (key: string) => ({
      state: states.get(key),
      run: runs.get(key),
      node: nodes.find((node) => node.key === `insight:${key}`),
      now: clock.now(),
    })
  }
  const relations = async () => {
    const { insights, shapes, types } = await look()
    return insights
      .filter(({ key }) => types.has(key))
      .map((insight) => relationOf(insight, shapes.get(insight.key), types))
  }
  /** The shape of a definition that is not kept, under a key that may be in use. */
  const shapeOf = async (key: string, body: InsightDefinition) => {
    const { insights, relations: others, model, types } = await look()
    const rest = insights.filter((one) => one.key !== key)
    const { shapes, problems } = shapesOf({
      insights: [...rest, { key, body }],
      relations: others,
      types,
      ...(model && { model }),
    })
    const shape = shapes.get(key)
    if (!shape) throw refusal(problems.get(key) ?? [])
    return shape
  }
  const ground = async () => {
    const { model = modelOf([]) } = await known()
    const filled = await rowChanges(engine)
    return { model, isFilled: (object: string) => filled.has(object) }
  }
  const askOf = (signal: AbortSignal | undefined) => (signal ? { signal } : {})
  return {
    shapes,
    relations,
    list: async () => {
      const { insights, types, shapes, problems } = await look()
      const standing = await standings()
      return Promise.all(
        insights.map(async (insight) => {
          const { key } = insight
          return overview(engine, {
            insight,
            shape: shapes.get(key),
            problems: problems.get(key) ?? [],
            types: types.get(key),
            ...standing(key),
          })
        }),
      )
    },
    get: async (key) => {
      const found = await find(key)
      return overview(engine, { ...found, ...(await standings())(key) })
    },
    rows: async (key, limit) => {
      const { shape, types } = await find(key)
      if (!types) throw insightFaults.no_result({ insight: key })
      return engine.rows(
        sql`select * from ${insightTable(key)} ${orderBy(shape, types)} limit ${value(limit)}`,
      )
    },
    preview: async (of, signal) => {
      const { sql: text, definition, limit = 100 } = typeof of === 'string' ? { sql: of } : of
      if ((text === undefined) === (definition === undefined))
        throw insightFaults.sql_or_build({ both: text !== undefined })
      const shape = definition && (await shapeOf(previewKey, definition))
      const checked = shape
        ? shape.query
        : checkQuery(text ?? '', [...(await known()).relations, ...(await relations())])
      const answer = await engine.checked(
        `select * from (${checked.text}) as answer limit ${limit}`,
        askOf(signal),
      )
      const shown = charted(answer, shape)
      return shape
        ? { ...shown, problems: await problemsOfResult(engine, shape, askOf(signal)) }
        : shown
    },
    query: async (key, question, signal) => {
      const [shape, { insight, types }] = [await findSound(key), await find(key)]
      if (!types) throw insightFaults.no_result({ insight: key })
      const all = new Map([[key, types]])
      const checked = checkQuery(rollupOf(shape, question), [relationOf(insight, shape, all)])
      return charted(await engine.checked(checked.text, askOf(signal)), shape)
    },
    rowsBehind: async (key, of, signal) => {
      const [shape, { types }, { shapes: all }] = [
        await findSound(key),
        await find(key),
        await look(),
      ]
      if (!types) throw insightFaults.no_result({ insight: key })
      const dimensionsOf = (insight: string) => all.get(insight)?.dimensions ?? []
      return rowsBehind(engine, { shape, types, dimensionsOf }, of, askOf(signal))
    },
    compare: async (key, definition, signal) => {
      await find(key)
      const shape = definition ? await shapeOf(key, definition) : await findSound(key)
      return compareWithKept(engine, shape, askOf(signal))
    },
    sql: async (key) => {
      const { plan, query } = await findSound(key)
      return { sql: plan?.sql ?? query.text, written: plan?.built ? 'by parts' : 'by hand' }
    },
    lineage: async (key) => lineageOf(await findSound(key)),
    refresh: async (key, ask = {}) => {
      const { model = modelOf([]), shapes: all, problems, insights } = await look()
      const shape = all.get(key)
      if (!shape) {
        if (!insights.some((one) => one.key === key)) await find(key)
        throw refusal(problems.get(key) ?? [])
      }
      const ground = { engine, clock, shapes: [...all.values()], object: model.find, worthRows }
      return refreshInsight(ground, shape, ask)
    },
    valuesOf: async (profile) => {
      const { insights, types, shapes } = await look()
      const personal = insights.filter(
        ({ key, body }) =>
          types.get(key)?.has(personColumn) &&
          (shapes.get(key)?.on ?? body.on ?? 'individual') === 'individual',
      )
      return Promise.all(
        personal.map(({ key, body }) =>
          valuesFor(engine, {
            key,
            label: body.label,
            order: orderBy(shapes.get(key), types.get(key)),
            profile,
          }),
        ),
      )
    },
    positions: async () =>
      new Map([...(await statesOf(engine))].map(([key, { position }]) => [key, position])),
    templates: async () => {
      const [of, { insights }] = [await ground(), await known()]
      return templates.map((template) => {
        const { key, label, about } = template
        const lacks = template.lacks(of)
        return {
          key,
          label,
          about,
          lacks: [...lacks],
          ...(lacks.length === 0 ? { definition: template.make(of) } : {}),
          isDefined: insights.some((one) => one.key === key),
        }
      })
    },
    fromTemplate: async (key) => {
      const keys = templates.map((one) => one.key)
      const template = templates.find((one) => one.key === key)
      if (!template)
        throw insightFaults.unknown_template({ template: key, near: didYouMean(key, keys) })
      const of = await ground()
      const lacks = template.lacks(of)
      if (lacks.length > 0) throw insightFaults.template_lacks({ template: key, lacks })
      return template.make(of)
    },
    sweep: async () => {
      const { insights, shapes } = await look()
      await sweepInsights(
        engine,
        insights.map(({ key }) => key),
      )
      const driven = [...shapes.values()].flatMap(({ plan }) => plan?.built?.driver ?? [])
      await sweepLedger(engine, driven)
    },
  }
}

// No insight that is defined can have this key.
const previewKey = '_preview'

/** Why a result could not be published: its rows are not apart, or its numbers are none. */
async function problemsOfResult(
  engine: Engine,
  shape: InsightShape,
  ask: Asked,
): Promise<Problem[]> {
  try {
    const types = await typesOf(engine, shape.query, shape, ask)
    await computed(engine, { query: shape.query, types, ask }, (staged) =>
      soundRows(engine, { shape, types, staged }),
    )
    return []
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    return [...asProblems(thrown)]
  }
}

/** An answer with what each column is to a chart. */
function charted({ columns, rows }: Answer, shape: InsightShape | undefined): Preview {
  return {
    columns: columns.map(({ name, type }) => ({ name, type, ...roleOf(shape, name, type) })),
    rows: [...rows],
  }
}

function roleOf(
  shape: InsightShape | undefined,
  name: string,
  type: FieldType,
): Pick<Preview['columns'][number], 'is'> {
  if (!shape) return {}
  if (shape.measures.has(name)) return { is: 'measure' }
  return { is: type === 'date' || type === 'timestamp' ? 'time' : 'dimension' }
}

function lineageOf({ query, measures }: InsightShape): LineageAnswer {
  return {
    columns: query.columns.map((name) => ({
      name,
      is: measures.has(name) ? 'measure' : 'dimension',
      from: (query.lineage[name] ?? []).map(({ relation, column: of }) => ({
        relation,
        column: of,
      })),
    })),
    reads: query.reads.map(({ relation, columns }) => ({
      relation,
      columns: columns === 'all' ? columns : [...columns],
    })),
  }
}

// Reading all SQL anew costs milliseconds for each insight; editors ask many times between two changes.
function lastShapes(): (known: Known) => Shapes {
  let last: { readonly asked: string; readonly shapes: Shapes } | undefined
  let seen: { readonly ground: string; readonly insights: Seen } | undefined
  let written:
    | {
        readonly relations: Known['relations']
        readonly model: Model | undefined
        readonly ground: string
      }
    | undefined
  return (known) => {
    const { relations, model } = known
    if (written?.relations !== relations || written.model !== model)
      written = { relations, model, ground: JSON.stringify([relations, model?.objects]) }
    const { ground } = written
    const types = [...(known.types ?? [])].map(([key, columns]) => [key, [...columns]])
    const asked = JSON.stringify([known.insights, types])
    if (last?.asked === asked && seen?.ground === ground) return last.shapes
    if (seen?.ground !== ground) seen = { ground, insights: new Map() }
    const shapes = shapesOf(known, seen.insights)
    last = { asked, shapes }
    return shapes
  }
}

const orderBy = (shape: InsightShape | undefined, types: Types | undefined) => {
  const names = (shape?.dimensions ?? []).filter((name) => types?.has(name))
  return names.length === 0 ? sql`` : sql`order by ${join(names.map((name) => column(name)))}`
}

interface PersonalInsight {
  readonly key: string
  readonly label: string
  readonly order: Draft
  readonly profile: bigint
}

async function valuesFor(
  engine: Engine,
  { key, label, order, profile }: PersonalInsight,
): Promise<InsightValues> {
  const rows = await engine.rows(
    sql`select * from ${insightTable(key)} where ${column(personColumn)} = ${value(profile)} ${order}`,
  )
  const own = rows.map(({ [personColumn]: _, ...row }) => row)
  return { insight: key, label, rows: own }
}

interface Standing {
  readonly insight: Insight
  readonly shape: InsightShape | undefined
  readonly problems: readonly Problem[]
  readonly types: Types | undefined
  readonly state: { readonly position: number; readonly rows: number } | undefined
  readonly run: InsightRun | undefined
  readonly node: NodeView | undefined
  readonly now: Date
}

async function overview(
  engine: Engine,
  { insight, shape, problems, types, state, run, node, now }: Standing,
): Promise<InsightOverview> {
  const { key, body } = insight
  const names = [...(shape?.measures.keys() ?? body.measures ?? [])]
  const measures = names.map((name) => ({
    name,
    type: types?.get(name),
    rollup: shape?.plan?.rollup.get(name),
  }))
  return {
    key,
    label: body.label,
    ...(body.about === undefined ? {} : { about: body.about }),
    ...(shape?.on === undefined ? {} : { on: shape.on }),
    dimensions: [...(shape?.dimensions ?? body.dimensions ?? [])],
    measures: await statisticsOf(engine, key, measures),
    ...(state ?? {}),
    ...(run && { lastRun: shownRun(run) }),
    ...staleness(problems, run),
    ...waiting(node),
    ...behind(node, now),
  }
}

// What came while it was computed is not in it.
function behind(
  node: NodeView | undefined,
  now: Date,
): Pick<InsightOverview, 'as_of' | 'staleness_ms'> {
  const { refreshedAt, durationMs = 0, why = [] } = node ?? {}
  if (refreshedAt === undefined) return {}
  const asOf = new Date(Date.parse(refreshedAt) - durationMs)
  const staleness = why.length === 0 ? 0 : Math.max(0, now.getTime() - asOf.getTime())
  return { as_of: asOf.toISOString(), staleness_ms: staleness }
}

function waiting(node: NodeView | undefined): Pick<InsightOverview, 'waits' | 'nextAt'> {
  const { waits, why = [], nextAt } = node ?? {}
  const until = waits?.until === undefined ? {} : { until: waits.until }
  return {
    ...(waits && { waits: { why: why.at(-1) ?? '', ...until } }),
    ...(nextAt === undefined ? {} : { nextAt }),
  }
}

/** A run without what only the next one needs to know. */
export function shownRun({ made: _, fault: __, goodAt: ___, ...run }: InsightRun): ShownRun {
  return run
}

type ShownRun = NonNullable<InsightOverview['lastRun']>

function staleness(
  [problem]: readonly Problem[],
  run: InsightRun | undefined,
): Pick<InsightOverview, 'stale'> {
  const good = run?.goodAt === undefined ? {} : { goodAt: run.goodAt }
  if (problem) return { stale: { code: problem.code, why: problem.say, ...good } }
  if (run?.fault) return { stale: { code: run.fault.code, why: run.fault.say, ...good } }
  return {}
}

interface TypedMeasure {
  readonly name: string
  readonly rollup: Rollup | undefined
  readonly type: FieldType | undefined
}

async function statisticsOf(
  engine: Engine,
  key: string,
  measures: readonly TypedMeasure[],
): Promise<MeasureOverview[]> {
  const plain = measures.map(({ name, type, rollup }) => ({
    name,
    ...(type ? { type } : {}),
    ...(rollup ? { rollup } : {}),
  }))
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
