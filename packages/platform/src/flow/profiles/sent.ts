import { call, column, type Engine, join, type Part, type Row, sql, value } from '#engine'
import { currentTable, fieldsByStream, type LakeField, rawOf } from '#lake'

/** A stream of events, with the ids by which somebody is named in it. */
export interface SentBy {
  readonly stream: string
  readonly source: string
  /** Whom an event is about: who did it, or the group that it names. */
  readonly by: 'person' | 'group'
  readonly ids: readonly string[]
}

/** Which of the events are wanted. */
export interface SentPage {
  readonly sort: 'asc' | 'desc'
  readonly limit: number
  /** The last event that was shown. */
  readonly after?: SentPlace | undefined
  readonly start?: Date | undefined
  readonly end?: Date | undefined
  readonly include?: readonly string[] | undefined
  readonly exclude?: readonly string[] | undefined
}

/** The place of an event among others. */
export interface SentPlace {
  readonly ms: number
  readonly position: number
}

/** An event as its client sent it. */
export interface SentMessage extends SentPlace {
  readonly source: string
  readonly message: Readonly<Record<string, unknown>>
}

/** Events that were sent of somebody, in the order of their time. */
export async function sentOf(
  engine: Engine,
  senders: readonly SentBy[],
  page: SentPage,
): Promise<readonly SentMessage[]> {
  const asked = senders.filter(({ ids }) => ids.length > 0)
  const fields = await fieldsByStream(
    engine,
    asked.map(({ stream }) => stream),
  )
  const each = asked.flatMap((sender) => placesIn(sender, fields.get(sender.stream) ?? [], page))
  if (each.length === 0) return []
  const [order, direction] =
    page.sort === 'asc' ? [sql`ms, position`, '>'] : [sql`ms desc, position desc`, '<']
  const rows = await engine.rows(sql`select * from (${join(each, sql` union all `)}) e
    where ${isAfter(page.after, direction)} order by ${order} limit ${value(page.limit)}`)
  const messages = await messagesOf(engine, rows, fields)
  return rows.flatMap((row) => {
    const place = { ms: Number(row['ms']), position: Number(row['position']) }
    const stream = String(row['stream'])
    const source = asked.find((one) => one.stream === stream)?.source ?? stream
    const message = messages.get(place.position)
    return message === undefined ? [] : [{ ...place, source, message }]
  })
}

function isAfter(after: SentPlace | undefined, direction: string): Part {
  if (after === undefined) return sql`true`
  const [ms, position] = [value(after.ms), value(after.position)]
  return direction === '>'
    ? sql`(ms > ${ms} or (ms = ${ms} and position > ${position}))`
    : sql`(ms < ${ms} or (ms = ${ms} and position < ${position}))`
}

/** The events of a stream that are asked for; none where it has no columns for it yet. */
function placesIn(sender: SentBy, fields: readonly LakeField[], page: SentPage): readonly Part[] {
  const of = (label: string) => fields.find((field) => field.label === label)
  const whose = sender.by === 'group' ? [of('groupId')] : [of('userId'), of('anonymousId')]
  const at = of('timestamp')
  const names = whose.flatMap((field) => (field ? [column(field.name)] : []))
  if (at?.type !== 'timestamp' || names.length === 0) return []
  const ids = join(sender.ids.map((id) => value(id)))
  const called = ['event', 'name', 'type'].flatMap((label) => {
    const field = of(label)
    return field ? [column(field.name)] : []
  })
  const conditions = [
    sql`coalesce(${join(names)}) in (${ids})`,
    ...(page.start ? [sql`${column(at.name)} >= ${value(page.start)}`] : []),
    ...(page.end ? [sql`${column(at.name)} < ${value(page.end)}`] : []),
    ...isCalled(called, page),
  ]
  return [
    sql`select ${value(sender.stream)} as stream, coalesce(${call('epoch_ms', column(at.name))}, 0) as ms, _position as position
      from ${currentTable(sender.stream)} where ${join(conditions, sql` and `)}`,
  ]
}

function isCalled(names: readonly Part[], { include, exclude }: SentPage): readonly Part[] {
  if (names.length === 0) return []
  const called = sql`coalesce(${join(names)}, '')`
  const listed = (all: readonly string[]) => join(all.map((one) => value(one)))
  return [
    ...(include?.length ? [sql`${called} in (${listed(include)})`] : []),
    ...(exclude?.length ? [sql`${called} not in (${listed(exclude)})`] : []),
  ]
}

async function messagesOf(
  engine: Engine,
  rows: readonly Row[],
  fields: ReadonlyMap<string, readonly LakeField[]>,
): Promise<ReadonlyMap<number, SentMessage['message']>> {
  const byStream = Map.groupBy(rows, (row) => String(row['stream']))
  const found = await Promise.all(
    [...byStream].map(([stream, of]) =>
      engine.rows(sql`select _position, ${rawOf(fields.get(stream) ?? [])} as raw from ${currentTable(stream)}
        where _position in (${join(of.map((row) => value(Number(row['position']))))})`),
    ),
  )
  return new Map(
    found.flat().map((row) => [Number(row['_position']), JSON.parse(String(row['raw']))]),
  )
}

/** The message by which each id came first, for ids that events name people by. */
export async function firstMessagesOf(
  engine: Engine,
  senders: readonly SentBy[],
): Promise<ReadonlyMap<string, string>> {
  const asked = senders.filter(({ ids, by }) => ids.length > 0 && by === 'person')
  const fields = await fieldsByStream(
    engine,
    asked.map(({ stream }) => stream),
  )
  const each = asked.flatMap(({ stream, source, ids }) => {
    const of = (label: string) => fields.get(stream)?.find((field) => field.label === label)
    const messageId = of('messageId')
    const listed = join(ids.map((id) => value(id)))
    return ['userId', 'anonymousId'].flatMap((label) => {
      const field = of(label)
      return field && messageId
        ? [
            sql`select ${value(source)} as source, ${column(field.name)} as id, ${column(messageId.name)} as message, _position
              from ${currentTable(stream)} where ${column(field.name)} in (${listed})`,
          ]
        : []
    })
  })
  if (each.length === 0) return new Map()
  const rows = await engine.rows(sql`select source, id, message from (
      select *, row_number() over (partition by source, id order by _position) as n from (${join(each, sql` union all `)}) e) f
    where n = 1 and message is not null`)
  return new Map(
    rows.map((row) => [firstKey(String(row['source']), String(row['id'])), String(row['message'])]),
  )
}

/** What the first message of an id is kept by. */
export const firstKey = (source: string, id: string): string => JSON.stringify([source, id])
