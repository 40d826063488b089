import { column, type Engine, sql, value } from '#engine'
import { linkTable, publishedTable } from '#identity'
import { currentTable, fieldsOf, pastTable } from '#lake'
import { modelTable, systemColumns } from '#model'
import { historyTable, memberTable } from '#segments'
import type { EventTrigger, ProfileTrigger, SegmentTrigger, Watch } from './definition.ts'
import { lookAtEvents } from './event-lane.ts'
import { insightsHolding } from './insight-lane.ts'
import type { Ground } from './look.ts'
import type { Met } from './met.ts'
import { lookAtProfiles } from './profile-lane.ts'
import { rowsHolding } from './row-lane.ts'
import { lookAtSegment } from './segment-lane.ts'

/** What is asked of the past. */
export interface PastAsked {
  readonly watch: Watch
  readonly since: Date
  readonly profile?: string | undefined
  readonly signal: AbortSignal
}

/** What a trigger would have met since then; of what leaves no trace in time, all that holds now. */
export interface Past {
  readonly over: 'the past' | 'now'
  readonly mets: AsyncIterable<readonly Met[]>
}

/** Looks at the past as the set lane looks at what comes, and moves nothing on. */
export async function pastOf(ground: Ground, asked: PastAsked): Promise<Past> {
  const { watch, profile, signal } = asked
  const { when } = watch
  if ('row' in when || 'insight' in when) {
    // What only suppresses was there before, or not; nobody can say when.
    if (watch.withinMs !== undefined) return { over: 'now', mets: nothing() }
    const holding = await ('row' in when
      ? rowsHolding(ground, { watch, signal }, when)
      : insightsHolding(ground, { watch, signal }, when))
    return { over: 'now', mets: ofProfile(holding, profile) }
  }
  if ('segment' in when) {
    const after = await positionBefore(ground.engine, when, asked.since)
    const { mets } = await lookAtSegment(ground, { watch, after, signal }, when)
    return { over: 'the past', mets: ofProfile(mets, profile) }
  }
  if ('profile' in when) {
    const after = await profilesBefore(ground.engine, when, asked.since)
    const { mets } = await lookAtProfiles(ground, { watch, after, signal }, when)
    return { over: 'the past', mets: ofProfile(mets, profile) }
  }
  const after = await eventBefore(ground.engine, when, asked.since)
  const most = Number.MAX_SAFE_INTEGER
  const { mets } = await lookAtEvents(ground, { watch, after, signal, most }, when)
  const ids = profile === undefined ? undefined : await idsOf(ground.engine, profile)
  return { over: 'the past', mets: ofIds(mets, ids) }
}

async function* nothing(): AsyncIterable<readonly Met[]> {}

async function* ofProfile(mets: AsyncIterable<readonly Met[]>, profile: string | undefined) {
  for await (const some of mets)
    yield profile === undefined ? some : some.filter((met) => met.profile === profile)
}

async function* ofIds(mets: AsyncIterable<readonly Met[]>, ids: ReadonlySet<string> | undefined) {
  for await (const some of mets)
    yield ids === undefined ? some : some.filter(({ cause }) => ids.has(cause))
}

/** The ids by which sources call a person. */
async function idsOf(engine: Engine, profile: string): Promise<ReadonlySet<string>> {
  const [people, links] = [modelTable('individual'), linkTable('individual')]
  const tables = await engine.tables('unified')
  if (!tables.some(({ name }) => name === links.name)) return new Set()
  const rows = await engine.rows(sql`select distinct r.id as id from ${people} r
    join ${links} l on l.record = r.${column(systemColumns.key)} where l.profile = ${value(BigInt(profile))}`)
  return new Set(rows.map((row) => String(row['id'])))
}

/** The last event of a stream before a time; 0 where events do not say when they came. */
async function eventBefore(engine: Engine, { event }: EventTrigger, since: Date): Promise<number> {
  const fields = await fieldsOf(engine, event)
  if (!fields.some(({ name, type }) => name === 'received_at' && type === 'timestamp')) return 0
  const before = sql`received_at < ${value(since.toISOString(), 'timestamp')}`
  const [row] = await engine.rows(sql`select max(_event) as last from (
    select _event from ${currentTable(event)} where ${before}
    union all select _event from ${pastTable(event)} where ${before}) e`)
  return Number(row?.['last'] ?? 0)
}

/** The last that identity had told before a time. */
async function profilesBefore(
  engine: Engine,
  { on = 'individual' }: ProfileTrigger,
  since: Date,
): Promise<number> {
  const tables = await engine.tables('unified')
  if (!tables.some(({ name }) => name === publishedTable.name)) return 0
  const [row] = await engine.rows(sql`select max(position) as last from ${publishedTable}
    where subject = ${value(on)} and ${column('at')} < ${value(since.toISOString(), 'timestamp')}`)
  return Number(row?.['last'] ?? 0)
}

/** The last change of a segment before a time. */
async function positionBefore(
  engine: Engine,
  { segment, change }: SegmentTrigger,
  since: Date,
): Promise<number> {
  const [position, at] = [column(`${change}_position`), column(`${change}_at`)]
  const until = value(since.toISOString(), 'timestamp')
  const from = (table: typeof memberTable) => sql`select max(${position}) as last from ${table}
    where segment = ${value(segment)} and ${at} < ${until}`
  const both =
    change === 'left'
      ? from(historyTable)
      : sql`${from(memberTable)} union all ${from(historyTable)}`
  const [row] = await engine.rows(sql`select max(last) as last from (${both}) of_either`)
  return Number(row?.['last'] ?? 0)
}
