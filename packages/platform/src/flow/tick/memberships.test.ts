import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Engine, join, sql, type TableName, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import {
  historyTable,
  memberPositions,
  memberTable,
  prepareSegments,
  publish,
  publishAmong,
} from '#segments'
import { bitsAmong, coveredNow, coverOne, keepBits, thereAmong } from './memberships.ts'
import { prepareTick } from './tables.ts'

// More than fit into two words.
const keys = Array.from({ length: 130 }, (_, i) => `segment_${String(i).padStart(3, '0')}`)
const people = Array.from({ length: 12 }, (_, i) => i + 1)
const at = new Date('2026-02-16T12:00:00Z')

type Pair = readonly [segment: string, profile: number]

const relation = (pairs: readonly Pair[]) =>
  pairs.length === 0
    ? sql`select cast(null as varchar) as segment, cast(null as bigint) as profile where false`
    : sql`select * from (values ${join(
        pairs.map(
          ([segment, profile]) => sql`(${value(segment)}, cast(${value(profile)} as bigint))`,
        ),
      )}) p(segment, profile)`

async function publishWhole(engine: Engine, segment: string, profiles: readonly number[]) {
  const pairs = profiles.map((profile): Pair => [segment, profile])
  await publish(engine, { segment, at, who: sql`select profile from (${relation(pairs)}) w` })
}

/** Where these people are by their bits (and the members, where there are none), and where they are. */
async function looked(engine: Engine, profiles: readonly number[]) {
  const covered = await coveredNow(engine, await memberPositions(engine, keys))
  const uncovered = keys.filter((key) => !covered.has(key))
  const among = sql`select distinct profile from (${relation(profiles.map((of) => ['', of]))}) p`
  return engine.staged(among, (those) =>
    engine.staged(bitsAmong(sql`${those}`), (bits) =>
      engine.staged(thereAmong(those, bits, uncovered), async (there) => ({
        covered,
        found: await engine.rows(sql`select segment, profile from ${there} order by all`),
        expected: await engine.rows(sql`select segment, profile from ${memberTable}
          where profile in (select profile from ${those}) order by all`),
      })),
    ),
  )
}

/** What a round does: these people are to be in these segments of some, and in no others of them. */
async function round(engine: Engine, segments: readonly string[], pairs: readonly Pair[]) {
  const before = await memberPositions(engine, segments)
  const covered = await coveredNow(engine, await memberPositions(engine, keys))
  const uncovered = keys.filter((key) => !covered.has(key))
  const among = sql`select distinct profile from (${relation(people.map((of) => ['', of]))}) p`
  await engine.staged(among, (those) =>
    engine.staged(bitsAmong(sql`${those}`), (bits) =>
      engine.staged(thereAmong(those, bits, uncovered), (there) =>
        publishAmong(
          engine,
          { segments, before, there, among: those, at, who: relation(pairs) },
          async (writer, written) => {
            if (written) await keepBits(writer, written, { bits, covered })
          },
        ),
      ),
    ),
  )
}

const someOf = <T>(all: readonly T[]) => fc.subarray([...all])

test('bits tell of the members, whoever enters and leaves, and whatever is published whole meanwhile', async () => {
  const change = fc.record({
    segments: someOf(keys),
    profiles: someOf(people),
    whole: fc.option(fc.constantFrom(...keys), { nil: undefined }),
    covers: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 3, maxLength: 5 }), async (changes) => {
      const engine = await memoryEngine()
      await prepareSegments(engine)
      await prepareTick(engine)
      for (const [i, key] of keys.entries()) await publishWhole(engine, key, people.slice(i % 9))
      for (let word = 0; word < 3; word++) await coverOne(engine, keys)
      expect((await looked(engine, people)).covered.size).toBe(keys.length)
      for (const { segments, profiles, whole, covers } of changes) {
        const pairs = segments.flatMap((key, i): Pair[] =>
          profiles.filter((of) => (of + i) % 3 > 0).map((of) => [key, of]),
        )
        await round(engine, segments, pairs)
        if (whole !== undefined) await publishWhole(engine, whole, profiles)
        if (covers) await coverOne(engine, keys)
        const { found, expected } = await looked(engine, people)
        expect(found).toEqual(expected)
      }
      await engine.close()
    }),
    { numRuns: 3 },
  )
}, 200_000)

test('who leaves is taken out and remembered, whether they are few or many', async () => {
  const engine = await memoryEngine()
  await prepareSegments(engine)
  await prepareTick(engine)
  for (const key of keys) await publishWhole(engine, key, people)
  const count = async (of: TableName) =>
    Number((await engine.rows(sql`select count(*) as n from ${of}`))[0]?.['n'])
  const [few, many] = [keys.slice(0, 3), keys.slice(3)]
  await round(engine, few, [])
  const all = keys.length * people.length
  expect([await count(memberTable), await count(historyTable)]).toEqual([all - 36, 36])
  await round(engine, many, [['segment_129', 5]])
  expect(await engine.rows(sql`select segment, profile from ${memberTable}`)).toEqual([
    { segment: 'segment_129', profile: 5 },
  ])
  expect(await count(historyTable)).toBe(all - 1)
  await engine.close()
})

test('who was not published is not covered, and a segment that comes takes no place of another', async () => {
  const engine = await memoryEngine()
  await prepareSegments(engine)
  await prepareTick(engine)
  await coverOne(engine, keys)
  expect((await looked(engine, people)).covered.size).toBe(0)
  await publishWhole(engine, 'segment_001', [1, 2])
  await coverOne(engine, keys)
  await publishWhole(engine, 'segment_000', [2, 3])
  await coverOne(engine, keys)
  const { covered, found } = await looked(engine, [1, 2, 3])
  expect([...covered].toSorted()).toEqual(['segment_000', 'segment_001'])
  expect(found).toEqual([
    { segment: 'segment_000', profile: 2 },
    { segment: 'segment_000', profile: 3 },
    { segment: 'segment_001', profile: 1 },
    { segment: 'segment_001', profile: 2 },
  ])
  await engine.close()
})
