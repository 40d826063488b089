import { as, call, cast, column, join, type Part, type Row, sql, value } from '#engine'
import { linkColumn, type ModelObject, modelTable, pathTo } from '#model'
import type { Timeline, TimelineEvent } from './api.ts'
import { recordOf } from './cells.ts'
import { profileFaults } from './faults.ts'
import { labelOf, on, type Scene } from './scene.ts'

/** Which part of a timeline is wanted. */
export interface TimelinePage {
  /** An instant, or what `next` of the page before said. */
  readonly before?: string
  readonly limit?: number
  readonly objects?: readonly string[]
}

/** Objects whose rows belong to people and have a time. */
const timedObjects = ({ model, tables }: Scene): readonly ModelObject[] =>
  model.objects.filter(
    (object) =>
      object.time !== undefined &&
      tables.has(object.key) &&
      pathTo(model, object, on) !== undefined,
  )

/** What somebody did, over all objects that have a time, newest first; rows without a time come last. */
export async function timelineOf(
  scene: Scene,
  profile: string,
  { before, limit = 50, objects }: TimelinePage,
): Promise<Timeline> {
  const wanted = timedObjects(scene).filter(({ key }) => objects?.includes(key) ?? true)
  if (wanted.length === 0) return { events: [] }
  const each = wanted.map((object) => eventsOf(object, value(BigInt(profile))))
  const rows = await scene.engine.rows(sql`select * from (${join(each, sql` union all `)}) event
    where ${before === undefined ? sql`true` : isBefore(before)}
    order by sorted desc, _key desc limit ${value(limit + 1)}`)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const names = await namesOf(scene, page)
  return {
    events: page.map((row) => eventFrom(scene, row, names)),
    ...(rows.length > limit && last
      ? { next: `${new Date(Number(last['sorted'])).toISOString()}/${String(last['_key'])}` }
      : {}),
  }
}

/** The place of rows without a time: before everything that ever happened. */
const never = value(Date.parse('0001-01-01T00:00:00Z'))

const showsOf = (object: ModelObject): readonly string[] =>
  (object.shows ?? []).filter((field) => Object.hasOwn(object.fields, field))

function eventsOf(object: ModelObject, profile: Part): Part {
  const time = column(object.time ?? '')
  const fields = showsOf(object).flatMap((field) => {
    const isLink = object.fields[field]?.links_to !== undefined
    return isLink ? [field, linkColumn(field)] : [field]
  })
  const pairs = fields.flatMap((field) => [value(field), cast(column(field), 'text')])
  return sql`select ${value(object.key)} as object, _stream, _source, id, _key, ${time} as at,
      coalesce(${call('epoch_ms', time)}, ${never}) as sorted, ${as(call('json_object', ...pairs), column('shows'))}
    from ${modelTable(object.key)} where _profile = ${profile}`
}

function isBefore(before: string): Part {
  const [instant = '', key] = before.split('/')
  if (Number.isNaN(Date.parse(instant)) || !/^\d{0,19}$/.test(key ?? ''))
    throw profileFaults.bad_cursor({ before }, { at: 'before' })
  const at = value(Date.parse(instant))
  return key
    ? sql`(sorted < ${at} or (sorted = ${at} and _key < ${value(BigInt(key))}))`
    : sql`sorted < ${at}`
}

type Names = ReadonlyMap<string, string>

/** What the rows are called that events link to: the product of an order line. */
async function namesOf(scene: Scene, rows: readonly Row[]): Promise<Names> {
  const keys = new Map<string, Set<string>>()
  for (const row of rows) {
    const object = scene.model.get(String(row['object']))
    const cells = cellsOf(row)
    for (const field of showsOf(object)) {
      const [target, key] = [object.fields[field]?.links_to, cells[linkColumn(field)]]
      if (target === undefined || typeof key !== 'string') continue
      keys.set(target, (keys.get(target) ?? new Set()).add(key))
    }
  }
  const queries = [...keys].flatMap(([target, found]) => {
    const object = scene.model.get(target)
    const [name] = object.shows ?? []
    if (name === undefined || !scene.tables.has(target)) return []
    const listed = join([...found].map((key) => value(BigInt(key))))
    return [
      sql`select _key, ${cast(column(name), 'text')} as name from ${modelTable(target)} where _key in (${listed})`,
    ]
  })
  if (queries.length === 0) return new Map()
  const named = await scene.engine.rows(join(queries, sql` union all `))
  return new Map(named.map((row) => [String(row['_key']), String(row['name'])]))
}

const cellsOf = (row: Row): Readonly<Record<string, unknown>> => JSON.parse(String(row['shows']))

function eventFrom({ model }: Scene, row: Row, names: Names): TimelineEvent {
  const object = model.get(String(row['object']))
  const cells = cellsOf(row)
  return {
    ...(row['at'] === null ? {} : { at: String(row['at']) }),
    object: object.key,
    label: object.label,
    ...recordOf(row),
    shows: showsOf(object).flatMap((field) => {
      const cell = cells[field]
      if (typeof cell !== 'string' || cell === '') return []
      const name = names.get(String(cells[linkColumn(field)]))
      return [
        {
          field,
          label: labelOf(object, field),
          // Only fields of the object are shown.
          type: object.fields[field]?.type ?? 'text',
          value: cell,
          ...(name === undefined ? {} : { name }),
        },
      ]
    }),
  }
}
