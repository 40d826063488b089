import { fingerprint } from '#definitions'
import { type Cell, call, column, type Engine, type Row, sql, type TableName, value } from '#engine'
import type { Clock } from '#kernel/clock.ts'
import { attributeColumn, payloadOf, verdicts } from './compile.ts'
import type { ActivationBody } from './definition.ts'
import type { PayloadRow, PayloadValue } from './destination.ts'
import { type BatchPlan, planBatches } from './plan.ts'
import type { Cut, Progress, Records } from './records.ts'
import { keepVerdicts, type Line } from './tables.ts'

/** What is known of an activation when it is refreshed. */
export interface Subject {
  readonly key: string
  readonly body: ActivationBody
  /** What its segment is made of: `individual` or `account`. */
  readonly on: string
  /** The most members its destination takes in one batch. */
  readonly batchSize: number
}

/** What a refresh did. */
export interface Refreshed {
  readonly position: number
  readonly rows: number
  readonly changed: boolean
  readonly note: string
  readonly counts: { readonly queued: number; readonly batches: number }
}

/** What cutting needs. */
export interface CutTools {
  readonly engine: Engine
  readonly records: Records
  readonly clock: Clock
}

/**
 * Reads what is new for an activation and queues it in batches. Letting the batches out and moving on are one
 * transaction, so that a crash anywhere leaves either nothing or everything; the next cut finds what is missing.
 */
export async function cut(
  tools: CutTools,
  subject: Subject,
  signal: AbortSignal,
): Promise<Refreshed> {
  const { engine, records, clock } = tools
  const { key, body } = subject
  await records.clear(key)
  const last = await records.progressOf(key)
  const line = lineOf(subject, last)
  return staged({ engine, signal }, { subject, line }, async ({ who, payload }) => {
    const sum = await summary(engine, payload, body)
    const isOld = body.send === 'changes' ? sum.members === 0 : sum.content === last?.content
    if (isOld) return nothingNew(line.position)
    const to = await engine.change(`activation.${key}`, (writer) => keepVerdicts(writer, line, who))
    const cut = cutOf(subject, { ...sum, from: line.position, to, at: clock.now() })
    const plan = planBatches(sum.members, subject.batchSize, body.send === 'everything' ? 1 : 0)
    await queue({ ...tools, signal }, { body, cut, plan, payload })
    return queued(cut, plan)
  })
}

/** The first rows that a cut would queue now, and how many there are. */
export async function preview(
  { engine, records }: Pick<CutTools, 'engine' | 'records'>,
  subject: Subject,
  limit: number,
): Promise<{ readonly members: number; readonly rows: readonly PayloadRow[] }> {
  const { key, body } = subject
  const line = lineOf(subject, await records.progressOf(key))
  return staged({ engine }, { subject, line }, async ({ payload }) => {
    const { members } = await summary(engine, payload, body)
    const rows = await engine.rows(
      sql`select * from ${payload} order by profile_id limit ${value(limit)}`,
    )
    return { members, rows: rows.map((row) => payloadRow(row, body)) }
  })
}

const lineOf = ({ key, body }: Subject, last: Progress | undefined): Line => ({
  activation: key,
  destination: body.destination,
  position: last?.position ?? 0,
})

interface Staged {
  readonly who: TableName
  readonly payload: TableName
}

// Who it is about is settled first: the rows and what is remembered of them must speak of the same people.
async function staged<T>(
  { engine, ...ask }: { readonly engine: Engine; readonly signal?: AbortSignal },
  { subject: { body, on }, line }: { readonly subject: Subject; readonly line: Line },
  use: (staged: Staged) => Promise<T>,
): Promise<T> {
  const modelTables = new Set((await engine.tables('model')).map(({ name }) => name))
  return engine.staged(
    verdicts(body, line),
    (who) => {
      const rows = payloadOf(body, who, { on, modelTables })
      return engine.staged(rows, (payload) => use({ who, payload }), ask)
    },
    ask,
  )
}

