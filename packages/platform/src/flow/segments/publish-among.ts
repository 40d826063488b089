import {
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
import type { SegmentSize } from './api.ts'
import { arrivals } from './publish.ts'
import { historyTable, memberTable, mergedTable, stateTable } from './tables.ts'

/** Profiles that were looked at, and in which of some segments each of them is to be. */
export interface Looked {
  readonly segments: readonly string[]
  /** `segment`, `profile`. */
  readonly who: Part
  /** One column `profile`: those who were looked at; with whoever was merged stands the one who took them in. */
  readonly among: TableName
  /** What `memberPositions` said, and where they were members after that: `segment`, `profile`. */
  readonly before: ReadonlyMap<string, number>
  readonly there: Part
  readonly at: Date
}

/** What was written, while the tables that tell of it are there. */
export interface Written {
  readonly position: number
  /** The segments whose members changed. */
  readonly segments: readonly string[]
  /** `segment`, `profile`, `verdict`: `entered`, `left`, `moved` or `stayed`. */
  readonly verdicts: TableName
  /** Who was taken from the members: `segment`, `old` (the profile), `profile` (who took them in), `verdict`. */
  readonly gone: TableName
}

/** What a publish among some profiles did: the sizes of the segments that it changed. */
export interface PublishedAmong {
  readonly sizes: ReadonlyMap<string, SegmentSize>
}

/**
 * Makes some profiles members of the segments that mean them, and of no others, in one engine change with one position; by the
 * verdicts that a publish of everybody would give them. `also` is done in the same change, which is made in any case. Nothing is
 * done, and nothing given, when somebody else publishes one of the segments meanwhile.
 */
export async function publishAmong(
  engine: Engine,
  looked: Looked,
  also: (writer: Writer, written: Written | undefined) => Promise<void>,
): Promise<PublishedAmong | undefined> {
  const { segments, before, at } = looked
  const hasRedirects = (await engine.tables('unified')).some(
    ({ name }) => name === mergedTable.name,
  )
  const merged = hasRedirects ? mergedTable : undefined
  const ask = { lane: 'tick' } as const
  const staged = <T>(query: Draft, use: (table: TableName) => Promise<T>) =>
    engine.staged(query, use, ask)
  const merges = sql`with recursive ${arrivals(sql`select profile from ${looked.among}`, merged)}
    select old_id, now_id from arrival`
  // All is looked for before the change, which holds up all others: if the members are others by then, nothing is done.
  return staged(merges, (arrived) =>
    staged(verdictsAmong(looked, arrived), async (verdicts) => {
      const changes = await changesIn(engine, verdicts)
      const losing = await leavingIn(engine, { looked, arrived, verdicts, changes })
      return staged(goneAmong({ looked, arrived, verdicts, losing }), (gone) =>
        engine.change(
          'members of segments',
          async (writer) => {
            if (!isSame(before, await memberPositions(writer, segments))) return undefined
            return { sizes: await write(writer, { at, verdicts, gone, changes, losing }, also) }
          },
          ask,
        ),
      )
    }),
  )
}

const isSame = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>) =>
  one.size === other.size && [...one].every(([key, position]) => other.get(key) === position)

/** When the members of some segments last changed. */
export async function memberPositions(
  reader: Pick<Engine, 'rows'> | Writer,
  segments: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const wanted = new Set(segments)
  const rows = await reader.rows(sql`select segment, position from ${stateTable}`)
  const all = rows.map((row) => [String(row['segment']), Number(row['position'])] as const)
  return new Map(all.filter(([segment]) => wanted.has(segment)))
}

const keysOf = (segments: readonly string[]): Draft => join(segments.map((key) => value(key)))

const inSegments = (segments: readonly string[], of?: string): Draft =>
  segments.length === 0 ? sql`false` : sql`${column('segment', of)} in (${keysOf(segments)})`

// One row per segment and person who is or is to be a member: `entered`, `left`, `moved` or `stayed`.
function verdictsAmong({ segments, who, there }: Looked, arrived: TableName): Draft {
  return sql`
with stay as (
  select m.segment, coalesce(a.now_id, m.profile) as profile, count(a.now_id) as merged, count(*) as stays
  from ${there} m left join ${arrived} a on a.old_id = m.profile
  where ${inSegments(segments, 'm')}
  group by 1, 2
)
select coalesce(stay.segment, who.segment) as segment, coalesce(stay.profile, who.profile) as profile,
  coalesce(stay.stays, 0) as stays,
  case when stay.profile is null then 'entered' when who.profile is null then 'left'
    when stay.merged > 0 then 'moved' else 'stayed' end as verdict
from stay full outer join (${who}) who on who.segment = stay.segment and who.profile = stay.profile`
}

interface Judged {
  readonly looked: Looked
  /** Under which id those who were merged are to be found: `old_id`, `now_id`. */
  readonly arrived: TableName
  readonly verdicts: TableName
}

interface Leaving extends Judged {
  readonly losing: Losing
}

/** Segments that lose somebody, each with a condition that names its members who are to be taken out; none where they are many. */
type Losing = ReadonlyMap<string, Draft | undefined>

/** Beyond these they are looked up instead of named. */
const mostNamed = 1000

