import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Engine, join, sql, table, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { memoryStore } from '#store/testing'
import {
  historyTable,
  makeSegments,
  memberTable,
  publish,
  type Segment,
  type Segments,
  segmentMigrations,
} from './index.ts'
import { stateTable } from './tables.ts'
import {
  mergePeople,
  profileId,
  segmentTenant,
  setRows,
  type TenantRow,
  tenantInsights,
  tenantModel,
} from './testing/index.ts'

const engine = await memoryEngine()
const start = new Date('2026-02-16T12:00:00Z')
const clock = stoppedClock(start)
const hourMs = 3_600_000
const buyers: Segment = {
  key: 'buyers',
  body: { label: 'Buyers', on: 'individual', include: { related: 'sales_order' } },
}
const tools = {
  engine,
  clock,
  known: async () => ({ model: tenantModel, insights: tenantInsights, segments: [buyers] }),
}
let segments: Segments

const merges = table('unified', 'redirect_individual')

async function clear(on: Engine): Promise<void> {
  await segmentTenant(on)
  await on.change('test', async (writer) => {
    for (const name of [memberTable, historyTable, stateTable, merges])
      await writer.run(sql`delete from ${name}`)
  })
}

beforeEach(async () => {
  await clear(engine)
  segments = makeSegments({ ...tools, store: await memoryStore({ segments: segmentMigrations }) })
  clock.move(start.getTime() - clock.now().getTime())
})

/** Publishes the segment with just these people. */
async function publishThem(people: readonly number[]): Promise<void> {
  const rows = people.map(
    (n, i): TenantRow => ({ id: `o${i}`, _key: BigInt(i), profile: profileId(n), channel: 'web' }),
  )
  await setRows(engine, 'sales_order', rows)
  await segments.publish('buyers')
}

const everybody = { limit: 100 }
const idsAt = async (at: Date) =>
  (await segments.members('buyers', { ...everybody, at })).members.map(({ profile }) => profile)
const ids = (...people: readonly number[]) => people.map((n) => String(profileId(n)))

