import {
  call,
  cast,
  column,
  type Draft,
  type Engine,
  every,
  join,
  type Part,
  type Row,
  some,
  sql,
  typeName,
  value,
} from '#engine'
import { systemColumns } from '#model'
import type { EvidenceRow } from './api.ts'
import { rowsAsk } from './compile.ts'
import { type Container, measured, rowsAsked } from './containers.ts'
import type { Related, RowCondition, Sequence } from './definition.ts'
import type { Ground } from './ground.ts'
import { filled } from './members.ts'
import { askOwned } from './rows.ts'
import { completedAt, reachedAt } from './sequences.ts'
import { type AskRow, ownedObject } from './sources.ts'
import type { ObjectSubject } from './subjects.ts'

/** One person, and what is asked about them; of the ground, only their rows are read. */
export interface Scene {
  readonly engine: Engine
  readonly ground: Ground
  readonly signal?: AbortSignal | undefined
}

const most = 5

/** The fields that a condition on rows reads. */
function fieldsRead(condition: RowCondition | undefined): readonly string[] {
  if (condition === undefined) return []
  if ('all' in condition) return condition.all.flatMap(fieldsRead)
  if ('any' in condition) return condition.any.flatMap(fieldsRead)
  if ('not' in condition) return fieldsRead(condition.not)
  return [condition.field]
}

/** Which rows are looked for, and in which order. */
interface Search extends Pick<Sequence['sequence'][number], 'related' | 'where' | 'look_back'> {
  /** Fields to be shown besides those that are asked. */
  readonly shows: readonly string[]
  /** What else must hold of a row, given its time in milliseconds. */
  readonly only?: (at: Part) => Part
  readonly first: 'latest' | 'earliest' | { readonly by: string; readonly order: 'asc' | 'desc' }
  readonly limit: number
}

// Rows that count come first, then those that would at another time.
async function search(scene: Scene, ask: AskRow, of: Search): Promise<readonly EvidenceRow[]> {
  const { engine, ground, signal } = scene
  const object = ownedObject(of.related, ground)
  const rows = askOwned(object, ground)
  if (rows === undefined) return []
  const holds = (condition: RowCondition | undefined) =>
    condition === undefined ? sql`true` : sql`coalesce(${ask.compile(condition, rows)}, false)`
  const paths = [
    ...new Set([...of.shows, ...fieldsRead(of.where), ...(object.time ? [object.time] : [])]),
  ]
  const counts = holds(rowsAsked(of, object))
  const near = holds(of.where)
  const cells = paths.map((path, i) => sql`${rows.field(path).of} as ${column(`f${i}`)}`)
  const time = timeOf(object, (path) => rows.field(path).of)
  const by = typeof of.first === 'object' ? rows.field(of.first.by).of : time
  const order = direction(of.first)
  const where = [...rows.narrowed, ...(of.only ? [of.only(time)] : [])]
  const filter = where.length === 0 ? sql`` : sql`where ${join(where, sql` and `)}`
  const cell = (name: string) => column(name, 'r')
  const found = await engine.rows(
    sql`select ${join([
      sql`${cell(systemColumns.key)} as ${column('key')}`,
      sql`${cell(systemColumns.stream)} as ${column('stream')}`,
      sql`${cell('id')} as ${column('id')}`,
      sql`${counts} as counts`,
      sql`${near} as near`,
      sql`${by} as place`,
      ...cells,
    ])} from ${rows.from()} ${filter}
    order by counts desc, near desc, place ${order} nulls last, ${column('key')} limit ${value(of.limit)}`,
    signal ? { signal } : {},
  )
  return found.map((row) => evidenceFrom(of.related, paths, row))
}

const direction = (first: Search['first']): Draft =>
  first === 'earliest' || (typeof first === 'object' && first.order === 'asc')
    ? sql`asc`
    : sql`desc`

const timeOf = ({ time }: ObjectSubject, field: (path: string) => Part): Part =>
  time === undefined
    ? sql`cast(null as ${typeName('integer')})`
    : call('epoch_ms', cast(field(time), 'timestamp'))

function evidenceFrom(object: string, paths: readonly string[], row: Row): EvidenceRow {
  const fields = paths.flatMap((path, i) => {
    const cell = cellOf(row[`f${i}`])
    return cell === undefined ? [] : [[path, cell] as const]
  })
  return {
    object,
    key: String(row['key']),
    ...filled(row, 'stream'),
    ...filled(row, 'id'),
    fields: Object.fromEntries(fields),
    counts: row['counts'] === true,
  }
}

/** A cell as an answer has it; nothing for an empty one. */
export function cellOf(of: unknown): string | number | boolean | undefined {
  if (of === null || of === undefined) return undefined
  if (typeof of === 'number' || typeof of === 'boolean') return of
  return typeof of === 'object' ? JSON.stringify(of) : String(of)
}

const rowsOf = ({
  related,
  where,
  look_back: back,
}: Pick<Search, 'related' | 'where' | 'look_back'>) => ({
  related,
  ...(where === undefined ? {} : { where }),
  ...(back === undefined ? {} : { look_back: back }),
})

const isOrdered = (measure: Related['measure']): measure is 'min' | 'max' =>
  measure === 'min' || measure === 'max'

