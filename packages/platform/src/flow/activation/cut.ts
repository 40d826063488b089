import { consentGround } from '#consent'
import { fingerprint } from '#definitions'
import {
  as,
  type Cell,
  column,
  type Draft,
  type Engine,
  join,
  nothing,
  type Row,
  sql,
  type TableName,
  value,
} from '#engine'
import type { Clock } from '#kernel/clock.ts'
import type { FieldType } from '#kernel/scalar.ts'
import type { Model } from '#model'
import { groundOf, memberTable } from '#segments'
import type { Asking } from './asked-consent.ts'
import {
  attributeColumn,
  contentHash,
  dividingPlaces,
  heldOf,
  judgedOf,
  peopleOf,
  sentOf,
  undividedColumn,
} from './compile.ts'
import type { ActivationBody, Attribute, RelatedAttribute } from './definition.ts'
import type { PayloadRow, PayloadValue } from './destination.ts'
import { activationFaults } from './faults.ts'
import { type Counts, type Progress, total } from './kept.ts'
import { type BatchPlan, planBatches } from './plan.ts'
import type { Cut, Records } from './records.ts'
import { keepVerdicts, type Line } from './tables.ts'

/** What is known of an activation when it is refreshed. */
export interface Subject {
  readonly key: string
  readonly body: Asking
  /** What its segment is made of: people, accounts, or rows of a model object. */
  readonly on: string
  readonly model: Model
  /** The column that says whose values an insight has, by the insight. */
  readonly insightKeys: ReadonlyMap<string, string>
  /** The types of the attributes' values, by name. */
  readonly types: Readonly<Record<string, FieldType>>
  /** The most members its destination takes in one batch. */
  readonly batchSize: number
  /** More than so many are never sent at once. */
  readonly mostMembers: number | undefined
  /** More than so many are sent only after somebody confirmed the count. */
  readonly confirmAbove: number
}

/** What a refresh did. */
export interface Refreshed {
  readonly position: number
  readonly rows: number
  readonly changed: boolean
  readonly note: string
  /** How many are sent an attribute that is empty because its formula divided by zero, by its name. */
  readonly undivided?: Counts
  readonly counts: { readonly queued: number; readonly filtered: number; readonly batches: number }
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
  if (body.paused === true) return { ...nothingNew(line.position), note: 'paused' }
  return staged({ engine, clock, signal }, { subject, line }, async (judged) => {
    const sum = await summary(engine, judged, subject)
    const isOld =
      body.send === 'changes'
        ? sum.members === 0 && total(sum.filtered) === 0
        : sum.content === last?.content
    if (isOld) return nothingNew(line.position)
    if (await waitsForConsent(records, subject, sum.members)) {
      return awaiting(line.position, sum.members)
    }
    const to = await engine.change(`activation.${key}`, (writer) =>
      keepVerdicts(writer, line, judged),
    )
    const cut = cutOf(subject, { ...sum, from: line.position, to, at: clock.now() })
    const plan = planBatches(sum.members, subject.batchSize, body.send === 'everything' ? 1 : 0)
    await queue({ ...tools, signal }, { subject, cut, plan, judged })
    return queued(cut, plan, sum.undivided)
  })
}

// Those who were confirmed may have become a few more in the meantime.
const growth = 1.1

async function waitsForConsent(
  records: Records,
  { key, mostMembers: most, confirmAbove }: Subject,
  members: number,
): Promise<boolean> {
  if (most !== undefined && members > most) {
    throw activationFaults.too_many_members({ key, members, most })
  }
  if (members <= confirmAbove) {
    await records.setAwaiting(key, null)
    return false
  }
  const { confirmed } = await records.consentTo(key)
  if (confirmed !== null && members <= confirmed * growth) return false
  await records.setAwaiting(key, members)
  return true
}

/** The first rows that a cut would queue now, how many there are, and who would not be sent. */
export async function preview(
  { engine, records, clock }: CutTools,
  subject: Subject,
  limit: number,
): Promise<{
  readonly members: number
  readonly filtered: Counts
  readonly in_segment: number
  /** How many would be sent an attribute that is empty because its formula divided by zero, by its name. */
  readonly undivided: Counts
  readonly rows: readonly PayloadRow[]
}> {
  const { key, body } = subject
  const line = lineOf(subject, await records.progressOf(key))
  return staged({ engine, clock }, { subject, line }, async (judged) => {
    const { members, filtered, undivided } = await summary(engine, judged, subject)
    const [all] = await engine.rows(
      sql`select count(*) as n from ${memberTable} where segment = ${value(body.segment)}`,
    )
    const rows = await engine.rows(sql`${sentRows(subject, judged)} limit ${value(limit)}`)
    const write = rowWriter(subject)
    const in_segment = Number(all?.['n'])
    return { members, filtered, in_segment, undivided, rows: rows.map(write) }
  })
}

