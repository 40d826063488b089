import { type Engine, type Row, sql, value } from '#engine'
import { mendedTable, parkedTable } from './tables.ts'

/** One JSON object, as it was sent or as the way in has wrapped it. */
type Body = Readonly<Record<string, unknown>>

/** Lines that are parked for the same reason. */
export interface Parked {
  /** The write key they came with; empty when they belong to a stream that does not receive. */
  readonly writeKey: string
  /** The stream they belong to; empty when their write key opened nothing. */
  readonly stream: string
  readonly count: number
  readonly firstAt: string
  readonly lastAt: string
  /** The last few, as they were sent. */
  readonly examples: readonly Body[]
}

const mostExamples = 3

/** What is parked, the latest first. */
export async function parkedOf(engine: Engine): Promise<readonly Parked[]> {
  const groups = await engine.rows(sql`
    select coalesce(write_key, '') as write_key, stream, count(*) as n,
      min(received_at) as first_at, max(received_at) as last_at
    from ${parkedTable} group by 1, 2 order by last_at desc, 1, 2`)
  const examples = await engine.rows(sql`
    select write_key, stream, body from (
      select coalesce(write_key, '') as write_key, stream, body, event,
        row_number() over (partition by coalesce(write_key, ''), stream order by event desc) as place
      from ${parkedTable}) p
    where place <= ${value(mostExamples)} order by event desc`)
  const isOf = (group: Row) => (row: Row) =>
    row['write_key'] === group['write_key'] && row['stream'] === group['stream']
  return groups.map((group) => ({
    writeKey: String(group['write_key']),
    stream: String(group['stream']),
    count: Number(group['n']),
    firstAt: String(group['first_at']),
    lastAt: String(group['last_at']),
    examples: examples.filter(isOf(group)).map((row) => sentIn(bodyOf(row))),
  }))
}

// Text of a JSON object, as the log keeps it; what is in it is for the reader to say.
const bodyOf = (row: Row): Body => JSON.parse(String(row['body'])) as Body

/** What was sent, without what the way in has put around it. */
const sentIn = (body: Body): Body => {
  const { message } = body
  return typeof message === 'object' && message !== null ? { ...message } : body
}

/** The first lines that are parked with a write key, or with none of a stream, in the order in which they came. */
export async function parkedLines(
  engine: Engine,
  writeKey: string,
  { stream = '', limit = 1000 }: { readonly stream?: string; readonly limit?: number } = {},
): Promise<readonly { readonly position: number; readonly kind: string; readonly body: Body }[]> {
  const rows = await engine.rows(sql`select event, kind, body from ${parkedTable}
    where coalesce(write_key, '') = ${value(writeKey)} and stream = ${value(stream)} order by event limit ${value(limit)}`)
  return rows.map((row) => ({
    position: Number(row['event']),
    kind: String(row['kind']),
    body: bodyOf(row),
  }))
}

/** Lets go of lines that were adopted, up to a place in the log; how many. */
export const forgetParked = (
  engine: Engine,
  writeKey: string,
  { upTo, stream = '' }: { readonly upTo: number; readonly stream?: string },
): Promise<number> =>
  engine.change('parked events', async (writer) => {
    const gone = sql`coalesce(write_key, '') = ${value(writeKey)} and stream = ${value(stream)} and event <= ${value(upTo)}`
    // Lines of a stream are in the log as such; they must not be run again beside those that they were adopted as.
    if (stream !== '')
      await writer.run(
        sql`insert into ${mendedTable} (stream, event) select stream, event from ${parkedTable} where ${gone}`,
      )
    return writer.run(sql`delete from ${parkedTable} where ${gone}`)
  })

/** Lets go of lines that nobody adopted in time; how many. The ledger still tells that they were parked. */
export const dropParked = (
  engine: Engine,
  { before }: { readonly before: Date },
): Promise<number> =>
  engine.change('parked events', (writer) =>
    writer.run(sql`delete from ${parkedTable} where received_at < ${value(before)}`),
  )
