import { column, type Engine, sql, value } from '#engine'
import { currentTable, fieldsOf, pastTable } from '#lake'
import type { EventLog } from '#log'
import { type Line, linesBetween } from './lines.ts'

/** How far back the log is read for what came first: repetitions mostly follow at once. */
const linesBack = 20_000

/** Members by which senders tell repetitions. */
const idLabels = ['messageId', 'id']

/** Where an event stands that came again: the line that came first with its id; nothing when it cannot be told any more. */
export async function originalOf(
  { engine, events }: { readonly engine: Engine; readonly events: Pick<EventLog, 'read'> },
  of: { readonly line: Line; readonly id: string },
): Promise<number | undefined> {
  return (await inLake(engine, of)) ?? (await inLog(events, of))
}

async function inLake(
  engine: Engine,
  { line, id }: { line: Line; id: string },
): Promise<number | undefined> {
  const field = (await fieldsOf(engine, line.stream)).find(
    ({ label, type }) => type === 'text' && idLabels.includes(label),
  )
  if (!field) return undefined
  const isFirst = sql`${column(field.name)} = ${value(id)} and _event < ${value(line.position)}`
  const [row] = await engine.rows(sql`select min(_event) as event from (
    select _event from ${currentTable(line.stream)} where ${isFirst}
    union all select _event from ${pastTable(line.stream)} where ${isFirst}) e`)
  return typeof row?.['event'] === 'number' ? row['event'] : undefined
}

async function inLog(
  events: Pick<EventLog, 'read'>,
  { line, id }: { line: Line; id: string },
): Promise<number | undefined> {
  const window = { from: Math.max(1, line.position - linesBack), to: line.position - 1 }
  const written = JSON.stringify(id)
  for await (const { stream, kind, body, position } of linesBetween(events, window)) {
    if (stream !== line.stream || kind !== 'put' || !body.includes(written)) continue
    if (idsIn(body).includes(id)) return position
  }
  return undefined
}

function idsIn(body: string): readonly unknown[] {
  const read: unknown = JSON.parse(body)
  if (typeof read !== 'object' || read === null) return []
  return idLabels.map((label) => Reflect.get(read, label))
}
