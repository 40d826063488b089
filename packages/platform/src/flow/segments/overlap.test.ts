import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { memoryStore } from '#store/testing'
import type { OverlapAnswer } from './api.ts'
import { makeSegments, memberTable, type Segment, segmentMigrations } from './index.ts'
import { stateTable } from './tables.ts'
import { profileId, segmentTenant, tenantInsights, tenantModel } from './testing/index.ts'

const engine = await memoryEngine()
await segmentTenant(engine)
const keys = ['a', 'b', 'c', 'd'] as const
const named = (key: string): Segment => ({
  key,
  body: { label: `The ${key}`, on: 'individual', include: { any: [] } },
})
const segments = makeSegments({
  engine,
  store: await memoryStore({ segments: segmentMigrations }),
  clock: stoppedClock(new Date('2026-02-16T12:00:00Z')),
  known: async () => ({
    model: tenantModel,
    insights: tenantInsights,
    segments: [...keys, 'unpublished'].map(named),
  }),
})

async function setMembers(all: Readonly<Record<string, readonly number[]>>): Promise<void> {
  await engine.change('members', async (writer) => {
    for (const name of [memberTable, stateTable]) await writer.run(sql`delete from ${name}`)
    for (const [key, people] of Object.entries(all)) {
      await writer.run(sql`insert into ${stateTable} (segment, position) values (${value(key)}, 1)`)
      for (const n of people)
        await writer.run(
          sql`insert into ${memberTable} (segment, profile) values (${value(key)}, ${value(profileId(n))})`,
        )
    }
  })
}

// One question for every combination, each asked by itself.
async function byHand(): Promise<OverlapAnswer['regions']> {
  const regions = []
  for (let mask = 1; mask < 2 ** keys.length; mask++) {
    const isIn = (key: string) =>
      sql`profile in (select profile from segment.member where segment = ${value(key)})`
    let only = sql`select distinct profile from segment.member where true`
    let all = only
    for (const [i, key] of keys.entries()) {
      const has = (mask & (2 ** i)) > 0
      only = has ? sql`${only} and ${isIn(key)}` : sql`${only} and not ${isIn(key)}`
      if (has) all = sql`${all} and ${isIn(key)}`
    }
    const [row] = await engine.rows(
      sql`select (select count(*) from (${only}) o) as only, (select count(*) from (${all}) a) as every`,
    )
    const sets = keys.flatMap((_, i) => ((mask & (2 ** i)) > 0 ? [i] : []))
    regions.push({ sets, only: Number(row?.['only']), all: Number(row?.['every']) })
  }
  return regions.filter(({ only }) => only > 0)
}

const bySets = (of: OverlapAnswer['regions']) =>
  of.toSorted((a, b) => (a.sets.join() < b.sets.join() ? -1 : 1))

test('regions are what every combination asked by itself gives', async () => {
  const people = fc.subarray(Array.from({ length: 12 }, (_, i) => i))
  await fc.assert(
    fc.asyncProperty(fc.tuple(people, people, people, people), async ([a, b, c, d]) => {
      await setMembers({ a, b, c, d })
      const told = await segments.overlap({ segments: [...keys] })
      expect(bySets(told.regions)).toEqual(bySets(await byHand()))
      expect(told.sets.map(({ size }) => size)).toEqual([a, b, c, d].map(({ length }) => length))
      expect(told.members).toBe(new Set([...a, ...b, ...c, ...d]).size)
      expect(told.regions).toEqual(told.regions.toSorted((x, y) => y.only - x.only))
    }),
    { numRuns: 15 },
  )
}, 60_000)

test('conditions that are not kept lie over segments', async () => {
  await setMembers({ a: [1, 2, 3] })
  const told = await segments.overlap({
    segments: [
      'a',
      { label: 'Rich', include: { insight: 'spend.total', op: '>', value: 100 } },
      {
        label: 'French',
        parameters: { country: { type: 'text' } },
        include: { field: 'country', op: '=', value: '$country' },
        given: { country: 'France' },
      },
    ],
  })
  expect(told).toEqual({
    sets: [
      { segment: 'a', label: 'The a', size: 3 },
      { label: 'Rich', size: 2 },
      { label: 'French', size: 2 },
    ],
    members: 3,
    regions: [
      { sets: [0, 1], only: 1, all: 2 },
      { sets: [0, 2], only: 1, all: 2 },
      { sets: [0, 1, 2], only: 1, all: 1 },
    ],
  })
})

test('everything that is wrong is told at once', async () => {
  await setMembers({ a: [1] })
  await expect(segments.overlap({ segments: ['a', 'aa', 'unpublished'] })).rejects.toMatchObject({
    problems: [
      { code: 'segments.unknown', at: 'segments[1]' },
      { code: 'segments.not_published', at: 'segments[2]' },
    ],
  })
  await expect(segments.overlap({ on: 'account', segments: ['a'] })).rejects.toMatchObject({
    code: 'segments.no_profiles',
  })
  await expect(
    segments.overlap({ segments: Array.from({ length: 13 }, () => 'a') }),
  ).rejects.toMatchObject({ code: 'segments.too_many_sets' })
})