describe('members of a moment that is past', () => {
  test('are those who had entered and not left', async () => {
    await publishThem([1, 2])
    clock.move(hourMs)
    await publishThem([2, 3])
    clock.move(hourMs)
    await publishThem([1])
    const at = (hours: number) => new Date(start.getTime() + hours * hourMs)
    expect(await idsAt(at(-0.1))).toEqual([])
    expect(await idsAt(at(0))).toEqual(ids(1, 2))
    expect(await idsAt(at(0.9))).toEqual(ids(1, 2))
    expect(await idsAt(at(1))).toEqual(ids(2, 3))
    expect(await idsAt(at(2))).toEqual(ids(1))
    expect(await segments.members('buyers', { limit: 1, at: at(1) })).toEqual({
      total: 2,
      next: String(profileId(2)),
      members: [
        {
          profile: String(profileId(2)),
          name: 'Bob Stone',
          country: 'FRANCE',
          entered_at: '2026-02-16T12:00:00.000Z',
          left_at: '2026-02-16T14:00:00.000Z',
        },
      ],
    })
    const rest = await segments.members('buyers', { limit: 9, after: profileId(2), at: at(1) })
    expect(rest.members.map(({ profile }) => profile)).toEqual(ids(3))
    await expect(segments.members('buyers', { ...everybody, at: at(2.1) })).rejects.toMatchObject({
      code: 'segments.not_yet',
      at: 'at',
    })
  })

  test('keep the ids of then, and tell which ones they are now', async () => {
    await publishThem([1, 2])
    clock.move(hourMs)
    await publishThem([2])
    await mergePeople(engine, [
      [profileId(1), profileId(2)],
      [profileId(2), profileId(3)],
    ])
    const { members } = await segments.members('buyers', { ...everybody, at: start })
    expect(members).toMatchObject([
      { profile: String(profileId(1)), now: String(profileId(3)), name: "Cleo O'Hara" },
      { profile: String(profileId(2)), now: String(profileId(3)) },
    ])
  })

  test('are those who were published then, whatever comes and goes and is merged', async () => {
    const person = fc.integer({ min: 1, max: 5 })
    const step = fc.record({
      wanted: fc.subarray([1, 2, 3, 4, 5], { minLength: 0 }),
      merged: fc.option(fc.tuple(person, person), { freq: 2 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), async (steps) => {
        await clear(engine)
        const { published, nowOf } = await live(steps)
        clock.move(100 * hourMs)
        for (const [i, then] of published.entries()) {
          const expected = [...new Set(then.map((n) => String(profileId(nowOf(n)))))].toSorted()
          for (const at of [timeOf(i), new Date(timeOf(i + 1).getTime() - 1)]) {
            const { members, total } = await segments.members('buyers', { ...everybody, at })
            expect(new Set(members.map(({ profile }) => profile)).size).toBe(total)
            const found = new Set(members.map(({ profile, now = profile }) => now))
            expect([...found].toSorted()).toEqual(expected)
          }
        }
      }),
      { numRuns: 25 },
    )
  }, 60_000)
})

interface Lived {
  readonly wanted: readonly number[]
  readonly merged: readonly [number, number] | null
}

/** Publishes whom each step wants, and merges two people after it; who was published, and who is who in the end. */
async function live(steps: readonly Lived[]) {
  const gone = new Map<number, number>()
  const nowOf = (n: number): number => (gone.has(n) ? nowOf(gone.get(n)!) : n)
  const published: (readonly number[])[] = []
  for (const [i, { wanted, merged }] of steps.entries()) {
    const there = wanted.filter((n) => !gone.has(n))
    const list = [-1, ...there].map((n) => sql`(${value(profileId(n))})`)
    const who = sql`select * from (values ${join(list)}) p(profile) where profile > ${value(profileId(0))}`
    await publish(engine, { segment: 'buyers', who, at: timeOf(i) })
    published.push(there)
    const [old = 0, now = 0] = merged ?? []
    if (old === now || gone.has(old) || gone.has(now)) continue
    gone.set(old, now)
    await mergePeople(engine, [[profileId(old), profileId(now)]])
  }
  return { published, nowOf }
}

const timeOf = (i: number) => new Date(start.getTime() + i * hourMs)

describe('changes', () => {
  test('are told newest first, page by page', async () => {
    await publishThem([1, 2])
    clock.move(hourMs)
    await publishThem([2, 3])
    const all = await segments.changes('buyers', { limit: 9 })
    expect(all.total).toBe(4)
    expect(all.changes).toMatchObject([
      { what: 'left', profile: String(profileId(1)), entered_at: '2026-02-16T12:00:00.000Z' },
      { what: 'entered', profile: String(profileId(3)), at: '2026-02-16T13:00:00.000Z' },
      { what: 'entered', profile: String(profileId(1)), name: 'Ada Byron' },
      { what: 'entered', profile: String(profileId(2)) },
    ])
    expect(all).not.toHaveProperty('next')
    const pages: unknown[] = []
    let after: string | undefined
    do {
      const page = await segments.changes('buyers', { limit: 1, after })
      pages.push(...page.changes)
      after = page.next
    } while (after !== undefined)
    expect(pages).toEqual(all.changes)
  })

  test('of one person, also as whom they were merged; and of a span of time', async () => {
    await publishThem([1, 2])
    clock.move(hourMs)
    await publishThem([2, 3])
    await mergePeople(engine, [[profileId(1), profileId(3)]])
    const whatOf = async (asked: object) =>
      (await segments.changes('buyers', { limit: 9, ...asked })).changes.map(
        ({ what, profile, now }) => [what, profile, now],
      )
    const [one, three] = ids(1, 3)
    const both = [
      ['left', one, three],
      ['entered', three, undefined],
      ['entered', one, three],
    ]
    expect(await whatOf({ profile: profileId(3) })).toEqual(both)
    expect(await whatOf({ profile: profileId(1) })).toEqual(both)
    expect(await whatOf({ profile: profileId(2), from: timeOf(1) })).toEqual([])
    expect(await whatOf({ to: timeOf(1) })).toHaveLength(2)
    const stays = await segments.staysOf(profileId(1))
    expect(stays).toMatchObject({ current: [{ segment: 'buyers' }], past: [{ segment: 'buyers' }] })
  })
})

describe('sizes', () => {
  test('per span are what replaying the changes gives', async () => {
    const days = [[1], [1, 2, 3], [2], [2, 4, 5], [], [1, 5]]
    for (const people of days) {
      await publishThem(people)
      clock.move(13 * hourMs)
    }
    clock.move(30 * hourMs)
    for (const per of ['hour', 'day', 'week'] as const) {
      const sizes = await segments.sizes('buyers', 1000, { per })
      const byHand = await engine.rows(sql`
        with changed as (
          select entered_at as moment, 1 as came, 0 as went from segment.member
          union all select entered_at, 1, 0 from segment.history
          union all select left_at, 0, 1 from segment.history),
        spans as (select unnest(generate_series(
          date_trunc(${value(per)}, (select min(moment) from changed)),
          date_trunc(${value(per)}, ${value(new Date(clock.now().getTime() - 1))}), to_hours(${value({ hour: 1, day: 24, week: 168 }[per])}))) as start)
        select start as at,
          (select sum(came - went) from changed where date_trunc(${value(per)}, moment) <= start) as members,
          (select coalesce(sum(came), 0) from changed where date_trunc(${value(per)}, moment) = start) as entered,
          (select coalesce(sum(went), 0) from changed where date_trunc(${value(per)}, moment) = start) as gone
        from spans order by start desc`)
      expect(
        sizes.map(({ at, members, entered, left }) => ({ at, members, entered, gone: left })),
      ).toEqual(
        byHand.map((row) => ({
          ...row,
          members: Number(row['members']),
          entered: Number(row['entered']),
          gone: Number(row['gone']),
        })),
      )
    }
    const some = await segments.sizes('buyers', 2, {
      per: 'day',
      to: new Date('2026-02-18T00:00:00Z'),
    })
    expect(some.map(({ at }) => at)).toEqual([
      '2026-02-17T00:00:00.000Z',
      '2026-02-16T00:00:00.000Z',
    ])
    const from = await segments.sizes('buyers', 99, { from: timeOf(13), to: timeOf(27) })
    expect(from.map(({ members }) => members)).toEqual([1, 3])
    expect(await segments.sizes('buyers', 9, { per: 'day', to: timeOf(-1) })).toEqual([])
  })
})
