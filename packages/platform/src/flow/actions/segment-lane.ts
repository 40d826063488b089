import { column, type Draft, type Engine, type Row, sql, value } from '#engine'
import { historyTable, memberTable } from '#segments'
import type { SegmentTrigger, Watch } from './definition.ts'
import { fieldsToSend, type Ground, type Look, type LookAt } from './look.ts'
import { type Met, subjectId } from './met.ts'
import { mergedInto, subjectData } from './people.ts'

/** Up to where a segment has moved; undefined before it was published for the first time. */
export const segmentBegin = async (
  { segmentPositions }: Ground,
  { segment }: SegmentTrigger,
): Promise<number | undefined> => (await segmentPositions()).get(segment)

/** Who entered a segment, or left it, after a position. A stay has one begin, also under another id after a merge. */
export async function lookAtSegment(
  { engine, segmentPositions, membersOf, now }: Ground,
  { watch, after, signal }: LookAt,
  when: SegmentTrigger,
): Promise<Look> {
  const upTo = (await segmentPositions()).get(when.segment) ?? after
  const on = await membersOf(when.segment)
  const query = changesOf(when, { after, upTo })
  const mets = async function* () {
    for await (const rows of engine.stream(query, { signal })) {
      const found = rows.map((row) => metOf(row, { when, on, now: now() }))
      yield on === 'individual' ? found : await asSubjects(engine, { watch, on }, found)
    }
  }
  return { upTo, mets: mets() }
}

/** Members that are no people: under all ids that they had, with the fields that attributes ask for. */
async function asSubjects(
  engine: Engine,
  { watch, on }: { readonly watch: Watch; readonly on: string },
  mets: readonly Met[],
): Promise<readonly Met[]> {
  const ids = mets.flatMap(({ people }) => people)
  const asked = fieldsToSend(watch)
  const data = await subjectData(engine, { on, ids }, asked)
  const nothing = Object.fromEntries(asked.map(({ as }) => [as, null]))
  const merged =
    on === 'account' ? await mergedInto(engine, ids, on) : new Map<string, readonly string[]>()
  return mets.map((met) => {
    const [id = ''] = met.people
    return {
      ...met,
      people: [id, ...(merged.get(id) ?? [])].map((one) => subjectId(on, one)),
      data: data.get(id) ?? nothing,
    }
  })
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
  { when, on, now }: { readonly when: SegmentTrigger; readonly on: string; readonly now: Date },
): Met {
  const profile = String(row['profile'])
  const at = row['at']
  const isPerson = on === 'individual'
  return {
    trigger: 'segment',
    cause: isPerson ? profile : subjectId(on, profile),
    occurrence: `${when.segment} ${when.change} ${String(row['position'])}`,
    holds: true,
    at: typeof at === 'string' ? new Date(at) : now,
    ...(isPerson ? { profile } : {}),
    people: [profile],
    data: {},
    change: when.change,
  }
}
