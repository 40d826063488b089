import { consentObjects } from '#consent'
import { join, sql, value } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { measureType } from './check-measure.ts'
import { compileAnswers, type Zoned } from './compile.ts'
import { type Container, measured, rowsAsked } from './containers.ts'
import type { Comparison, Condition, RowCondition, Sequence } from './definition.ts'
import { unitMs } from './sequences.ts'
import { follow, type ObjectSubject, personSubject, type Subjects } from './subjects.ts'
import { asksTheTime, momentsAfter } from './why-moments.ts'
import { type Scene, timesIn } from './why-rows.ts'
import type { Branch } from './why-tree.ts'

/** A question whose answer changes with time alone: to a value that was found, or to rows. */
interface TimeQuestion {
  readonly asked: Comparison
  readonly type: 'date' | 'timestamp'
  readonly zone: string
  /** Where the times stand: rows of an object, or nowhere else than in what the condition found. */
  readonly rows?: { readonly related: string; readonly path: string }
}

/** Rows after which something changes when a span has passed. */
interface Passing {
  readonly related: string
  readonly path: string
  readonly spanMs: number
}

/** How the clock changes the answer to one condition by itself. */
interface Clocked {
  readonly questions: readonly TimeQuestion[]
  readonly passings: readonly Passing[]
}

const still: Clocked = { questions: [], passings: [] }

const isTime = (type: FieldType | undefined): type is 'date' | 'timestamp' =>
  type === 'date' || type === 'timestamp'

const together = (all: readonly Clocked[]): Clocked => ({
  questions: all.flatMap(({ questions }) => questions),
  passings: all.flatMap(({ passings }) => passings),
})

/** What the clock does to a condition that has no parts. */
function clockOf({ condition, zone }: Zoned, subjects: Subjects): Clocked {
  if ('consent' in condition) return clockOfConsent(subjects)
  if ('sequence' in condition) return clockOfSequence(condition, zone, subjects)
  if ('related' in condition) return clockOfRows(condition, zone, subjects)
  if (!('op' in condition)) return still
  const type = typeOf(condition, subjects)
  return asked(condition, { type, zone })
}

// What was said of consent begins to hold, and may end.
const clockOfConsent = ({ objects }: Subjects): Clocked => ({
  questions: [],
  passings: consentObjects.flatMap((related) =>
    ['effective_from', 'effective_to'].flatMap((path) =>
      isTime(objects.get(related)?.fields[path]) ? [{ related, path, spanMs: 0 }] : [],
    ),
  ),
})

interface Of {
  readonly type: FieldType | undefined
  readonly zone: string
  readonly rows?: TimeQuestion['rows']
}

function asked(comparison: Comparison, { type, zone, rows }: Of): Clocked {
  if (!isTime(type) || !asksTheTime(comparison, type)) return still
  const question = { asked: comparison, type, zone: comparison.time_zone ?? zone }
  return { questions: [rows === undefined ? question : { ...question, rows }], passings: [] }
}

function typeOf(condition: Condition, subjects: Subjects): FieldType | undefined {
  if ('field' in condition) return typeAt(condition.field, personSubject(subjects), subjects)
  if (!('insight' in condition)) return undefined
  const [insight = '', measure = ''] = condition.insight.split('.')
  return subjects.insights.get(insight)?.measures.get(measure)
}

function typeAt(path: string, object: ObjectSubject, { model }: Subjects): FieldType | undefined {
  const led = follow(path, object, model)
  return 'type' in led ? led.type : undefined
}

function clockOfRows(container: Container, zone: string, subjects: Subjects): Clocked {
  const of = measured(container)
  const object = subjects.objects.get(of.related)
  if (object === undefined) return still
  const filter = clockOfFilter(rowsAsked(of, object), { object, zone, subjects })
  const own = asked(of, { type: measureType(of, object, subjects.model), zone })
  // What is measured of rows that come and go may be the value of any of them.
  const { of: path } = of
  const others =
    filter.questions.length > 0 && path !== undefined
      ? asked(of, {
          type: typeAt(path, object, subjects),
          zone,
          rows: { related: object.key, path },
        })
      : still
  return together([filter, own, others])
}

interface Rows {
  readonly object: ObjectSubject
  readonly zone: string
  readonly subjects: Subjects
}

function clockOfFilter(condition: RowCondition | undefined, rows: Rows): Clocked {
  if (condition === undefined) return still
  const inside = (all: readonly RowCondition[]) =>
    together(all.map((one) => clockOfFilter(one, rows)))
  if ('all' in condition) return inside(condition.all)
  if ('any' in condition) return inside(condition.any)
  if ('not' in condition) return inside([condition.not])
  const { object, zone, subjects } = rows
  const type = typeAt(condition.field, object, subjects)
  return asked(condition, { type, zone, rows: { related: object.key, path: condition.field } })
}

