import {
  type Draft,
  type Engine,
  join,
  sql,
  type TableName,
  table,
  typeName,
  value,
  type Writer,
} from '#engine'
import { reasons } from './reasons.ts'

/**
 * Whom a destination has by an activation: `activation`, `destination`, `profile`, and the positions of the cuts that
 * told of their coming and going. Segments cannot tell: profiles merge, and segments are swept. Who is held back is kept
 * with the `reason`, so that nobody is counted twice; `hash` tells what was sent of them.
 */
const sentTable = table('segment', '_sent')

/** Makes the table that all activations share. */
export async function prepareActivation(engine: Engine): Promise<void> {
  const [text, integer] = [typeName('text'), typeName('integer')]
  await engine.change('activations', async (writer) => {
    await writer.run(sql`create table if not exists ${sentTable} (activation ${text}, destination ${text},
      profile ${integer}, entered_position ${integer}, left_position ${integer})`)
    await writer.run(sql`alter table ${sentTable} add column if not exists reason ${text}`)
    await writer.run(sql`alter table ${sentTable} add column if not exists hash ${integer}`)
  })
}

/** An activation at a destination, up to the position of its last finished cut. */
export interface Line {
  readonly activation: string
  readonly destination: string
  readonly position: number
}

/** Who the destination has, and who is held back; what a cut wrote that was never finished does not count. */
export const rememberedBy = (line: Line): Draft => sql`
  select profile, reason, hash from ${sentTable}
  where ${isRemembered(line)}`

const isRemembered = ({ activation, destination, position }: Line): Draft =>
  sql`activation = ${value(activation)} and destination = ${value(destination)}
    and entered_position <= ${value(position)}
    and (left_position is null or left_position > ${value(position)})`

/** Of those of some people whom the destination has, or who are held back, the position of the cut that last told of them. */
export async function toldOf(
  reader: Pick<Engine, 'rows'>,
  line: Line,
  profiles: readonly bigint[],
): Promise<ReadonlyMap<string, number>> {
  if (profiles.length === 0) return new Map()
  const rows = await reader.rows(sql`select profile, max(entered_position) as last from ${sentTable}
    where ${isRemembered(line)} and profile in (${join(profiles.map((profile) => value(profile)))}) group by profile`)
  return new Map(rows.map((row) => [String(row['profile']), Number(row['last'])]))
}

/** Writes down who comes and who goes with a new cut, and gives its position. `judged` holds a `verdict` on each. */
export async function keepVerdicts(writer: Writer, line: Line, judged: TableName): Promise<number> {
  const { activation, destination, position } = line
  const from = value(position)
  const to = await positionAfter(writer, position)
  const ours = sql`activation = ${value(activation)}`
  // First away with what an unfinished cut wrote, and with those who are long gone.
  await writer.run(
    sql`delete from ${sentTable} where ${ours} and (entered_position > ${from} or left_position <= ${from})`,
  )
  await writer.run(
    sql`update ${sentTable} set left_position = null where ${ours} and left_position is not null`,
  )
  await writer.run(sql`update ${sentTable} set left_position = ${value(to)}
    where ${ours} and destination = ${value(destination)}
      and profile in (select profile_id from ${judged} where verdict not in ('stayed', 'known'))`)
  await writer.run(sql`insert into ${sentTable}
      (activation, destination, profile, entered_position, reason, hash)
    select ${value(activation)}, ${value(destination)}, profile_id, ${value(to)}, reason, hash
    from ${judged} where verdict in ('entered', 'updated', 'withheld') or (verdict = 'left' and is_member)`)
  return to
}

/** Notes of members whom a cut queued that they were held back on their way. */
export async function holdBack(
  writer: Writer,
  { activation, destination, position }: Line,
  profiles: readonly bigint[],
): Promise<void> {
  await writer.run(sql`update ${sentTable} set reason = ${value(reasons.withdrawn)}
    where activation = ${value(activation)} and destination = ${value(destination)}
      and entered_position = ${value(position)} and reason is null
      and profile in (${join(profiles.map((profile) => value(profile)))})`)
}

// After a restore the engine may be a little behind the store; a position is still never given twice.
async function positionAfter(writer: Writer, position: number): Promise<number> {
  const next = await writer.positions(1)
  return next > position ? next : (await writer.positions(position + 1 - next)) + position - next
}
