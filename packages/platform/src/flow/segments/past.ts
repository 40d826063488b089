import {
  column,
  type Draft,
  type Engine,
  join,
  type Part,
  type Row,
  sql,
  type TableName,
  value,
} from '#engine'
import type { ChangesAnswer, MemberChange, MemberPage, MembershipFound, Stay } from './api.ts'
import { peopleOf } from './compile.ts'
import type { Ground } from './ground.ts'
import { filled, memberFrom, summaryFrom, summaryOf } from './members.ts'
import { arrivals } from './publish.ts'
import { isUnified } from './subjects.ts'
import { historyTable, memberTable, mergedTableOf, stateTable } from './tables.ts'

const [old, next, now] = [column('old'), column('new'), column('now')]

/** Which table tells of merges of those a segment is about; nothing where there is none. */
async function mergesOf(engine: Engine, on: string): Promise<TableName | undefined> {
  if (!isUnified(on)) return undefined
  const merged = mergedTableOf(on)
  const tables = await engine.tables('unified')
  return tables.some(({ name }) => name === merged.name) ? merged : undefined
}

/** The id under which somebody is found now: that of the profile into which theirs was merged, over several merges if need be. */
export async function presentOf(engine: Engine, on: string, profile: bigint): Promise<bigint> {
  const merged = await mergesOf(engine, on)
  if (merged === undefined) return profile
  const [row] = await engine.rows(
    sql`with recursive hop(id, far) as (select ${value(profile)}, 0
      union all select r.${next}, hop.far + 1 from hop join ${merged} r on r.${old} = hop.id where hop.far < 1000)
    select id from hop order by far desc limit 1`,
  )
  return row ? BigInt(String(row['id'])) : profile
}

/** All ids that somebody has and had, as a query with one column. */
async function idsOf(engine: Engine, on: string, profile: bigint): Promise<Part> {
  const merged = await mergesOf(engine, on)
  if (merged === undefined) return value(profile)
  return sql`with recursive one(id) as (
    select ${value(profile)} union select r.${old} from ${merged} r join one on r.${next} = one.id)
    select id from one`
}

/** Whether somebody is a member, and since when, or until when they were; nothing where the segment was never published. */
export async function lastStayOf(
  engine: Engine,
  segment: string,
  on: string,
  profile: bigint,
): Promise<MembershipFound | undefined> {
  const key = value(segment)
  const ids = await idsOf(engine, on, profile)
  const [states, stays] = await Promise.all([
    engine.rows(sql`select segment from ${stateTable} where segment = ${key}`),
    engine.rows(sql`select 1 as present, entered_at, null as left_at, entered_position as place
        from ${memberTable} where segment = ${key} and profile = ${value(profile)}
      union all select 0, entered_at, left_at, left_position
        from ${historyTable} where segment = ${key} and profile in (${ids})
      order by present desc, place desc limit 1`),
  ])
  if (states.length === 0) return undefined
  const [stay] = stays
  if (!stay) return { segment, member: false }
  const left = stay['left_at']
  return {
    segment,
    member: stay['present'] === 1,
    entered_at: String(stay['entered_at']),
    ...(left === null || left === undefined ? {} : { left_at: String(left) }),
  }
}

/** The segments a person is in, and those they were in, also as people who were merged into them; whatever id they had. */
export async function staysOf(
  engine: Engine,
  asked: bigint,
): Promise<{ readonly current: readonly Stay[]; readonly past: readonly Stay[] }> {
  const profile = await presentOf(engine, 'individual', asked)
  const ids = await idsOf(engine, 'individual', profile)
  const [current, past] = await Promise.all([
    engine.rows(
      sql`select segment, entered_at from ${memberTable} where profile = ${value(profile)} order by segment`,
    ),
    engine.rows(sql`select segment, entered_at, left_at from ${historyTable}
      where profile in (${ids}) order by left_position desc, segment`),
  ])
  return { current: current.map(stayFrom), past: past.map(stayFrom) }
}

const stayFrom = (row: Row): Stay => ({
  segment: String(row['segment']),
  entered_at: String(row['entered_at']),
  ...filled(row, 'left_at'),
})

/** The segment whose past is asked for. */
interface PastOf {
  readonly segment: string
  readonly ground: Ground
}

const stays = (segment: string): Draft => sql`
  select profile, entered_position, entered_at, null as left_position, null as left_at
  from ${memberTable} where segment = ${value(segment)}
  union all
  select profile, entered_position, entered_at, left_position, left_at
  from ${historyTable} where segment = ${value(segment)}`

/** Under which id each of some profiles (a query with one column) is found now, where it is another: `old_id`, `now_id`. */
const laterIds = async (engine: Engine, on: string, of: Draft): Promise<Draft> =>
  sql`with recursive ${arrivals(of, await mergesOf(engine, on))} select old_id, now_id from arrival`

