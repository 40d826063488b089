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
  /** A table of the rows of `membersAmong`. */
  readonly there: Part
  readonly at: Date
}

/** Where some profiles are members now; taken out once, because the table of all members is large. */
export const membersAmong = (among: TableName): Draft =>
  sql`select segment, profile, entered_position, entered_at from ${memberTable}
    where profile in (select profile from ${among})`

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
  also: (writer: Writer) => Promise<void>,
): Promise<PublishedAmong | undefined> {
  const { segments, at } = looked
  const before = await positionsOf(engine, segments)
  const hasRedirects = (await engine.tables('unified')).some(
    ({ name }) => name === mergedTable.name,
  )
  const ask = { lane: 'tick' } as const
  return engine.staged(
    verdictsAmong(looked, hasRedirects ? mergedTable : undefined),
    (staged) =>
      engine.change(
        'members of segments',
        async (writer) => {
          if (!isSame(before, await positionsOf(writer, segments))) return undefined
          const sizes = await write(writer, { ...looked, staged })
          await also(writer)
          return { sizes: sizesFrom(sizes, at) }
        },
        ask,
      ),
    ask,
  )
}

const isSame = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>) =>
  one.size === other.size && [...one].every(([key, position]) => other.get(key) === position)

async function positionsOf(
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
function verdictsAmong({ segments, who, among, there }: Looked, merged: Part | undefined): Draft {
  const those = sql`select profile from ${among}`
  return sql`
with recursive ${arrivals(those, merged)},
stay as (
  select m.segment, coalesce(arrival.now_id, m.profile) as profile, min(m.entered_position) as entered_position,
    min(m.entered_at) as entered_at, count(arrival.now_id) as merged, count(*) as stays
  from ${there} m left join arrival on arrival.old_id = m.profile
  where ${inSegments(segments, 'm')}
  group by 1, 2
)
select coalesce(stay.segment, who.segment) as segment, coalesce(stay.profile, who.profile) as profile,
  stay.entered_position, stay.entered_at, coalesce(stay.stays, 0) as stays,
  case when stay.profile is null then 'entered' when who.profile is null then 'left'
    when stay.merged > 0 then 'moved' else 'stayed' end as verdict
from stay full outer join (${who}) who on who.segment = stay.segment and who.profile = stay.profile`
}

interface Sizes {
  readonly position: number
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

async function write(
  writer: Writer,
  { segments, at, there, staged }: Looked & { readonly staged: TableName },
): Promise<Sizes> {
  const changes =
    await writer.rows(sql`select segment, count(*) filter (where verdict = 'entered') as entered,
      count(*) filter (where verdict = 'left') as gone,
      sum(case when verdict = 'left' then -stays else 1 - stays end) as more
    from ${staged} group by segment having count(*) filter (where verdict <> 'stayed') > 0`)
  if (changes.length === 0) return { position: 0, rows: [] }
  const position = await writer.positions(1)
  const of = { position: value(position), at: value(at) }
  await writer.run(sql`insert into ${historyTable} (segment, profile, entered_position, entered_at, left_position, left_at)
    select segment, profile, entered_position, entered_at, ${of.position}, ${of.at} from ${staged} where verdict = 'left'`)
  const gone = sql`select m.segment, m.profile from ${there} m
    left join (select segment, profile from ${staged} where verdict = 'stayed') s on s.segment = m.segment and s.profile = m.profile
    where s.profile is null and ${inSegments(segments, 'm')}`
  await writer.run(sql`delete from ${memberTable}
    where profile in (select profile from (${gone}) g) and (segment, profile) in (${gone})`)
  await writer.run(sql`insert into ${memberTable} (segment, profile, entered_position, entered_at)
    select segment, profile, coalesce(entered_position, ${of.position}), coalesce(entered_at, ${of.at})
    from ${staged} where verdict in ('entered', 'moved')`)
  const more = sql`select segment, sum(case when verdict = 'left' then -stays else 1 - stays end) as more
    from ${staged} group by segment having count(*) filter (where verdict <> 'stayed') > 0`
  await writer.run(sql`update ${stateTable} set position = ${of.position}, published_at = ${of.at},
      members = members + m.more from (${more}) m where ${column('segment', 'm')} = ${stateTable}.segment`)
  const sizes = await writer.rows(sql`select segment, members from ${stateTable}
    where segment in (${join(changes.map((row) => value(String(row['segment']))))})`)
  const members = new Map(sizes.map((row) => [row['segment'], row['members']]))
  return {
    position,
    rows: changes.map((row) => ({ ...row, members: members.get(row['segment'] ?? null) })),
  }
}

const sizesFrom = ({ position, rows }: Sizes, at: Date): ReadonlyMap<string, SegmentSize> =>
  new Map(
    rows.map((row) => [
      String(row['segment']),
      {
        at: at.toISOString(),
        position,
        members: Number(row['members']),
        entered: Number(row['entered']),
        left: Number(row['gone']),
      },
    ]),
  )
