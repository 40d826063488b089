import { column, type Engine, join, sql, table, value, type Writer } from '#engine'
import { stateTable } from '#segments'
import { prepareCopies } from './copies.ts'
import { prepareMemberships } from './memberships.ts'

/** Segments that the tick keeps: `segment`, `fingerprint` of what they were made whole by, and what the last full run found. */
const keptTable = table('segment', '_live')

/** The fingerprint of what rounds have passed over: no definition has it. */
export const passedOver = ''

/** When profiles will next change sides with time alone: `object` whose rows say so, `profile`, `moment` in milliseconds. */
export const dueTable = table('segment', '_due')

/** Makes the tables of the tick. */
export async function prepareTick(engine: Engine): Promise<void> {
  await engine.change('the tick', async (writer) => {
    await writer.run(sql`create table if not exists ${keptTable}
      (segment varchar, fingerprint varchar, checked_at varchar, difference bigint, differences bigint)`)
    await writer.run(
      sql`create table if not exists ${dueTable} (object varchar, profile bigint, moment bigint)`,
    )
    await prepareMemberships(writer)
    await prepareCopies(writer)
  })
}

/** What is remembered of a segment that is kept live. */
export interface Kept {
  readonly fingerprint: string
  readonly checkedAt?: string
  readonly difference: number
  readonly differences: number
}

/** The segments that were made whole for the tick, by key; not those whose members were taken away with their definition. */
export async function keptSegments(engine: Engine): Promise<Map<string, Kept>> {
  const rows = await engine.rows(
    sql`select * from ${keptTable} where segment in (select segment from ${stateTable})`,
  )
  return new Map(
    rows.map((row) => [
      String(row['segment']),
      {
        fingerprint: String(row['fingerprint']),
        ...(row['checked_at'] === null ? {} : { checkedAt: String(row['checked_at']) }),
        difference: Number(row['difference']),
        differences: Number(row['differences']),
      },
    ]),
  )
}

/** Writes down what is remembered of a segment. */
export async function keep(writer: Writer, segment: string, kept: Kept): Promise<void> {
  await forget(writer, segment)
  const { fingerprint, checkedAt = null, difference, differences } = kept
  const cells = [segment, fingerprint, checkedAt, difference, differences].map((of) => value(of))
  await writer.run(sql`insert into ${keptTable} values (${join(cells)})`)
}

/** Writes down that segments were compared and nothing differed. */
export async function noteAgreed(
  writer: Writer,
  segments: readonly string[],
  at: Date,
): Promise<void> {
  if (segments.length === 0) return
  const keys = join(segments.map((key) => value(key)))
  await writer.run(sql`update ${keptTable} set checked_at = ${value(at.toISOString())}, difference = 0
    where ${column('segment')} in (${keys})`)
}

/** Writes down that rounds pass segments over: none of them is as it was made whole, until it is again. */
export async function passOver(writer: Writer, segments: readonly string[]): Promise<void> {
  await writer.run(sql`update ${keptTable} set fingerprint = ${value(passedOver)}
    where ${column('segment')} in (${join(segments.map((key) => value(key)))})`)
}

/** Forgets a segment: it is no longer kept live. */
export async function forget(writer: Writer, segment: string): Promise<void> {
  await writer.run(sql`delete from ${keptTable} where ${column('segment')} = ${value(segment)}`)
}
