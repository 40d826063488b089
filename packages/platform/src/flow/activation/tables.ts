import {
  type Draft,
  type Engine,
  sql,
  type TableName,
  table,
  typeName,
  value,
  type Writer,
} from '#engine'

/**
 * Whom a destination has by an activation: `activation`, `destination`, `profile`, and the positions of the cuts that
 * told of their coming and going. Segments cannot tell: profiles merge, and segments are swept.
 */
const sentTable = table('segment', '_sent')

/** Makes the table that all activations share. */
export async function prepareActivation(engine: Engine): Promise<void> {
  const [text, integer] = [typeName('text'), typeName('integer')]
  await engine.change('activations', (writer) =>
    writer.run(sql`create table if not exists ${sentTable} (activation ${text}, destination ${text},
      profile ${integer}, entered_position ${integer}, left_position ${integer})`),
  )
}

/** An activation at a destination, up to the position of its last finished cut. */
export interface Line {
  readonly activation: string
  readonly destination: string
  readonly position: number
}

/** Who the destination has; what a cut wrote that was never finished does not count. */
export const receivedBy = ({ activation, destination, position }: Line): Draft => sql`
  select profile from ${sentTable}
  where activation = ${value(activation)} and destination = ${value(destination)}
    and entered_position <= ${value(position)}
    and (left_position is null or left_position > ${value(position)})`

/** Writes down who comes and who goes with a new cut, and gives its position. `who` holds `profile` and `verdict`. */
export async function keepVerdicts(writer: Writer, line: Line, who: TableName): Promise<number> {
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
      and profile in (select profile from ${who} where verdict = 'left')`)
  await writer.run(sql`insert into ${sentTable}
      (activation, destination, profile, entered_position)
    select ${value(activation)}, ${value(destination)}, profile, ${value(to)}
    from ${who} where verdict = 'entered'`)
  return to
}

// After a restore the engine may be a little behind the store; a position is still never given twice.
async function positionAfter(writer: Writer, position: number): Promise<number> {
  const next = await writer.positions(1)
  return next > position ? next : (await writer.positions(position + 1 - next)) + position - next
}
