import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Draft, type Part, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { publish, sweepSegments } from './publish.ts'
import { historyTable, memberTable, mergedTable, prepareSegments, stateTable } from './tables.ts'
import { mergePeople, profileId, segmentTenant } from './testing/index.ts'

const engine = await memoryEngine()
await segmentTenant(engine)

let hour = 0
const at = (n: number) => new Date(Date.UTC(2026, 0, 1, n))

const who = (people: readonly number[]): Draft =>
  people
    .map((n): Draft => sql`select ${value(profileId(n))} as profile`)
    .reduce(
      (all, one) => sql`${all} union all ${one}`,
      sql`select cast(null as bigint) as profile where false`,
    )
const say = (people: readonly number[], segment = 's') =>
  publish(engine, { segment, who: who(people), at: at(++hour) })
const write = (statement: Part) => engine.change('test', (writer) => writer.run(statement))
const short = (profile: unknown) => Number(BigInt(String(profile)) - profileId(0))

const membersNow = async (segment = 's') => {
  const rows = await engine.rows(
    sql`select profile, entered_at, entered_position as position from ${memberTable} where segment = ${value(segment)} order by profile`,
  )
  return rows.map((row) => ({
    who: short(row['profile']),
    hour: new Date(String(row['entered_at'])).getUTCHours(),
    position: Number(row['position']),
  }))
}
const past = async () => {
  const rows = await engine.rows(
    sql`select profile, entered_at, left_at, left_position > entered_position as rises from ${historyTable} order by left_position, profile`,
  )
  const hourOf = (of: unknown) => new Date(String(of)).getUTCHours()
  return rows.map((row) => [
    short(row['profile']),
    hourOf(row['entered_at']),
    hourOf(row['left_at']),
    row['rises'],
  ])
}

beforeEach(async () => {
  hour = 0
  for (const name of [memberTable, historyTable, stateTable, mergedTable])
    await write(sql`delete from ${name}`)
})

describe('entering and leaving', () => {
  test('those who are new enter, those who are gone leave, the others stay as they were', async () => {
    const first = await say([1, 2])
    expect(first).toMatchObject({ members: 2, entered: 2, left: 0, moved: 0, changed: true })
    const second = await say([2, 3])
    expect(second).toMatchObject({ members: 2, entered: 1, left: 1, changed: true })
    expect(await membersNow()).toEqual([
      { who: 2, hour: 1, position: first.position },
      { who: 3, hour: 2, position: second.position },
    ])
    expect(await past()).toEqual([[1, 1, 2, true]])
  })

  test('nothing is touched when nothing differs', async () => {
    const first = await say([1])
    expect(await say([1])).toEqual({ ...first, entered: 0, changed: false })
    expect((await say([2])).position).toBe(first.position + 1)
  })

  test('a first publish has a position, also when nobody is meant', async () => {
    const first = await say([])
    expect(first).toMatchObject({ members: 0, changed: true })
    expect(await say([])).toEqual({ ...first, changed: false })
  })

  test('whoever comes back starts a stay of their own', async () => {
    await say([1])
    await say([])
    await say([1])
    expect(await membersNow()).toMatchObject([{ who: 1, hour: 3 }])
    expect(await past()).toEqual([[1, 1, 2, true]])
  })

  test('segments do not touch each other', async () => {
    await say([1, 2], 'a')
    await say([2, 3], 'b')
    await say([], 'a')
    expect(await membersNow('a')).toEqual([])
    expect(await membersNow('b')).toHaveLength(2)
  })
})

describe('people who were merged', () => {
  test('stay without leaving or entering, since when the earlier of them came', async () => {
    await say([1])
    await say([1, 2])
    await mergePeople(engine, [[profileId(1), profileId(2)]])
    const merged = await say([2])
    expect(merged).toMatchObject({ members: 1, entered: 0, left: 0, moved: 1, changed: true })
    expect(await membersNow()).toMatchObject([{ who: 2, hour: 1 }])
    expect(await past()).toEqual([])
    expect(await say([2])).toEqual({ ...merged, moved: 0, changed: false })
  })

  test('are followed into somebody who was no member', async () => {
    await say([1])
    await mergePeople(engine, [[profileId(1), profileId(9)]])
    expect(await say([9])).toMatchObject({ entered: 0, left: 0, moved: 1 })
    expect(await membersNow()).toMatchObject([{ who: 9, hour: 1 }])
  })

  test('are followed over several merges', async () => {
    await say([1, 2])
    await mergePeople(engine, [
      [profileId(1), profileId(5)],
      [profileId(5), profileId(6)],
      [profileId(6), profileId(2)],
    ])
    expect(await say([2])).toMatchObject({ members: 1, entered: 0, left: 0, moved: 1 })
    expect(await membersNow()).toMatchObject([{ who: 2, hour: 1 }])
  })

  test('leave under the id that is left', async () => {
    await say([1])
    await mergePeople(engine, [[profileId(1), profileId(2)]])
    expect(await say([])).toMatchObject({ members: 0, entered: 0, left: 1, moved: 0 })
    expect(await past()).toEqual([[2, 1, 2, true]])
  })
})

test('two who publish at once do not make anybody a member twice', async () => {
  await say([1])
  await Promise.all([say([1, 2, 3]), say([1, 2, 3]), say([1, 2, 3])])
  expect((await membersNow()).map((member) => member.who)).toEqual([1, 2, 3])
  expect(await past()).toEqual([])
})

test('a publish that is stopped changes nothing', async () => {
  await say([1])
  const stopped = publish(engine, {
    segment: 's',
    who: who([2]),
    at: at(5),
    ask: { signal: AbortSignal.abort(new Error('stopped')) },
  })
  await expect(stopped).rejects.toThrow('stopped')
  expect(await membersNow()).toMatchObject([{ who: 1 }])
})

test('what is no longer defined leaves nothing behind', async () => {
  await say([1], 'a')
  await say([2], 'b')
  await sweepSegments(engine, ['b'])
  expect(await membersNow('a')).toEqual([])
  expect(await membersNow('b')).toHaveLength(1)
})

test('without a table of merged people everybody is who they were', async () => {
  const fresh = await memoryEngine()
  await prepareSegments(fresh)
  const publishFresh = (people: readonly number[]) =>
    publish(fresh, { segment: 's', who: who(people), at: at(1) })
  await publishFresh([1, 2])
  expect(await publishFresh([2])).toMatchObject({ members: 1, left: 1, moved: 0 })
})

test('after any days of publishing, members and past tell exactly who was in when', async () => {
  const people = [1, 2, 3, 4]
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.subarray(people), { minLength: 1, maxLength: 6 }),
      async (days) => {
        for (const name of [memberTable, historyTable, stateTable])
          await write(sql`delete from ${name}`)
        hour = 0
        for (const day of days) await say(day)
        const stays = [
          ...(await past()).map(([who, from, to]) => ({ who, from, to: Number(to) })),
          ...(await membersNow()).map(({ who, hour: from }) => ({ who, from, to: 99 })),
        ]
        for (const [i, day] of days.entries()) {
          const during = stays.filter(({ from, to }) => Number(from) <= i + 1 && i + 1 < to)
          expect(during.map((stay) => stay.who).toSorted()).toEqual(day.toSorted())
        }
      },
    ),
    { numRuns: 12 },
  )
})