function clockOfSequence({ sequence }: Sequence, zone: string, subjects: Subjects): Clocked {
  return together(
    sequence.map((step, i): Clocked => {
      const object = subjects.objects.get(step.related)
      if (object === undefined) return still
      const filter = clockOfFilter(rowsAsked(step, object), { object, zone, subjects })
      const before = subjects.objects.get(sequence[i - 1]?.related ?? '')
      if (!step.never || !step.within || before?.time === undefined) return filter
      const spanMs = step.within.value * unitMs[step.within.unit]
      const passing = { related: before.key, path: before.time, spanMs }
      return { ...filter, passings: [passing] }
    }),
  )
}

/** Whether the answer to a condition changes with time alone. */
export function isClocked(branch: Branch, subjects: Subjects): boolean {
  const { questions, passings } = clockOf(branch, subjects)
  const parts = branch.parts.some((part) => isClocked(part, subjects))
  return parts || questions.length > 0 || passings.length > 0
}

/** How many times of rows are looked at, and how many moments are tried. */
const mostTimes = 5000
const mostMoments = 192
const atOnce = 16

/** A condition with the value that was found. */
export interface Answered {
  readonly branch: Branch
  readonly value?: unknown
}

/** The moments after now at which something may change, in their order; and whether there are rows that were not looked at. */
async function momentsOf(
  scene: Scene,
  answered: readonly Answered[],
): Promise<{ readonly moments: readonly number[]; readonly isPartial: boolean }> {
  const now = scene.ground.now.getTime()
  const times = new Map<string, readonly number[]>()
  const timesOf = async ({ related, path }: { related: string; path: string }) => {
    const same = `${related} ${path}`
    const known = times.get(same) ?? (await timesIn(scene, { related, path, limit: mostTimes }))
    times.set(same, known)
    return known
  }
  const moments: number[] = []
  for (const { branch, value: found } of answered) {
    const { questions, passings } = clockOf(branch, scene.ground.subjects)
    const own = typeof found === 'string' ? [Date.parse(found)] : []
    for (const { rows, ...question } of questions) {
      const values = rows ? await timesOf(rows) : own
      moments.push(...values.flatMap((ms) => momentsAfter({ ...question, ms, now })))
    }
    for (const { spanMs, ...rows } of passings)
      moments.push(...(await timesOf(rows)).flatMap((ms) => [ms + spanMs, ms + spanMs + 1]))
  }
  return {
    moments: [...new Set(moments)].filter((ms) => ms > now).toSorted((a, b) => a - b),
    isPartial: [...times.values()].some(({ length }) => length === mostTimes),
  }
}

/** What is followed through time: the answers to some conditions, each true or false, made into what is asked about. */
export interface Followed {
  readonly conditions: readonly Zoned[]
  readonly whether: readonly ((holds: readonly boolean[]) => boolean)[]
}

/** When each of them first is another than now; up to which moment was looked, if not at all that is known. */
export interface Flips {
  readonly at: readonly (number | undefined)[]
  readonly lookedUntil?: number
  /** Whether somebody has so many rows that not all were looked at. */
  readonly isPartial: boolean
}

/**
 * Finds when answers change with time alone: every condition is compiled and asked again for each moment at which some
 * question to a time may change, until all have changed.
 */
export async function flipsOf(
  scene: Scene & { readonly whole: Scene['ground']; readonly profile: bigint },
  answered: readonly Answered[],
  { conditions, whether }: Followed,
  now: readonly boolean[],
): Promise<Flips> {
  const { moments, isPartial } = await momentsOf(scene, answered)
  const tried = moments.slice(0, mostMoments)
  const before = whether.map((one) => one(now))
  const at: (number | undefined)[] = whether.map(() => undefined)
  for (let i = 0; i < tried.length && at.includes(undefined); i += atOnce) {
    const some = tried.slice(i, i + atOnce)
    const answers = await answersAt(scene, conditions, some)
    for (const [j, holds] of answers.entries())
      for (const [k, one] of whether.entries())
        if (at[k] === undefined && one(holds) !== before[k]) at[k] = some[j]
  }
  const last = tried.at(-1)
  const isCut = moments.length > tried.length && at.includes(undefined)
  return { at, isPartial, ...(isCut && last !== undefined ? { lookedUntil: last } : {}) }
}

async function answersAt(
  {
    engine,
    whole,
    profile,
    signal,
  }: Scene & { readonly whole: Scene['ground']; readonly profile: bigint },
  conditions: readonly Zoned[],
  moments: readonly number[],
): Promise<readonly (readonly boolean[])[]> {
  const each = moments.map(
    (ms, i) =>
      sql`select ${value(i)} as moment, * from (${compileAnswers(conditions, { ...whole, now: new Date(ms) })}) w where profile = ${value(profile)}`,
  )
  const rows = await engine.rows(
    sql`select * from (${join(each, sql` union all `)}) answers order by moment`,
    signal ? { signal } : {},
  )
  return rows.map((row) => conditions.map((_, i) => row[`h${i}`] === true))
}

/** The objects whose rows conditions read. */
export const objectsOf = (branches: readonly Branch[]): readonly string[] => [
  ...new Set(
    branches.flatMap(({ condition }) => {
      if ('sequence' in condition) return condition.sequence.map(({ related }) => related)
      return 'related' in condition ? [condition.related] : []
    }),
  ),
]