/** An activation at its destination, up to its last finished cut. */
export const lineOf = ({ key, body }: Subject, last: Progress | undefined): Line => ({
  activation: key,
  destination: body.destination,
  position: last?.position ?? 0,
})

// Who it is about is settled first: the rows and what is remembered of them must speak of the same people.
async function staged<T>(
  { engine, clock, ...ask }: Pick<CutTools, 'engine' | 'clock'> & { readonly signal?: AbortSignal },
  {
    subject: { body, on, model, insightKeys },
    line,
  }: { readonly subject: Subject; readonly line: Line },
  use: (judged: TableName) => Promise<T>,
): Promise<T> {
  const modelTables = new Set((await engine.tables('model')).map(({ name }) => name))
  const consent = await consentGround(engine, clock.now())
  const known = { model, insights: [], segments: [] }
  const isOfPeople = on === 'individual'
  const ground = isOfPeople ? undefined : await groundOf(engine, known, clock.now(), on)
  const of = { on, modelTables, model, consent, insightKeys, ...(ground ? { ground } : {}) }
  return engine.staged(
    peopleOf(body, line),
    (people) => engine.staged(judgedOf(body, people, of), use, ask),
    ask,
  )
}

async function summary(
  engine: Engine,
  judged: TableName,
  { body, model, on }: Pick<Subject, 'body' | 'model' | 'on'>,
) {
  const isWanted = body.send === 'everything'
  const hash = isWanted ? sql`sum(${contentHash(body.attributes)})` : value(null)
  const places = dividingPlaces(body.attributes, { model, on })
  // Of who left nothing is told but that they left.
  const counted = places.map((i) => {
    const cell = column(undividedColumn(i))
    return sql`, count(case when verdict <> 'left' and ${cell} then 1 end) as ${cell}`
  })
  const [row] = await engine.rows(
    sql`select count(*) as members, ${hash} as hash${join(counted, nothing)} from ${judged} where ${sentOf(body.send)}`,
  )
  const undivided: Counts = Object.fromEntries(
    places
      .map((i) => [body.attributes[i]?.as ?? '', Number(row?.[undividedColumn(i)])] as const)
      .filter(([, count]) => count > 0),
  )
  const held = await engine.rows(sql`select reason, count(*) as members from ${judged}
    where ${heldOf(body.send)} group by reason order by reason`)
  const filtered: Counts = Object.fromEntries(
    held.map((one) => [String(one['reason']), Number(one['members'])]),
  )
  const { segment, destination, attributes } = body
  const members = Number(row?.['members'])
  const hashed = String(row?.['hash'])
  const about = { segment, destination, attributes, members, hashed }
  const content = isWanted ? fingerprint(about) : null
  return { members, filtered, content, undivided }
}

function cutOf(
  { key, body, types }: Subject,
  of: Pick<Cut, 'from' | 'to' | 'members' | 'filtered' | 'content' | 'at'>,
): Cut {
  const { segment, destination, send } = body
  return { activation: key, segment, destination, send, columns: columnsOf(body), types, ...of }
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
    readonly subject: Subject
    readonly cut: Cut
    readonly plan: BatchPlan
    readonly judged: TableName
  },
): Promise<void> {
  const { batches, partsPerBatch, rowsPerPart } = of.plan
  const sequences = await records.prepare(of.cut, batches)
  const write = rowWriter(of.subject)
  const rows = engine.stream(sentRows(of.subject, of.judged), { signal })
  const parts = numbered(inGroups(rows, rowsPerPart))
  const written = (group: readonly { place: number; item: readonly Row[] }[]) =>
    records.addParts(
      group.map(({ place, item }) => {
        const batch = sequences[Math.floor(place / partsPerBatch)]
        if (batch === undefined) throw new Error('more members came than were counted')
        const number = (place % partsPerBatch) + 1
        return { batch, number, rows: item.map(write) }
      }),
    )
  // While some are zipped and written, the next are read.
  let writing: Promise<void> = Promise.resolve()
  try {
    for await (const group of inGroups(inOnes(parts), partsPerWrite)) {
      await writing
      signal.throwIfAborted()
      writing = written(group)
      // It is heard of before the next is written.
      writing.catch(() => {})
    }
  } finally {
    await writing
  }
  await records.finish(of.cut)
}

/** Who is sent, in their order. Decimals come as text: a number of JavaScript cannot hold all of them. */
function sentRows({ body: { send, attributes }, types }: Subject, judged: TableName): Draft {
  const values = attributes.map(({ as: name }, i) => {
    const cell = column(attributeColumn(i))
    return types[name] === 'decimal' ? as(sql`cast(${cell} as varchar)`, cell) : cell
  })
  const all = [column('profile_id'), column('verdict'), ...values]
  return sql`select ${join(all)} from ${judged} where ${sentOf(send)} order by profile_id`
}