async function summary(engine: Engine, payload: TableName, body: ActivationBody) {
  const names = ['profile_id', ...body.attributes.map((_, i) => attributeColumn(i))]
  const pairs = names.flatMap((name) => [value(name), column(name)])
  const isWanted = body.send === 'everything'
  const hash = isWanted ? sql`sum(${call('key64', call('json_object', ...pairs))})` : value(null)
  const [row] = await engine.rows(sql`select count(*) as members, ${hash} as hash from ${payload}`)
  const { segment, destination, attributes } = body
  const members = Number(row?.['members'])
  const hashed = String(row?.['hash'])
  const about = { segment, destination, attributes, members, hashed }
  const content = isWanted ? fingerprint(about) : null
  return { members, content }
}

function cutOf(
  { key, body }: Subject,
  of: Pick<Cut, 'from' | 'to' | 'members' | 'content' | 'at'>,
): Cut {
  const { segment, destination, send } = body
  return { activation: key, segment, destination, send, columns: columnsOf(body), ...of }
}

/** The names in every row, in order. */
export const columnsOf = ({ send, attributes }: ActivationBody): readonly string[] => [
  'profile_id',
  ...(send === 'changes' ? ['change'] : []),
  ...attributes.map((one) => one.as),
]

// So many parts are written at once, so that the disk is not asked to be sure of each of them.
const partsPerWrite = 8

async function queue(
  { engine, records, signal }: CutTools & { readonly signal: AbortSignal },
  of: {
    readonly body: ActivationBody
    readonly cut: Cut
    readonly plan: BatchPlan
    readonly payload: TableName
  },
): Promise<void> {
  const { batches, partsPerBatch, rowsPerPart } = of.plan
  const sequences = await records.prepare(of.cut, batches)
  const rows = engine.stream(sql`select * from ${of.payload} order by profile_id`, { signal })
  const parts = numbered(inGroups(flat(rows), rowsPerPart))
  for await (const group of inGroups(parts, partsPerWrite)) {
    signal.throwIfAborted()
    await records.addParts(
      group.map(({ place, item }) => {
        const batch = sequences[Math.floor(place / partsPerBatch)]
        if (batch === undefined) throw new Error('more members came than were counted')
        const number = (place % partsPerBatch) + 1
        return { batch, number, rows: item.map((row) => payloadRow(row, of.body)) }
      }),
    )
  }
  await records.finish(of.cut)
}

function payloadRow(row: Row, { send, attributes }: ActivationBody): PayloadRow {
  const values = attributes.map(({ as }, i) => [as, payloadValue(row[attributeColumn(i)])] as const)
  const change = send === 'changes' ? { change: payloadValue(row['change']) } : {}
  return { profile_id: String(row['profile_id']), ...change, ...Object.fromEntries(values) }
}

function payloadValue(cell: Cell | undefined): PayloadValue {
  if (cell === undefined || cell === null) return null
  if (typeof cell === 'bigint') return cell.toString()
  if (typeof cell !== 'object') return cell
  if (isList(cell)) return cell.map(payloadValue)
  return Object.fromEntries(Object.entries(cell).map(([name, of]) => [name, payloadValue(of)]))
}

// `Array.isArray` does not see read-only lists.
const isList = (cell: Cell): cell is readonly Cell[] => Array.isArray(cell)

const nothingNew = (position: number): Refreshed => ({
  position,
  rows: 0,
  changed: false,
  note: 'nothing new',
  counts: { queued: 0, batches: 0 },
})

function queued({ to, members }: Cut, { batches }: BatchPlan): Refreshed {
  if (batches.length === 0) return nothingNew(to)
  const counts = { queued: members, batches: batches.length }
  const note = `queued: ${members} members, ${batches.length} batches`
  return { position: to, rows: members, changed: true, note, counts }
}

async function* flat<T>(lists: AsyncIterable<readonly T[]>): AsyncIterable<T> {
  for await (const list of lists) yield* list
}

async function* inGroups<T>(items: AsyncIterable<T>, size: number): AsyncIterable<readonly T[]> {
  let group: T[] = []
  for await (const item of items) {
    group.push(item)
    if (group.length < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

async function* numbered<T>(items: AsyncIterable<T>): AsyncIterable<{ place: number; item: T }> {
  let place = 0
  for await (const item of items) yield { place: place++, item }
}