/** The rows that a measure was taken of, those that decide first; where none counted, the latest that comes near. */
export async function evidenceOf(
  scene: Scene,
  container: Container,
  zone: string,
): Promise<readonly EvidenceRow[]> {
  const asked = measured(container)
  const { measure, of } = asked
  const decides =
    of !== undefined && isOrdered(measure)
      ? ({ by: of, order: measure === 'min' ? 'asc' : 'desc' } as const)
      : undefined
  const found = await search(scene, rowsAsk(zone, scene.ground), {
    ...rowsOf(asked),
    shows: of === undefined ? [] : [of],
    first: decides ?? (measure === 'first' ? 'earliest' : 'latest'),
    limit: most,
  })
  const counted = found.filter(({ counts }) => counts)
  return counted.length > 0 ? counted : found.slice(0, 1)
}

/** How far somebody got in a sequence, and by which rows. */
export interface Progress {
  readonly taken: number
  readonly rows: readonly EvidenceRow[]
}

/** The rows of the steps that were taken, the last ones where there are several; and what stands against the next step. */
export async function progressOf(
  scene: Scene,
  of: Sequence,
  { zone, holds }: { zone: string; holds: boolean },
): Promise<Progress> {
  const ask = rowsAsk(zone, scene.ground)
  const steps = of.sequence
  const never = steps.findIndex((step) => step.never === true)
  const coming = never < 0 ? steps.length : never
  const times = await timesOf(scene, of, { ask, coming, holds })
  const taken: EvidenceRow[] = []
  for (const [i, at] of times.entries()) {
    const [found] = await search(
      scene,
      ask,
      stepSearch(steps[i], (time) => sql`${time} = ${value(at)}`),
    )
    if (found) taken.push({ ...found, step: i + 1 })
  }
  const next = steps[times.length]
  if (next === undefined || (holds && never >= 0))
    return { taken: holds ? steps.length : times.length, rows: taken }
  const after = times.at(-1)
  const isNever = next.never === true
  const [missing] = await search(scene, ask, {
    ...stepSearch(
      next,
      isNever && after !== undefined ? (time) => sql`${time} > ${value(after)}` : undefined,
    ),
    first: isNever ? 'earliest' : 'latest',
  })
  const against = missing && (!isNever || missing.counts) ? [missing] : []
  return {
    taken: times.length,
    rows: [...taken, ...against.map((row) => ({ ...row, counts: false, step: times.length + 1 }))],
  }
}

/** How many rows of somebody, of those that are steps, have no time: they come before and after nothing. */
export async function untimedOf(scene: Scene, { sequence }: Sequence): Promise<number> {
  const { engine, ground, signal } = scene
  const ask = rowsAsk('UTC', ground)
  const objects = [...new Set(sequence.map(({ related }) => related))]
  const counts = await Promise.all(
    objects.map(async (key) => {
      const object = ownedObject(key, ground)
      const rows = askOwned(object, ground)
      if (rows === undefined || object.time === undefined) return 0
      const steps = sequence.filter(({ related }) => related === key)
      const isStep = some(steps.map(({ where }) => (where ? ask.compile(where, rows) : sql`true`)))
      const isUntimed = sql`${rows.field(object.time).of} is null`
      const [found] = await engine.rows(
        sql`select count(*) as n from ${rows.from()} where ${every([...rows.narrowed, isUntimed, isStep])}`,
        signal ? { signal } : {},
      )
      return Number(found?.['n'])
    }),
  )
  return counts.reduce((sum, n) => sum + n, 0)
}

function stepSearch(
  step: Sequence['sequence'][number] | undefined,
  only?: (at: Part) => Part,
): Search {
  if (step === undefined) throw new Error('a step of a sequence is not there')
  return {
    ...rowsOf(step),
    shows: [],
    first: 'latest',
    limit: 1,
    ...(only ? { only } : {}),
  }
}

interface Walked {
  readonly ask: AskRow
  /** How many steps there are besides one that never comes. */
  readonly coming: number
  readonly holds: boolean
}

// From the last step that was taken back to the first: the latest row before that got as far.
async function timesOf(
  scene: Scene,
  of: Sequence,
  { ask, coming, holds }: Walked,
): Promise<readonly number[]> {
  const { engine, ground, signal } = scene
  const latest = async (rows: Draft, before?: number) => {
    const earlier = before === undefined ? sql`` : sql`where ${column('at')} < ${value(before)}`
    const [row] = await engine.rows(
      sql`select max(${column('at')}) as latest from (${rows}) rows_reached ${earlier}`,
      signal ? { signal } : {},
    )
    const at = row?.['latest']
    return at === null || at === undefined ? undefined : Number(at)
  }
  const times: number[] = []
  for (let count = coming; count > 0; count--) {
    const [before] = times
    const isWhole = holds && count === coming
    const rows = isWhole ? completedAt(of, ask, ground) : reachedAt(of, count, ask, ground)
    const at = await latest(rows, before)
    if (at !== undefined) times.unshift(at)
  }
  return times
}

/** The times that rows have in a field, in milliseconds, the latest first. */
export async function timesIn(
  scene: Scene,
  { related, path, limit }: { related: string; path: string; limit: number },
): Promise<readonly number[]> {
  const { engine, ground, signal } = scene
  const rows = askOwned(ownedObject(related, ground), ground)
  if (rows === undefined) return []
  const at = call('epoch_ms', cast(rows.field(path).of, 'timestamp'))
  const filter = rows.narrowed.length === 0 ? sql`` : sql`where ${join(rows.narrowed, sql` and `)}`
  const found = await engine.rows(
    sql`select distinct moment from (select ${at} as moment from ${rows.from()} ${filter}) times where moment is not null order by moment desc limit ${value(limit)}`,
    signal ? { signal } : {},
  )
  return found.map((row) => Number(row['moment']))
}
