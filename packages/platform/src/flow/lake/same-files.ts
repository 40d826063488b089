import { call, column, type Engine, type Part, sql, value } from '#engine'
import type { Counts, Origin } from './arrival.ts'
import { batchTable } from './tables.ts'

/** What was taken before and holds the same as a file. */
export interface Same {
  readonly name: string
  readonly records: number
  /** How many records from there could not be taken, and have not been mended. */
  readonly rejected: number
  /** When it was taken, as ISO 8601. */
  readonly at: string
}

// So that a file that was left out is another one for whoever wants it all the same.
const leftOutMark = '#same'

const isLeftOut: Part = call('ends_with', column('fingerprint'), value(leftOutMark))

/**
 * What brought the same content to a stream under another name, the first from which nothing was rejected; nothing when none did, or
 * it holds no record.
 */
export async function sameFileOf(
  engine: Engine,
  of: { readonly stream: string; readonly name: string; readonly content: string },
): Promise<Same | undefined> {
  // What was left out is no evidence, unless all that it holds had to come from it.
  const [row] = await engine.rows(sql`select * from (
      select coalesce(origin, name) as name, received, taken_at, first_position, (select coalesce(sum(o.rejected), 0)
        from ${batchTable} o where o.stream = b.stream and coalesce(o.origin, o.name) = coalesce(b.origin, b.name)) as rejected
      from ${batchTable} b
      where stream = ${value(of.stream)} and content = ${value(of.content)} and coalesce(origin, name) <> ${value(of.name)}
        and received > 0 and (not ${isLeftOut} or stored = received)) s
    order by rejected > 0, first_position limit 1`)
  return (
    row && {
      name: String(row['name']),
      records: Number(row['received']),
      rejected: Number(row['rejected']),
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
      values (${value(of.stream)}, ${value(asLeftOut(of.fingerprint))}, ${value(of.name)}, ${value(position)}, ${value(position)},
        ${value(records)}, 0, ${value(records)}, 0, 0, ${value(of.at)}, ${value(of.content)}, ${value(of.same.name)})`)
    return { received: records, stored: 0, unchanged: records, rejected: 0, removed: 0 }
  })

/** The fingerprint under which a file is left out. */
export const asLeftOut = (fingerprint: string): string => fingerprint + leftOutMark

/** The fingerprint of a file that was left out, as it would be had it been taken; nothing of one that was taken. */
export const leftOutAs = (fingerprint: string): string | undefined =>
  fingerprint.endsWith(leftOutMark) ? fingerprint.slice(0, -leftOutMark.length) : undefined

interface Named {
  readonly stream: string
  readonly name: string
}

/**
 * What a file was left out for, and what that was left out for in its turn: what it brings later may be what these had brought by
 * then. What they brought after that is none of it.
 */
export async function copiedFrom(engine: Engine, of: Named): Promise<readonly Origin[]> {
  const found = new Map<string, number>()
  const follow = async (copy: Origin): Promise<void> => {
    for (const { name, before } of await leftOutFor(engine, of.stream, copy)) {
      if (before <= (found.get(name) ?? 0)) continue
      found.set(name, before)
      await follow({ name, before })
    }
  }
  await follow({ name: of.name })
  found.delete(of.name)
  return [...found].map(([name, before]) => ({ name, before }))
}

const isLeftOutCopy = ({ stream, name }: Named): Part =>
  sql`stream = ${value(stream)} and name = ${value(name)} and same_as is not null and ${isLeftOut}`

async function leftOutFor(
  engine: Engine,
  stream: string,
  { name, before }: Origin,
): Promise<readonly Required<Origin>[]> {
  const rows = await engine.rows(sql`select same_as, max(first_position) as below from ${batchTable}
    where ${isLeftOutCopy({ stream, name })} and ${before === undefined ? sql`true` : sql`first_position < ${value(before)}`}
    group by same_as`)
  return rows.map((row) => ({ name: String(row['same_as']), before: Number(row['below']) }))
}

/** Forgets what a file was left out for: it is taken now, with all that it holds. */
export async function forgetLeftOut(engine: Engine, of: Named): Promise<void> {
  const [row] = await engine.rows(
    sql`select count(*) as n from ${batchTable} where ${isLeftOutCopy(of)}`,
  )
  if (Number(row?.['n']) === 0) return
  await engine.change('files that are there', (writer) =>
    writer.run(sql`update ${batchTable} set same_as = null where ${isLeftOutCopy(of)}`),
  )
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
