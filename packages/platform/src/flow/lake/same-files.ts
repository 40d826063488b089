import { call, column, type Engine, type Part, sql, value } from '#engine'
import type { Counts } from './arrival.ts'
import { batchTable } from './tables.ts'

/** What was taken before and holds the same as a file. */
export interface Same {
  readonly name: string
  readonly records: number
  /** When it was taken, as ISO 8601. */
  readonly at: string
}

// So that a file that was left out is another one for whoever wants it all the same.
const leftOutMark = '#same'

const isLeftOut: Part = call('ends_with', column('fingerprint'), value(leftOutMark))

/** What brought the same content to a stream under another name, the first; nothing when none did, or it holds no record. */
export async function sameFileOf(
  engine: Engine,
  of: { readonly stream: string; readonly name: string; readonly content: string },
): Promise<Same | undefined> {
  const [row] =
    await engine.rows(sql`select coalesce(origin, name) as name, received, taken_at from ${batchTable}
    where stream = ${value(of.stream)} and content = ${value(of.content)} and coalesce(origin, name) <> ${value(of.name)}
      and received > 0 order by first_position limit 1`)
  return (
    row && {
      name: String(row['name']),
      records: Number(row['received']),
      at: String(row['taken_at']),
    }
  )
}

/** Notes of a file that its records are there already, as those of another one: all of them count as unchanged. */
export const leaveOut = (
  engine: Engine,
  of: {
    readonly stream: string
    readonly name: string
    readonly fingerprint: string
    readonly content: string
    readonly same: Same
    readonly at: Date
  },
): Promise<Counts> =>
  engine.change('files that are there', async (writer) => {
    const position = await writer.positions(1)
    const { records } = of.same
    await writer.run(sql`insert into ${batchTable} (stream, fingerprint, name, first_position, last_position,
        received, stored, unchanged, rejected, removed, taken_at, content, same_as)
      values (${value(of.stream)}, ${value(of.fingerprint + leftOutMark)}, ${value(of.name)}, ${value(position)}, ${value(position)},
        ${value(records)}, 0, ${value(records)}, 0, 0, ${value(of.at)}, ${value(of.content)}, ${value(of.same.name)})`)
    return { received: records, stored: 0, unchanged: records, rejected: 0, removed: 0 }
  })

/** The fingerprint of a file that was left out, as it would be had it been taken; nothing of one that was taken. */
export const leftOutAs = (fingerprint: string): string | undefined =>
  fingerprint.endsWith(leftOutMark) ? fingerprint.slice(0, -leftOutMark.length) : undefined

/** What a file was left out for: what it brings later may be what these brought. */
export async function copiedFrom(
  engine: Engine,
  of: { readonly stream: string; readonly name: string },
): Promise<readonly string[]> {
  const rows = await engine.rows(sql`select distinct same_as from ${batchTable}
    where stream = ${value(of.stream)} and name = ${value(of.name)} and ${isLeftOut}`)
  return rows.map((row) => String(row['same_as']))
}

/** A file that holds the same as one that was taken before. */
export interface SameFile {
  readonly name: string
  readonly sameAs: string
  readonly records: number
  /** Whether its records came again, or were left out. */
  readonly came: boolean
  readonly takenAt: string
}

/** The files of a stream that hold the same as others that were taken before, the latest first. */
export async function sameFilesOf(
  engine: Engine,
  stream: string,
  limit = 20,
): Promise<readonly SameFile[]> {
  const rows = await engine.rows(sql`
    select name, same_as, received, taken_at, ${isLeftOut} as is_left_out from ${batchTable}
    where stream = ${value(stream)} and same_as is not null order by first_position desc limit ${value(limit)}`)
  return rows.map((row) => ({
    name: String(row['name']),
    sameAs: String(row['same_as']),
    records: Number(row['received']),
    came: row['is_left_out'] !== true,
    takenAt: String(row['taken_at']),
  }))
}
