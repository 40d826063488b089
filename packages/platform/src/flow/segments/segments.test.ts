import { beforeEach, describe, expect, test } from 'vitest'
import { sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { memoryStore } from '#store/testing'
import {
  type Condition,
  historyTable,
  makeSegments,
  memberTable,
  type Segment,
  segmentMigrations,
  segmentRelation,
} from './index.ts'
import { stateTable } from './tables.ts'
import {
  mergePeople,
  profileId,
  segmentTenant,
  setRows,
  tenantInsights,
  tenantModel,
} from './testing/index.ts'

const engine = await memoryEngine()
await segmentTenant(engine)
const store = await memoryStore({ segments: segmentMigrations })
const clock = stoppedClock(new Date('2026-02-16T12:00:00Z'))
const dayMs = 86_400_000

const segment = (key: string, include: Condition) => ({
  key,
  body: { label: `The ${key}`, on: 'individual', include },
})
const buyers = segment('buyers', {
  related: 'sales_order',
  measure: 'max',
  of: 'purchased_at',
  op: 'within_last_days',
  value: 10,
})
const french = segment('french', { field: 'country', op: '=', value: 'France' })
const quiet = segment('quiet', { all: [{ segment: 'french' }, { not: { segment: 'buyers' } }] })

let defined: readonly Segment[] = []
const segments = makeSegments({
  engine,
  store,
  clock,
  known: async () => ({ model: tenantModel, insights: tenantInsights, segments: defined }),
})

beforeEach(async () => {
  defined = [buyers, french, quiet]
  await segmentTenant(engine)
  await engine.change('test', async (writer) => {
    for (const name of [memberTable, historyTable, stateTable])
      await writer.run(sql`delete from ${name}`)
  })
})

describe('asking', () => {
  test('counts whom a condition means, of how many', async () => {
    expect(await segments.count({ include: french.body.include })).toEqual({
      members: 2,
      people: 5,
    })
    expect(await segments.count({ include: { all: [] }, exclude: french.body.include })).toEqual({
      members: 3,
      people: 5,
    })
  })

  test('shows some of them by name, the same ones each time', async () => {
    const all = await segments.sample({ include: { all: [] } }, 9)
    expect(all.map(({ name }) => name).toSorted()).toEqual(
      ['Ada Byron', 'Bob Stone', "Cleo O'Hara", 'Dan', 'Eve Adams'].toSorted(),
    )
    expect(await segments.sample({ include: { all: [] } }, 2)).toEqual(all.slice(0, 2))
    expect(await segments.sampleOf('french', 5)).toContainEqual({
      profile: String(profileId(1)),
      name: 'Ada Byron',
      country: 'France',
    })
  })

  test('is refused with everything that is wrong', async () => {
    const wrong = { any: [{ segment: 'x' }, { field: 'y', op: 'is_empty' as const }] }
    await expect(segments.count({ include: wrong })).rejects.toMatchObject({
      problems: [
        { code: 'segments.unknown', at: 'include.any[0].segment' },
        { code: 'segments.unknown_field', at: 'include.any[1].field' },
      ],
    })
    const early = { insight: 'fresh.n', op: '>' as const, value: 1 }
    await expect(segments.count({ include: early })).rejects.toMatchObject({
      code: 'segments.no_result',
    })
  })

  test('before there are people it says what to do', async () => {
    const none = await memoryEngine()
    const empty = makeSegments({
      engine: none,
      store,
      clock,
      known: async () => ({ model: tenantModel, insights: [], segments: [] }),
    })
    await expect(empty.count({ include: { all: [] } })).rejects.toMatchObject({
      code: 'segments.no_profiles',
      status: 409,
    })
  })
})

describe('publishing', () => {
  test('keeps members, and the size after each time', async () => {
    expect(await segments.publish('buyers')).toMatchObject({ members: 3, entered: 3 })
    clock.move(9 * dayMs)
    expect(await segments.publish('buyers')).toMatchObject({ members: 1, left: 2 })
    expect((await segments.sizes('buyers', 9)).slice(0, 2)).toMatchObject([
      { members: 1, entered: 0, left: 2 },
      { members: 3, entered: 3, left: 0 },
    ])
    const [overview, unpublished] = await segments.list()
    expect(overview).toMatchObject({
      key: 'buyers',
      label: 'The buyers',
      members: 1,
      last: { left: 2 },
    })
    expect(unpublished).toEqual({ key: 'french', label: 'The french', on: 'individual' })
    clock.move(-9 * dayMs)
  })

  test('a segment uses the published members of another', async () => {
    for (const { key } of defined) await segments.publish(key)
    expect((await segments.members('quiet', { limit: 9 })).members).toEqual([])
    await setRows(engine, 'sales_order', [])
    for (const { key } of defined) await segments.publish(key)
    expect((await segments.members('quiet', { limit: 9 })).total).toBe(2)
  })

  test('a key that is mistyped is asked about', async () => {
    await expect(segments.publish('buyer')).rejects.toThrow('did you mean "buyers"?')
    await expect(segments.members('buyer', { limit: 1 })).rejects.toMatchObject({ status: 404 })
  })

  test('what is no longer defined is swept away', async () => {
    await segments.publish('french')
    defined = [buyers]
    await segments.sweep()
    expect(await engine.rows(sql`select * from ${memberTable}`)).toEqual([])
  })
})

describe('looking', () => {
  test('members come page by page, in the order of their ids', async () => {
    await segments.publish('buyers')
    const first = await segments.members('buyers', { limit: 2 })
    expect(first.members.map(({ name }) => name)).toEqual(['Ada Byron', 'Bob Stone'])
    expect(first).toMatchObject({ total: 3, next: String(profileId(2)) })
    const second = await segments.members('buyers', { limit: 2, after: BigInt(first.next!) })
    expect(second).toEqual({
      total: 3,
      members: [
        {
          profile: String(profileId(5)),
          name: 'Eve Adams',
          entered_at: '2026-02-16T12:00:00.000Z',
        },
      ],
    })
  })

  test('the segments of one person, also those of the people merged into them', async () => {
    await segments.publish('buyers')
    await segments.publish('french')
    await setRows(engine, 'sales_order', [])
    await segments.publish('buyers')
    const stay = { segment: 'buyers', label: 'The buyers', entered_at: '2026-02-16T12:00:00.000Z' }
    expect(await segments.staysOf(profileId(1))).toEqual({
      current: [{ ...stay, segment: 'french', label: 'The french' }],
      past: [{ ...stay, left_at: stay.entered_at }],
    })
    await mergePeople(engine, [[profileId(5), profileId(4)]])
    expect((await segments.staysOf(profileId(4))).past).toEqual([
      { ...stay, left_at: stay.entered_at },
    ])
  })

  test('what conditions can ask', async () => {
    const subjects = await segments.subjects()
    expect(subjects.person).toMatchObject({ country: 'text', birth_date: 'date' })
    expect(subjects.person).not.toHaveProperty('id')
    expect(subjects.objects['sales_order']).toMatchObject({ purchased_at: 'timestamp' })
    expect(subjects.objects).not.toHaveProperty('product')
    expect(subjects.insights).toEqual({
      spend: { total: 'decimal', last_order: 'timestamp' },
      fresh: {},
    })
    expect(subjects.operators['boolean']).toEqual(['=', '<>', 'is_empty', 'is_filled'])
  })

  test('queries read the members under the names that users know', async () => {
    await segments.publish('french')
    const names = new Set(
      (await engine.tables('segment'))
        .find(({ name }) => name === 'member')!
        .columns.map(({ name }) => name),
    )
    for (const { name, physical = name } of segmentRelation.columns)
      expect(names).toContain(physical)
  })
})
