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
  const ask = { lane: 'tick' } as const
  const merged = hasRedirects ? mergedTable : undefined
  return engine.staged(
    verdictsAmong(looked, merged),
    (verdicts) =>
      engine.change(
        'members of segments',
        async (writer) => {
          if (!isSame(before, await memberPositions(writer, segments))) return undefined
          const sizes = await write(writer, { looked, merged, verdicts }, also)
          return { sizes: sizesFrom(sizes, at) }
        },
        ask,
      ),
    ask,
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
function verdictsAmong({ segments, who, among, there }: Looked, merged: Part | undefined): Draft {
  return sql`
with recursive ${arrivals(sql`select profile from ${among}`, merged)},
stay as (
  select m.segment, coalesce(arrival.now_id, m.profile) as profile, count(arrival.now_id) as merged, count(*) as stays
  from ${there} m left join arrival on arrival.old_id = m.profile
  where ${inSegments(segments, 'm')}
  group by 1, 2
)
select coalesce(stay.segment, who.segment) as segment, coalesce(stay.profile, who.profile) as profile,
  coalesce(stay.stays, 0) as stays,
  case when stay.profile is null then 'entered' when who.profile is null then 'left'
    when stay.merged > 0 then 'moved' else 'stayed' end as verdict
from stay full outer join (${who}) who on who.segment = stay.segment and who.profile = stay.profile`
}

// The members who are to be taken out, of the few segments that lose somebody: the table of members is large, and in their order.
function goneAmong(
  { looked: { among }, merged, verdicts }: Writing,
  losing: readonly string[],
): Draft {
  return sql`
with recursive ${arrivals(sql`select profile from ${among}`, merged)}
select m.segment, m.profile as old, v.profile, v.verdict, m.entered_position, m.entered_at
from (select segment, profile, entered_position, entered_at from ${memberTable}
  where ${inSegments(losing)} and profile in (select profile from ${among})) m
left join arrival on arrival.old_id = m.profile
join ${verdicts} v on v.segment = m.segment and v.profile = coalesce(arrival.now_id, m.profile)
where v.verdict in ('left', 'moved')`
}

interface Sizes {
  readonly position: number
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

interface Writing {
  readonly looked: Looked
  /** Which profile went into which; nothing where that was never told. */
  readonly merged: Part | undefined
  readonly verdicts: TableName
}

async function write(
  writer: Writer,
  writing: Writing,
  also: (writer: Writer, written: Written | undefined) => Promise<void>,
): Promise<Sizes> {
  const { looked, verdicts } = writing
  const changes =
    await writer.rows(sql`select segment, count(*) filter (where verdict = 'entered') as entered,
      count(*) filter (where verdict = 'left') as gone, count(*) filter (where verdict = 'moved') as moved,
      sum(case when verdict = 'left' then -stays else 1 - stays end) as more
    from ${verdicts} group by segment having count(*) filter (where verdict <> 'stayed') > 0`)
  if (changes.length === 0) {
    await also(writer, undefined)
    return { position: 0, rows: [] }
  }
  const keysWhere = (is: (row: (typeof changes)[number]) => boolean) =>
    changes.filter(is).map((row) => String(row['segment']))
  const segments = keysWhere(() => true)
  const losing = keysWhere((row) => Number(row['gone']) + Number(row['moved']) > 0)
  const position = await writer.positions(1)
  await writer.staged(goneAmong(writing, losing), async (gone) => {
    await writeMembers(writer, { at: looked.at, position, verdicts, gone, losing })
    await also(writer, { position, segments, verdicts, gone })
  })
  const isChanged = inSegments(segments)
  const more = sql`select segment, sum(case when verdict = 'left' then -stays else 1 - stays end) as more
    from ${verdicts} where ${isChanged} group by segment`
  await writer.run(sql`update ${stateTable} set position = ${value(position)}, published_at = ${value(looked.at)},
      members = members + m.more from (${more}) m where ${column('segment', 'm')} = ${stateTable}.segment`)
  const sizes = await writer.rows(
    sql`select segment, members from ${stateTable} where ${isChanged}`,
  )
  const members = new Map(sizes.map((row) => [row['segment'], row['members']]))
  return {
    position,
    rows: changes.map((row) => ({ ...row, members: members.get(row['segment'] ?? null) })),
  }
}

async function writeMembers(
  writer: Writer,
  of: Pick<Written, 'position' | 'verdicts' | 'gone'> & { at: Date; losing: readonly string[] },
): Promise<void> {
  const { verdicts, gone, losing } = of
  const [position, at] = [value(of.position), value(of.at)]
  if (losing.length > 0) {
    await writer.run(sql`insert into ${historyTable} (segment, profile, entered_position, entered_at, left_position, left_at)
      select segment, profile, min(entered_position), min(entered_at), ${position}, ${at} from ${gone}
      where verdict = 'left' group by segment, profile`)
    await writer.run(sql`delete from ${memberTable} where ${inSegments(losing)}
      and profile in (select old from ${gone}) and (segment, profile) in (select segment, old from ${gone})`)
  }
  await writer.run(sql`insert into ${memberTable} (segment, profile, entered_position, entered_at)
    select segment, profile, ${position}, ${at} from ${verdicts} where verdict = 'entered'
    union all select segment, profile, min(entered_position), min(entered_at) from ${gone}
    where verdict = 'moved' group by segment, profile`)
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
