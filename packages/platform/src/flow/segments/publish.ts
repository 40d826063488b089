import {
  type Ask,
  column,
  type Draft,
  type Engine,
  join,
  type Part,
  sql,
  type TableName,
  value,
  type Writer,
} from '#engine'
import { historyTable, memberTable, mergedTable, stateTable } from './tables.ts'

/** What a publish did. */
export interface Published {
  /** The position of the last change of the members, also when this publish changed nothing. */
  readonly position: number
  readonly members: number
  readonly entered: number
  readonly left: number
  /** Members whose profile was merged into another, under whose id they stay. */
  readonly moved: number
  readonly changed: boolean
}

/** Who is to be in a segment, and when that is said. */
export interface Publication {
  readonly segment: string
  /** One column `profile`. */
  readonly who: Draft
  readonly at: Date
  readonly ask?: Pick<Ask, 'signal'>
}

/**
 * Makes these people the members of a segment: those who are new enter, those who are not among them leave, all in one
 * engine change that takes one position; nothing is touched when nothing differs.
 */
export async function publish(engine: Engine, publication: Publication): Promise<Published> {
  for (let tries = 1; tries <= 5; tries++) {
    const published = await publishOnce(engine, publication)
    if (published) return published
  }
  throw new Error(`"${publication.segment}" is being published again and again by somebody else`)
}

async function publishOnce(
  engine: Engine,
  { segment, who, at, ask = {} }: Publication,
): Promise<Published | undefined> {
  const before = await positionOf(engine, segment)
  const hasRedirects = (await engine.tables('unified')).some(
    ({ name }) => name === mergedTable.name,
  )
  return engine.staged(
    verdicts({ segment, who, merged: hasRedirects ? mergedTable : undefined }),
    async (staged) => {
      const counts = await countsOf(engine, staged)
      const change = counts.entered + counts.left + counts.moved
      if (before !== undefined && change === 0)
        return { ...counts, position: before, changed: false }
      const position = await engine.change(`segment.${segment}`, async (writer) => {
        // Somebody else has published it meanwhile: what was computed no longer fits.
        if ((await positionOf(writer, segment)) !== before) return undefined
        return write(writer, { segment, staged, at, members: counts.members })
      })
      return position === undefined ? undefined : { ...counts, position, changed: true }
    },
    ask,
  )
}

async function positionOf(
  reader: Pick<Engine, 'rows'>,
  segment: string,
): Promise<number | undefined> {
  const [row] = await reader.rows(
    sql`select position from ${stateTable} where segment = ${value(segment)}`,
  )
  return row && Number(row['position'])
}

interface Comparing {
  readonly segment: string
  readonly who: Draft
  /** Which profile went into which: `old`, `new`; nothing where that was never told. */
  readonly merged: Part | undefined
}

/** What a publish would do, if these were the people and the merges; nothing is written. */
export const compareMembers = (
  engine: Engine,
  of: Comparing,
  ask: Pick<Ask, 'signal'> = {},
): Promise<Pick<Published, 'members' | 'entered' | 'left' | 'moved'>> =>
  engine.staged(verdicts(of), (staged) => countsOf(engine, staged), ask)

// One row per person who is or is to be a member: `entered`, `left`, `moved` or `stayed`.
function verdicts({ segment, who, merged }: Comparing): Draft {
  return sql`
with recursive ${arrivals(sql`select profile from ${memberTable} where segment = ${value(segment)}`, merged)},
stay as (
  select coalesce(arrival.now_id, m.profile) as profile, min(m.entered_position) as entered_position,
    min(m.entered_at) as entered_at, count(arrival.now_id) as merged
  from ${memberTable} m left join arrival on arrival.old_id = m.profile
  where m.segment = ${value(segment)}
  group by 1
)
select coalesce(stay.profile, who.profile) as profile, stay.entered_position, stay.entered_at,
  case when stay.profile is null then 'entered' when who.profile is null then 'left'
    when stay.merged > 0 then 'moved' else 'stayed' end as verdict
from stay full outer join (
${who}
) who on who.profile = stay.profile`
}

/** Under which id some profiles that were merged are to be found now, over several merges if need be: `arrival`. */
export function arrivals(members: Part, merged: Part | undefined): Draft {
  if (!merged)
    return sql`arrival(old_id, now_id) as (select profile, profile from (${members}) m where false)`
  const [old, now] = [column('old'), column('new')]
  return sql`hop(old_id, now_id) as (
  select ${old}, ${now} from ${merged} where ${old} in (${members})
  union
  select hop.old_id, ${column('new', 'r')} from hop join ${merged} r on ${column('old', 'r')} = hop.now_id
),
arrival as (select old_id, now_id from hop where now_id not in (select ${old} from ${merged}))`
}

async function countsOf(engine: Engine, staged: TableName) {
  const rows = await engine.rows(sql`select verdict, count(*) as n from ${staged} group by 1`)
  const byVerdict = new Map(rows.map((row) => [row['verdict'], Number(row['n'])]))
  const count = (verdict: string) => byVerdict.get(verdict) ?? 0
  const [entered, left, moved] = [count('entered'), count('left'), count('moved')]
  return { entered, left, moved, members: count('stayed') + entered + moved }
}

interface Change {
  readonly segment: string
  readonly staged: TableName
  readonly at: Date
  readonly members: number
}

async function write(writer: Writer, { segment, staged, at, members }: Change): Promise<number> {
  const position = await writer.positions(1)
  const key = value(segment)
  const of = { position: value(position), at: value(at) }
  await writer.run(sql`insert into ${historyTable} (segment, profile, entered_position, entered_at, left_position, left_at)
    select ${join([key, sql`profile`, sql`entered_position`, sql`entered_at`, of.position, of.at])}
    from ${staged} where verdict = 'left'`)
  await writer.run(sql`delete from ${memberTable}
    where segment = ${key} and profile not in (select profile from ${staged} where verdict = 'stayed')`)
  await writer.run(sql`insert into ${memberTable} (segment, profile, entered_position, entered_at)
    select ${key}, profile, coalesce(entered_position, ${of.position}), coalesce(entered_at, ${of.at})
    from ${staged} where verdict in ('entered', 'moved')`)
  await writer.run(sql`delete from ${stateTable} where segment = ${key}`)
  await writer.run(
    sql`insert into ${stateTable} (segment, position, members, published_at) values (${join([key, of.position, value(members), of.at])})`,
  )
  return position
}

/** Ends what was published of segments that are no longer defined: their members, their past and their state. */
export async function sweepSegments(engine: Engine, defined: readonly string[]): Promise<void> {
  const rows = await engine.rows(sql`select segment from ${stateTable}`)
  const gone = rows.map((row) => String(row['segment'])).filter((key) => !defined.includes(key))
  if (gone.length === 0) return
  const keys = join(gone.map((key) => value(key)))
  await engine.change('segments that are no more', async (writer) => {
    for (const name of [memberTable, historyTable, stateTable])
      await writer.run(sql`delete from ${name} where segment in (${keys})`)
  })
}
