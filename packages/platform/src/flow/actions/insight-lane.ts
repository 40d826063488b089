import { fingerprint } from '#definitions'
import { column, type Draft, type Part, type Row, sql, value } from '#engine'
import { insightTable } from '#insights'
import { type AskedFields, matching } from './asked.ts'
import type { InsightTrigger, Watch } from './definition.ts'
import { beginHeld, dataColumn, dataFrom, keepMet, lastMet, metAfter, valuesHeld } from './held.ts'
import { type Ground, type Look, type LookAt, nothingMet } from './look.ts'
import type { Met } from './met.ts'
import { heldTable, hops, mergedIn } from './tables.ts'

/** People for whom a condition on an insight has turned true since the last look. */
export async function lookAtInsight(
  ground: Ground,
  { watch, after, signal }: LookAt,
  when: InsightTrigger,
): Promise<Look> {
  const { engine } = ground
  const asking = await askingOf(ground, when)
  if (!asking) return nothingMet(after)
  const { fields, rows, who } = asking
  const print = fingerprint(when)
  if ((await valuesHeld(engine, watch.key, print)) === undefined) {
    const held = sql`select profile as key, cast(0 as bigint) as position, true as holds from (${who}) who`
    const columns = sql`key, position, holds`
    await beginHeld(engine, { watch: watch.key, print, kept: '', columns, held })
    return nothingMet(await lastMet(engine, watch.key, after))
  }
  const data = dataColumn(watch, (field) => Object.hasOwn(fields, field))
  await keepTurned(ground, { key: watch.key, who, from: { rows, data } }, signal)
  const upTo = await lastMet(engine, watch.key, after)
  const mets = async function* () {
    for await (const found of engine.stream(metAfter(watch.key, after), { signal }))
      yield found.map((row) => metOf(row, { watch, when, fields, now: ground.now() }))
  }
  return { upTo, mets: mets() }
}

/** People for whom a condition holds now, as though it had just turned true. */
export async function insightsHolding(
  ground: Ground,
  { watch, signal }: Pick<LookAt, 'watch' | 'signal'>,
  when: InsightTrigger,
): Promise<AsyncIterable<readonly Met[]>> {
  const asking = await askingOf(ground, when)
  return metOfAll(ground, { watch, when, asking, signal })
}

interface Holding {
  readonly watch: Watch
  readonly when: InsightTrigger
  readonly asking: Awaited<ReturnType<typeof askingOf>>
  readonly signal: AbortSignal
}

async function* metOfAll(
  { engine, now }: Ground,
  { watch, when, asking, signal }: Holding,
): AsyncGenerator<readonly Met[]> {
  if (!asking) return
  const { fields, rows, who } = asking
  const data = dataColumn(watch, (field) => Object.hasOwn(fields, field))
  const query = sql`select r.profile as key, 0 as version, ${data} as data from ${rows} r
    where r.profile in (${who}) order by 1`
  for await (const found of engine.stream(query, { signal }))
    yield found.map((row) => metOf(row, { watch, when, fields, now: now() }))
}

/** What is asked of which rows; nothing while the insight has none. */
async function askingOf(ground: Ground, when: InsightTrigger) {
  const fields = typesOfInsight(
    (await ground.insights()).find(({ key }) => key === when.insight)?.measures ?? new Map(),
  )
  const isThere = (await ground.engine.tables('insight')).some(({ name }) => name === when.insight)
  if (!isThere || Object.keys(fields).length === 0) return undefined
  const rows = sql`(select *, profile_id as profile from ${insightTable(when.insight)})`
  return { fields, rows, who: matching(when.where, { fields, rows, now: ground.now() }) }
}

interface Meeting {
  readonly watch: Watch
  readonly when: InsightTrigger
  readonly fields: AskedFields
  readonly now: Date
}

function metOf(row: Row, { watch, when, fields, now }: Meeting): Met {
  const profile = String(row['key'])
  return {
    trigger: 'insight',
    cause: profile,
    occurrence: `${when.insight} ${String(row['version'])}`,
    holds: true,
    at: now,
    profile,
    people: [profile],
    data: dataFrom(row, watch, fields),
  }
}

/** The measures whose types are known. */
const typesOfInsight = (
  measures: ReadonlyMap<string, AskedFields[string] | undefined>,
): AskedFields =>
  Object.fromEntries(
    [...measures].flatMap(([name, type]) => (type === undefined ? [] : [[name, type]])),
  )

interface Turning {
  readonly key: string
  readonly who: Draft
  readonly from: { readonly rows: Part; readonly data: Part }
}

/** Compares with those for whom it held, and keeps who they are now and for whom it has turned true, both or neither. */
async function keepTurned(
  { engine }: Ground,
  { key, who, from }: Turning,
  signal: AbortSignal,
): Promise<void> {
  const merged = await mergedIn(engine)
  const held = sql`(select key from ${heldTable} where watch = ${value(key)})`
  const isMoved = merged
    ? sql`w.profile in (select now_id from hop where old_id in ${held})`
    : sql`false`
  const before = merged ? sql`, ${hops(merged, sql`select profile from who`)}` : sql``
  const verdicts = sql`with recursive who as (${who})${before}
    select coalesce(w.profile, h.key) as key, w.profile is null as is_gone,
      h.key is null as is_new, h.key is null and w.profile is not null and not ${isMoved} as has_turned
    from who w full outer join ${held} h on h.key = w.profile
    where w.profile is null or h.key is null`
  await engine.staged(
    verdicts,
    async (staged) => {
      const [count] = await engine.rows(sql`select count(*) as n from ${staged}`)
      if (Number(count?.['n']) === 0) return
      await engine.change(`action.${key}`, async (writer) => {
        await writer.run(sql`delete from ${heldTable} where watch = ${value(key)}
          and key in (select key from ${staged} where is_gone)`)
        await writer.run(sql`insert into ${heldTable} (watch, key, position, holds)
          select ${value(key)}, key, 0, true from ${staged} where is_new and not is_gone`)
        await keepMet(writer, key, {
          met: sql`select s.key, cast(null as bigint) as version, s.key as profile, ${from.data} as data
            from ${staged} s join ${from.rows} r on r.${column('profile')} = s.key where s.has_turned`,
        })
      })
    },
    { signal },
  )
}
