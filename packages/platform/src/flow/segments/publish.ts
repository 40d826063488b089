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
  /** Which table tells of merges, if the members can be merged; that of people unless set. */
  readonly merges?: TableName | 'none'
}

/** Several segments that are published in one change. */
export interface JointPublication extends Omit<Publication, 'segment'> {
  readonly segments: readonly string[]
  /** `segment`, `profile`. */
  readonly who: Draft
}

/**
 * Makes these people the members of a segment: those who are new enter, those who are not among them leave, all in one
 * engine change that takes one position; nothing is touched when nothing differs.
 */
export async function publish(engine: Engine, publication: Publication): Promise<Published> {
  const { segment } = publication
  const who = ofOne(segment, publication.who)
  const all = await publishTogether(engine, { ...publication, segments: [segment], who })
  const published = all.get(segment)
  if (!published) throw new Error(`nothing is known of "${segment}" after it was published`)
  return published
}

/** The same for several segments, in one change for all of them. */
export async function publishTogether(
  engine: Engine,
  publication: JointPublication,
): Promise<ReadonlyMap<string, Published>> {
  for (let tries = 1; tries <= 5; tries++) {
    const published = await publishOnce(engine, publication)
    if (published) return published
  }
  const names = publication.segments.join('", "')
  throw new Error(`"${names}" is being published again and again by somebody else`)
}

const ofOne = (segment: string, who: Draft): Draft =>
  sql`select ${value(segment)} as segment, profile from (
${who}
) one`

async function publishOnce(
  engine: Engine,
  { segments, who, at, ask = {}, merges = mergedTable }: JointPublication,
): Promise<ReadonlyMap<string, Published> | undefined> {
  const before = await positionsOf(engine, segments)
  const tables = await engine.tables('unified')
  const isTold = merges !== 'none' && tables.some(({ name }) => name === merges.name)
  return engine.staged(
    verdicts({ segments, who, merged: isTold ? merges : undefined }),
    async (staged) => {
      const counts = await countsOf(engine, staged)
      const countOf = (segment: string) => counts.get(segment) ?? nobody
      const changed = segments.filter((segment) => {
        const { entered, left, moved } = countOf(segment)
        return !before.has(segment) || entered + left + moved > 0
      })
      const publishedAs = (position: number | undefined) =>
        new Map(
          segments.map((segment) => {
            const isChanged = changed.includes(segment)
            const at = (isChanged ? position : before.get(segment)) ?? 0
            return [segment, { ...countOf(segment), position: at, changed: isChanged }]
          }),
        )
      if (changed.length === 0) return publishedAs(undefined)
      const position = await engine.change(`segment.${segments.join('.')}`, async (writer) => {
        // Somebody else has published it meanwhile: what was computed no longer fits.
        const now = await positionsOf(writer, segments)
        if (segments.some((segment) => now.get(segment) !== before.get(segment))) return undefined
        const taken = await writer.positions(1)
        for (const segment of changed) {
          const { members } = countOf(segment)
          await write(writer, { segment, staged, at, members, taken })
        }
        return taken
      })
      return position === undefined ? undefined : publishedAs(position)
    },
    ask,
  )
}

async function positionsOf(
  reader: Pick<Engine, 'rows'>,
  segments: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await reader.rows(
    sql`select segment, position from ${stateTable} where segment in (${keysOf(segments)})`,
  )
  return new Map(rows.map((row) => [String(row['segment']), Number(row['position'])]))
}

const keysOf = (segments: readonly string[]): Draft => join(segments.map((key) => value(key)))

interface Comparing {
  readonly segment: string
  readonly who: Draft
  /** Which profile went into which: `old`, `new`; nothing where that was never told. */
  readonly merged: Part | undefined
}

/** What a publish would do, if these were the people and the merges; nothing is written. */
export const compareMembers = (
  engine: Engine,
  { segment, who, merged }: Comparing,
  ask: Pick<Ask, 'signal'> = {},
): Promise<Counts> =>
  engine.staged(
    verdicts({ segments: [segment], who: ofOne(segment, who), merged }),
    async (staged) => (await countsOf(engine, staged)).get(segment) ?? nobody,
    ask,
  )

interface Judged {
  readonly segments: readonly string[]
  /** `segment`, `profile`. */
  readonly who: Draft
  readonly merged: Part | undefined
}

// One row per person who is or is to be a member: `entered`, `left`, `moved` or `stayed`.
function verdicts({ segments, who, merged }: Judged): Draft {
  return sql`
with recursive ${arrivals(sql`select profile from ${memberTable} where segment in (${keysOf(segments)})`, merged)},
stay as (
  select m.segment, coalesce(arrival.now_id, m.profile) as profile, min(m.entered_position) as entered_position,
    min(m.entered_at) as entered_at, count(arrival.now_id) as merged
  from ${memberTable} m left join arrival on arrival.old_id = m.profile
  where m.segment in (${keysOf(segments)})
  group by 1, 2
)
select coalesce(stay.segment, who.segment) as segment, coalesce(stay.profile, who.profile) as profile,
  stay.entered_position, stay.entered_at,
  case when stay.profile is null then 'entered' when who.profile is null then 'left'
    when stay.merged > 0 then 'moved' else 'stayed' end as verdict
from stay full outer join (
${who}
) who on who.profile = stay.profile and who.segment = stay.segment`
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

type Counts = Pick<Published, 'members' | 'entered' | 'left' | 'moved'>

const nobody: Counts = { members: 0, entered: 0, left: 0, moved: 0 }

async function countsOf(engine: Engine, staged: TableName): Promise<ReadonlyMap<string, Counts>> {
  const rows = await engine.rows(
    sql`select segment, verdict, count(*) as n from ${staged} group by 1, 2`,
  )
  const counts = new Map<string, Counts>()
  for (const row of rows) {
    const segment = String(row['segment'])
    const [verdict, n] = [String(row['verdict']), Number(row['n'])]
    const so = counts.get(segment) ?? nobody
    const members = so.members + (verdict === 'left' ? 0 : n)
    counts.set(segment, { ...so, members, ...(verdict === 'stayed' ? {} : { [verdict]: n }) })
  }
  return counts
}

interface Change {
  readonly segment: string
  readonly staged: TableName
  readonly at: Date
  readonly members: number
  readonly taken: number
}

async function write(writer: Writer, change: Change): Promise<void> {
  const { segment, staged, at, members, taken } = change
  const key = value(segment)
  const isOurs = sql`segment = ${key}`
  const of = { position: value(taken), at: value(at) }
  await writer.run(sql`insert into ${historyTable} (segment, profile, entered_position, entered_at, left_position, left_at)
    select ${join([key, sql`profile`, sql`entered_position`, sql`entered_at`, of.position, of.at])}
    from ${staged} where ${isOurs} and verdict = 'left'`)
  await writer.run(sql`delete from ${memberTable}
    where ${isOurs} and profile not in (select profile from ${staged} where ${isOurs} and verdict = 'stayed')`)
  await writer.run(sql`insert into ${memberTable} (segment, profile, entered_position, entered_at)
    select ${key}, profile, coalesce(entered_position, ${of.position}), coalesce(entered_at, ${of.at})
    from ${staged} where ${isOurs} and verdict in ('entered', 'moved')`)
  await writer.run(sql`delete from ${stateTable} where ${isOurs}`)
  await writer.run(
    sql`insert into ${stateTable} (segment, position, members, published_at) values (${join([key, of.position, value(members), of.at])})`,
  )
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