async function leavingIn(
  engine: Engine,
  of: Judged & { readonly changes: readonly Change[] },
): Promise<Losing> {
  const { looked, arrived, verdicts, changes } = of
  const losing = changes.filter(({ leaving }) => leaving > 0)
  if (losing.length === 0 || losing.reduce((sum, { leaving }) => sum + leaving, 0) > mostNamed)
    return new Map(losing.map(({ segment }) => [segment, undefined]))
  const rows = await engine.rows(
    sql`select t.segment, t.profile from ${looked.there} t
      left join ${arrived} a on a.old_id = t.profile
      join ${verdicts} v on v.segment = t.segment and v.profile = coalesce(a.now_id, t.profile)
      where v.verdict in ('left', 'moved')`,
    { lane: 'tick' },
  )
  const named = Map.groupBy(rows, (row) => String(row['segment']))
  return new Map(
    [...named].map(([segment, of]) => [
      segment,
      sql`profile in (${join(of.map((row) => value(BigInt(String(row['profile'])))))})`,
    ]),
  )
}

// The members who are to be taken out, of the few segments that lose somebody. The table of members is large, and in their
// order: each segment by itself is found at once, where several together are looked for in all of it; and few people by name
// sooner than by a join.
function goneAmong({ looked, arrived, verdicts, losing }: Leaving): Draft {
  const stays = sql`select segment, profile, entered_position, entered_at from ${memberTable}`
  const isAmong = sql`profile in (select profile from ${looked.among})`
  const each = [...losing].map(
    ([segment, named]) => sql`${stays} where segment = ${value(segment)} and ${named ?? isAmong}`,
  )
  return sql`select m.segment, m.profile as old, v.profile, v.verdict, m.entered_position, m.entered_at
from (${each.length === 0 ? sql`${stays} where false` : join(each, sql` union all `)}) m
left join ${arrived} a on a.old_id = m.profile
join ${verdicts} v on v.segment = m.segment and v.profile = coalesce(a.now_id, m.profile)
where v.verdict in ('left', 'moved')`
}

/** What becomes of a segment. */
interface Change {
  readonly segment: string
  readonly entered: number
  readonly left: number
  /** How many people who are members now are to be taken out, also to stay under another id. */
  readonly leaving: number
}

async function changesIn(engine: Engine, verdicts: TableName): Promise<readonly Change[]> {
  const rows = await engine.rows(
    sql`select segment, count(*) filter (where verdict = 'entered') as entered,
      count(*) filter (where verdict = 'left') as gone, count(*) filter (where verdict = 'moved') as moved
    from ${verdicts} where verdict <> 'stayed' group by segment`,
    { lane: 'tick' },
  )
  return rows.map((row) => {
    const [entered, left] = [Number(row['entered']), Number(row['gone'])]
    return { segment: String(row['segment']), entered, left, leaving: left + Number(row['moved']) }
  })
}

async function write(
  writer: Writer,
  of: Pick<Written, 'verdicts' | 'gone'> & {
    at: Date
    changes: readonly Change[]
    losing: Losing
  },
  also: (writer: Writer, written: Written | undefined) => Promise<void>,
): Promise<ReadonlyMap<string, SegmentSize>> {
  const { at, verdicts, gone, changes, losing } = of
  if (changes.length === 0) {
    await also(writer, undefined)
    return new Map()
  }
  const position = await writer.positions(1)
  const segments = changes.map(({ segment }) => segment)
  await writeMembers(writer, { at, position, verdicts, gone, losing })
  await also(writer, { position, segments, verdicts, gone })
  const isChanged = inSegments(segments)
  const more = sql`select segment, sum(case when verdict = 'left' then -stays else 1 - stays end) as more
    from ${verdicts} where ${isChanged} group by segment`
  await writer.run(sql`update ${stateTable} set position = ${value(position)}, published_at = ${value(at)},
      members = members + m.more from (${more}) m where ${column('segment', 'm')} = ${stateTable}.segment`)
  const rows = await writer.rows(sql`select segment, members from ${stateTable} where ${isChanged}`)
  const members = new Map(rows.map((row) => [String(row['segment']), Number(row['members'])]))
  const sizeOf = ({ segment, entered, left }: Change) =>
    [
      segment,
      { at: at.toISOString(), position, members: members.get(segment) ?? 0, entered, left },
    ] as const
  return new Map(changes.map(sizeOf))
}

async function writeMembers(
  writer: Writer,
  of: Pick<Written, 'position' | 'verdicts' | 'gone'> & { at: Date; losing: Losing },
): Promise<void> {
  const { verdicts, gone, losing } = of
  const [position, at] = [value(of.position), value(of.at)]
  if (losing.size > 0) {
    await writer.run(sql`insert into ${historyTable} (segment, profile, entered_position, entered_at, left_position, left_at)
      select segment, profile, min(entered_position), min(entered_at), ${position}, ${at} from ${gone}
      where verdict = 'left' group by segment, profile`)
    for (const [key, named] of losing) {
      const isOfIt = sql`segment = ${value(key)}`
      const isGone = named ?? sql`profile in (select old from ${gone} where ${isOfIt})`
      await writer.run(sql`delete from ${memberTable} where ${isOfIt} and ${isGone}`)
    }
  }
  await writer.run(sql`insert into ${memberTable} (segment, profile, entered_position, entered_at)
    select segment, profile, ${position}, ${at} from ${verdicts} where verdict = 'entered'
    union all select segment, profile, min(entered_position), min(entered_at) from ${gone}
    where verdict = 'moved' group by segment, profile`)
}