/** Makes rows as they are sent of rows as the engine gives them. */
function rowWriter({ body: { send, attributes }, types, model }: Subject) {
  const writerOf = (one: Attribute) => {
    if ('related' in one) return itemsWriter(one, model)
    return types[one.as] === 'decimal' ? decimalValue : payloadValue
  }
  const writers = attributes.map((one, i) => ({
    as: one.as,
    column: attributeColumn(i),
    write: writerOf(one),
  }))
  const hasChange = send === 'changes'
  return (row: Row): PayloadRow => {
    const written: Record<string, PayloadValue> = { profile_id: String(row['profile_id']) }
    if (hasChange) written['change'] = payloadValue(row['verdict'])
    for (const { as, column, write } of writers) written[as] = write(row[column])
    return written
  }
}

const decimalValue = (cell: Cell | undefined): PayloadValue =>
  cell === undefined || cell === null ? null : exactly(String(cell))

/** Digits as a number where it keeps them all; else as they are, without zeros at the end. */
function exactly(digits: string): number | string {
  const short = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits
  const of = Number(short)
  return String(of) === short ? of : short
}

function payloadValue(cell: Cell | undefined): PayloadValue {
  if (cell === undefined || cell === null) return null
  if (typeof cell === 'bigint') return cell.toString()
  if (typeof cell !== 'object') return cell
  if (isList(cell)) return cell.map(payloadValue)
  return Object.fromEntries(Object.entries(cell).map(([name, of]) => [name, payloadValue(of)]))
}

/** Related rows come as JSON texts; instants and large numbers are written as everywhere else. */
function itemsWriter({ related, fields }: RelatedAttribute, model: Model) {
  const types = model.find(related)?.fields ?? {}
  const instants = new Set(
    fields.filter(({ field }) => types[field]?.type === 'timestamp').map(({ as }) => as),
  )
  const revive = (name: string, of: unknown, context?: { source?: string }): unknown => {
    if (typeof of === 'number' && plainDigits.test(context?.source ?? '')) {
      return exactly(context?.source ?? '')
    }
    return instants.has(name) && typeof of === 'string' ? instantOf(of) : of
  }
  return (cell: Cell | undefined): PayloadValue =>
    cell === undefined || cell === null || typeof cell !== 'object' || !isList(cell)
      ? []
      : // The engine wrote these.
        cell.map((item) => JSON.parse(String(item), revive) as PayloadValue)
}

// What the engine writes with an exponent is no decimal, and was never exact.
const plainDigits = /^-?\d+(\.\d+)?$/

const instantOf = (text: string): string => {
  const found = new Date(`${text.replace(' ', 'T')}Z`)
  return Number.isNaN(found.getTime()) ? text : found.toISOString()
}

// `Array.isArray` does not see read-only lists.
const isList = (cell: Cell): cell is readonly Cell[] => Array.isArray(cell)

const noCounts = { queued: 0, filtered: 0, batches: 0 }

const nothingNew = (position: number): Refreshed => ({
  position,
  rows: 0,
  changed: false,
  note: 'nothing new',
  counts: noCounts,
})

const awaiting = (position: number, members: number): Refreshed => ({
  position,
  rows: 0,
  changed: false,
  note: `waits for somebody to confirm that ${members} members are to be sent`,
  counts: noCounts,
})

function queued(
  { to, members, filtered }: Cut,
  { batches }: BatchPlan,
  undivided: Counts,
): Refreshed {
  const held = total(filtered)
  const counts = { queued: members, filtered: held, batches: batches.length }
  const heldBack = held === 0 ? '' : `; ${held} not sent`
  const empty = Object.entries(undivided).map(
    ([as, count]) => `; "${as}" is empty for ${count}: its formula divides by zero`,
  )
  const note = `queued: ${members} members, ${batches.length} batches${heldBack}${empty.join('')}`
  return { position: to, rows: members, changed: batches.length > 0, note, undivided, counts }
}

async function* inOnes<T>(items: AsyncIterable<T>): AsyncIterable<readonly T[]> {
  for await (const item of items) yield [item]
}

async function* inGroups<T>(
  lists: AsyncIterable<readonly T[]>,
  size: number,
): AsyncIterable<readonly T[]> {
  let group: T[] = []
  for await (const list of lists) {
    for (const item of list) {
      group.push(item)
      if (group.length < size) continue
      yield group
      group = []
    }
  }
  if (group.length > 0) yield group
}

async function* numbered<T>(items: AsyncIterable<T>): AsyncIterable<{ place: number; item: T }> {
  let place = 0
  for await (const item of items) yield { place: place++, item }
}

/** The types of the attributes' values, by their names. */
export const typesOf = (
  attributes: readonly Attribute[],
  typeOf: (attribute: Attribute) => FieldType,
): Readonly<Record<string, FieldType>> => ({
  profile_id: 'text',
  change: 'text',
  ...Object.fromEntries(attributes.map((one) => [one.as, typeOf(one)])),
})
