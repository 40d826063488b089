import { column, type Draft, type Row, sql, value } from '#engine'
import { historyTable, memberTable } from '#segments'
import type { SegmentTrigger, Watch } from './definition.ts'
import type { Ground, Look, LookAt } from './look.ts'
import type { Met } from './met.ts'

/** Up to where a segment has moved; undefined before it was published for the first time. */
export const segmentBegin = async (
  { segmentPositions }: Ground,
  { segment }: SegmentTrigger,
): Promise<number | undefined> => (await segmentPositions()).get(segment)

/** Who entered a segment, or left it, after a position. A stay has one begin, also under another id after a merge. */
export async function lookAtSegment(
  { engine, segmentPositions, now }: Ground,
  { watch, after, signal }: LookAt,
  when: SegmentTrigger,
): Promise<Look> {
  const upTo = (await segmentPositions()).get(when.segment) ?? after
  const query = changesOf(when, { after, upTo })
  const mets = async function* () {
    for await (const rows of engine.stream(query, { signal }))
      yield rows.map((row) => metOf(row, { watch, when, now: now() }))
  }
  return { upTo, mets: mets() }
}

function changesOf(
  { segment, change }: SegmentTrigger,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): Draft {
  const [position, at] = [column(`${change}_position`), column(`${change}_at`)]
  const from = (table: typeof memberTable) =>
    sql`select profile, ${position} as position, ${at} as at from ${table}
      where segment = ${value(segment)} and ${position} > ${value(after)} and ${position} <= ${value(upTo)}`
  const all =
    change === 'left'
      ? from(historyTable)
      : sql`${from(memberTable)} union all ${from(historyTable)}`
  return sql`select * from (${all}) change order by position, profile`
}

function metOf(
  row: Row,
  { when, now }: { readonly watch: Watch; readonly when: SegmentTrigger; readonly now: Date },
): Met {
  const profile = String(row['profile'])
  const at = row['at']
  return {
    trigger: 'segment',
    cause: profile,
    occurrence: `${when.segment} ${when.change} ${String(row['position'])}`,
    holds: true,
    at: typeof at === 'string' ? new Date(at) : now,
    profile,
    people: [profile],
    data: {},
  }
}