/** One page of those who were members at a moment, in the order of the ids that they had. */
export async function membersAt(
  engine: Engine,
  { segment, ground }: PastOf,
  { at, after, limit }: { at: Date; after: bigint | undefined; limit: number },
): Promise<MemberPage> {
  // Stays of people who were merged may lie over each other.
  const then = sql`select profile, min(entered_at) as entered_at,
      case when count(left_at) = count(*) then max(left_at) end as left_at from (${stays(segment)}) s
    where entered_at <= ${value(at)} and (left_at is null or left_at > ${value(at)}) group by profile`
  const later = after === undefined ? sql`` : sql`where m.profile > ${value(after)}`
  const moved = await laterIds(engine, ground.subjects.on, sql`select profile from (${then}) t`)
  const [rows, [count]] = await Promise.all([
    engine.rows(sql`select ${summaryOf(ground)}, m.entered_at, m.left_at, m.profile as member, moved.now_id as ${now}
      from (${then}) m left join (${moved}) moved on moved.old_id = m.profile
      left join ${peopleOf(ground)} person on person.profile = coalesce(moved.now_id, m.profile)
      ${later} order by m.profile limit ${value(limit + 1)}`),
    engine.rows(sql`select count(*) as n from (${then}) m`),
  ])
  const members = rows.slice(0, limit).map((row) => ({
    ...memberFrom(row),
    ...filled(row, 'left_at'),
    ...filled(row, 'now'),
  }))
  const last = rows.length > limit ? members.at(-1)?.profile : undefined
  return { members, total: Number(count?.['n']), ...(last === undefined ? {} : { next: last }) }
}

/** Which changes are asked for. */
export interface ChangesAsked {
  readonly limit: number
  /** The place of the last change of the page before. */
  readonly after?: string | undefined
  readonly profile?: bigint | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

/** Who entered and who left, newest first; of those of one position, by their ids. */
export async function changesOf(
  engine: Engine,
  { segment, ground }: PastOf,
  asked: ChangesAsked,
): Promise<ChangesAnswer> {
  const { on } = ground.subjects
  const every = sql`select profile, 'e' as what, entered_position as position, entered_at as moment, null as entered_at from (${stays(segment)}) s
    union all select profile, 'l', left_position, left_at, entered_at from (${stays(segment)}) s where left_at is not null`
  const conditions = [
    ...(asked.from ? [sql`moment >= ${value(asked.from)}`] : []),
    ...(asked.to ? [sql`moment < ${value(asked.to)}`] : []),
    ...(asked.profile === undefined
      ? []
      : [sql`profile in (${await idsOf(engine, on, await presentOf(engine, on, asked.profile))})`]),
  ]
  const chosen = sql`select * from (${every}) c ${conditions.length === 0 ? sql`` : sql`where ${join(conditions, sql` and `)}`}`
  const older = asked.after === undefined ? sql`` : sql`where ${isAfter(asked.after)}`
  const moved = await laterIds(engine, on, sql`select profile from (${chosen}) t`)
  const [rows, [count]] = await Promise.all([
    engine.rows(sql`select ${summaryOf(ground)}, c.what, c.moment, c.position, c.entered_at, c.profile as member, moved.now_id as ${now}
      from (${chosen}) c left join (${moved}) moved on moved.old_id = c.profile
      left join ${peopleOf(ground)} person on person.profile = coalesce(moved.now_id, c.profile)
      ${older} order by c.position desc, c.profile, c.what limit ${value(asked.limit + 1)}`),
    engine.rows(sql`select count(*) as n from (${chosen}) c`),
  ])
  const page = rows.slice(0, asked.limit)
  const last = rows.length > asked.limit ? page.at(-1) : undefined
  const place = last && `${last['position']}-${last['member']}-${last['what']}`
  return {
    changes: page.map(changeFrom),
    total: Number(count?.['n']),
    ...(place === undefined ? {} : { next: place }),
  }
}

// The place of a change is `position-profile-what`.
function isAfter(place: string): Part {
  const [position = '', profile = '', what = ''] = place.split('-')
  const [p, id] = [value(BigInt(position)), value(BigInt(profile))]
  return sql`(c.position < ${p} or (c.position = ${p} and (c.profile > ${id} or (c.profile = ${id} and c.what > ${value(what)}))))`
}

function changeFrom(row: Row): MemberChange {
  const { member, ...person } = row
  return {
    ...summaryFrom({ ...person, profile: member ?? null }),
    what: row['what'] === 'e' ? 'entered' : 'left',
    at: String(row['moment']),
    position: Number(row['position']),
    ...filled(row, 'entered_at'),
    ...filled(row, 'now'),
  }
}
