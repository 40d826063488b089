import { column, type Draft, join, type Row, sql, value } from '#engine'
import { currentTable, fieldsOf, type LakeField, logPositionOf, pastTable } from '#lake'
import { everyRow, matching } from './asked.ts'
import type { EventTrigger, Watch } from './definition.ts'
import { eventFieldsOf, typesOf } from './event-fields.ts'
import { fieldsToSend, type Ground, type Look, type LookAt, nothingMet } from './look.ts'
import { jsonOf, type Met } from './met.ts'

/** A look at events that ends at a place in the log. */
export interface LookAtMost extends LookAt {
  readonly most: number
}

/** The columns that name a person in events, the most telling first. */
export const personFields = ({ person }: EventTrigger): readonly string[] =>
  person === undefined ? ['user_id', 'anonymous_id'] : [person]

/** The person whom these values name, and nobody where all are empty. */
export const causeOf = (ids: readonly unknown[]): string =>
  String(ids.find((id) => id !== null && id !== undefined && id !== '') ?? '')

/** How an event is told from all others: its place in the log. */
export const occurrenceOf = (stream: string, event: number): string => `${stream} ${event}`

/**
 * The events of a stream that came after a place in the log, as they are in the lake, in the order in which they came. Those for
 * which the condition does not hold are told too where somebody remembers for whom it held.
 */
export async function lookAtEvents(
  { engine, now }: Ground,
  { watch, after, signal, most }: LookAtMost,
  when: EventTrigger,
): Promise<Look> {
  const upTo = Math.min(most, await logPositionOf(engine))
  const fields = await fieldsOf(engine, when.event)
  if (upTo <= after || fields.length === 0) return nothingMet(Math.max(upTo, after))
  const query = eventsOf({ watch, when, fields, now: now() }, { after, upTo })
  const ids = personFields(when)
  const mets = async function* () {
    for await (const rows of engine.stream(query, { signal }))
      yield rows.map((row): Met => {
        const cause = causeOf(ids.map((name) => row[`id_${name}`]))
        return metOf(row, { watch, when, cause, now: now() })
      })
  }
  return { upTo, mets: mets() }
}

interface Asking {
  readonly watch: Watch
  readonly when: EventTrigger
  readonly fields: readonly LakeField[]
  readonly now: Date
}

interface Range {
  readonly after: number
  readonly upTo: number
}

function eventsOf({ watch, when, fields, now }: Asking, { after, upTo }: Range): Draft {
  const types = typesOf(eventFieldsOf(fields))
  const has = (name: string) => fields.some((field) => field.name === name)
  const names = join([...fields.map(({ name }) => column(name)), column('_event')])
  const inRange = sql`_event > ${value(after)} and _event <= ${value(upTo)}`
  const rows = sql`(select *, _event as profile from (
    select ${names} from ${currentTable(when.event)} where ${inRange}
    union all select ${names} from ${pastTable(when.event)} where ${inRange}) h)`
  const where = matching(when.where ?? everyRow, { fields: types, rows, now })
  const among = matching(when.among ?? everyRow, { fields: types, rows, now })
  const ids = personFields(when).map((name) =>
    has(name)
      ? sql`cast(${column(name)} as varchar) as ${column(`id_${name}`)}`
      : sql`cast(null as varchar) as ${column(`id_${name}`)}`,
  )
  const sent = fieldsToSend(watch).flatMap(({ field }, i) =>
    has(field) ? [sql`${column(field)} as ${column(`a${i}`)}`] : [],
  )
  // Events that came through a wire say when.
  const isTimed = fields.some(({ name, type }) => name === 'received_at' && type === 'timestamp')
  const at = isTimed ? column('received_at') : sql`cast(null as timestamp)`
  // Who did not meet it matters only where it is remembered for whom it holds.
  const isWanted = watch.action.body.often === 'first' ? sql`true` : sql`holds`
  return sql`select * from (select _event, ${at} as _at, ${join([...ids, ...sent])}, _event in (${where}) as holds
    from ${rows} e where _event in (${among})) asked where ${isWanted} order by _event`
}

interface Meeting {
  readonly watch: Watch
  readonly when: EventTrigger
  readonly cause: string
  readonly now: Date
}

function metOf(row: Row, { watch, when, cause, now }: Meeting): Met {
  const event = Number(row['_event'])
  return {
    trigger: 'event',
    cause,
    occurrence: occurrenceOf(when.event, event),
    holds: row['holds'] === true,
    at: typeof row['_at'] === 'string' ? new Date(row['_at']) : now,
    event,
    people: cause === '' ? [] : [cause],
    data: Object.fromEntries(fieldsToSend(watch).map(({ as }, i) => [as, jsonOf(row[`a${i}`])])),
  }
}
