import { beforeEach, describe, expect, test } from 'vitest'
import { sql, table, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { memoryStore } from '#store/testing'
import {
  type Condition,
  historyTable,
  type Membership,
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
  tenantRelations,
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
  known: async () => ({
    model: tenantModel,
    insights: tenantInsights,
    segments: defined,
    relations: tenantRelations,
  }),
})

beforeEach(async () => {
  defined = [buyers, french, quiet]
  await segmentTenant(engine)
  await engine.change('test', async (writer) => {
    const merges = table('unified', 'redirect_individual')
    for (const name of [memberTable, historyTable, stateTable, merges])
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

  test('a segment that fails keeps its last members, says why, and stops no other', async () => {
    const rich = (measure: string) =>
      segment('rich', { insight: `spend.${measure}`, op: '>', value: 400 })
    defined = [french, rich('total')]
    await segments.publish('rich')
    const members = await segments.members('rich', { limit: 9 })
    // Whoever made the insight anew left the measure out.
    defined = [french, rich('sum')]
    const stale = { code: 'segments.unknown_measure', why: expect.stringContaining('"sum"') }
    await expect(segments.publish('rich')).rejects.toMatchObject({
      problems: [{ code: stale.code }],
    })
    const since = clock.now().toISOString()
    clock.move(1000)
    await expect(segments.refresh('rich')).rejects.toThrow()
    clock.move(-1000)
    await segments.publish('french')
    expect(await segments.get('rich')).toMatchObject({
      members: members.total,
      stale: { ...stale, since },
    })
    expect(await segments.members('rich', { limit: 9 })).toEqual(members)
    expect(await segments.get('french')).not.toHaveProperty('stale')
    defined = [french, rich('total')]
    await segments.publish('rich')
    expect(await segments.get('rich')).not.toHaveProperty('stale')
    defined = [rich('sum')]
    await expect(segments.publish('rich')).rejects.toThrow()
    defined = []
    await segments.sweep()
    defined = [rich('total')]
    expect(await segments.get('rich')).not.toHaveProperty('stale')
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
    expect(subjects.takes).toMatchObject({ between: 'two', in: 'several', is_empty: 'nothing' })
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

describe('segments of other kinds', () => {
  const spent = { related: 'sales_order', measure: 'sum', of: 'grand_total_amount' } as const
  const names = async (key: string) =>
    (await segments.members(key, { limit: 9 })).members.map(({ name }) => name)

  test('the first by a value, in all or in each group, always the same ones', async () => {
    const top = (rank: NonNullable<Membership['rank']>) =>
      segments
        .sample({ include: { all: [] }, rank }, 9)
        .then((found) => found.map(({ name }) => name).toSorted())
    const by = structuredClone(spent)
    expect(await top({ first: 2, by })).toEqual(['Ada Byron', "Cleo O'Hara"])
    expect(await top({ first: 1, by, order: 'lowest' })).toEqual(['Bob Stone'])
    // Dan and Eve have no country, so they are one group; Ada's and Bob's is the same whatever its case.
    expect(await top({ first: 1, by, per: 'country' })).toEqual([
      'Ada Byron',
      "Cleo O'Hara",
      'Eve Adams',
    ])
    expect(await top({ first: 1, by: { field: 'gender' } })).toEqual(['Ada Byron'])
    expect(await segments.count({ include: { all: [] }, rank: { first: 3, by } })).toEqual({
      members: 3,
      people: 5,
    })
  })

  test('values that are given when it is asked and published', async () => {
    const include = { field: 'country', op: '=', value: '$country' } as const
    const parameters = { country: { type: 'text' } } as const
    const dynamic = { label: 'Of a country', on: 'individual', include, parameters } as const
    defined = [{ key: 'of', body: dynamic }]
    expect(
      await segments.count({ include, parameters, given: { country: 'france' } }),
    ).toMatchObject({
      members: 2,
    })
    await expect(segments.publish('of')).rejects.toMatchObject({
      problems: [{ code: 'segments.missing_value', at: 'parameters.country' }],
    })
    const given = { country: "Côte d'Ivoire" }
    expect(await segments.publish('of', undefined, clock.now(), given)).toMatchObject({
      members: 1,
    })
    expect(await names('of')).toEqual(["Cleo O'Hara"])
    const wrong = segments.publish('of', undefined, clock.now(), { country: 1, constructor: 'x' })
    const unknown = { code: 'segments.unknown_parameter', at: 'given.constructor' }
    await expect(wrong).rejects.toMatchObject({ problems: [{ at: 'given.country' }, unknown] })
  })

  test('a waterfall: everybody is in the first that fits, and all of it is one change', async () => {
    const parts = [
      segment('gold', { ...spent, op: '>', value: 400 }),
      segment('silver', { ...spent, op: '>', value: 20 }),
      segment('bronze', { all: [] }),
    ]
    const tiers: Segment = {
      key: 'tiers',
      body: { label: 'Tiers', on: 'individual', waterfall: ['gold', 'silver', 'bronze'] },
    }
    defined = [...parts, tiers]
    const first = await segments.publish('tiers')
    expect(first).toMatchObject({ members: 5, entered: 5 })
    expect(await Promise.all(['gold', 'silver', 'bronze'].map(names))).toEqual([
      ['Ada Byron', "Cleo O'Hara"],
      ['Eve Adams'],
      ['Bob Stone', 'Dan'],
    ])
    // Eve orders more: she goes from one part to another, at one position, and stays in the whole.
    await setRows(engine, 'sales_order', [
      { profile: profileId(5), grand_total_amount: '500' },
      { profile: profileId(1), grand_total_amount: '900' },
    ])
    expect(await segments.publish('gold')).toMatchObject({ members: 2, entered: 1, left: 1 })
    const positions = await segments.positions()
    expect(positions.get('silver')).toBe(positions.get('gold'))
    expect(positions.get('tiers')).toBe(first.position)
    expect(await Promise.all(['gold', 'silver', 'bronze'].map(names))).toEqual([
      ['Ada Byron', 'Eve Adams'],
      [],
      ['Bob Stone', "Cleo O'Hara", 'Dan'],
    ])
    expect(await segments.refresh('silver')).toMatchObject({ members: 0, changed: true })
  })

  test('SQL that selects people', async () => {
    const sql = "select profile_id from sales_order where channel = 'web' group by 1"
    defined = [{ key: 'web', body: { label: 'Web', on: 'individual', sql } }]
    expect(await segments.publish('web')).toMatchObject({ members: 2 })
    expect(await segments.count({ sql })).toEqual({ members: 2, people: 5 })
    const refused = (text: string) => segments.count({ sql: text }).catch((fault) => fault.problems)
    expect(await refused('select profile_id, channel from sales_order')).toMatchObject([
      { code: 'segments.one_column', at: 'sql' },
    ])
    expect(await refused('select 7 as profile_id')).toMatchObject([{ code: 'segments.not_an_id' }])
    expect(await refused('select profile_id from sales_ordr')).toMatchObject([
      { at: 'sql', say: expect.stringContaining('did you mean "sales_order"') },
      { at: 'sql' },
    ])
    expect((await refused("select profile_id from read_csv('/etc/passwd')"))[0]).toMatchObject({
      at: 'sql',
    })
  })

  test('products, by what belongs to them', async () => {
    await setRows(engine, 'product', [
      { id: 'a', _key: 11, name: 'Anvil', category: 'Tools', list_price: '10' },
      { id: 'b', _key: 12, name: 'Ball', category: 'Toys' },
      // The same product, as another stream knows it.
      { id: 'b', _key: 12, name: 'Ball', category: 'Toys' },
    ])
    await setRows(engine, 'sales_order_product', [
      { product_id: 'b', product_id__key: 12, total_line_amount: '5' },
      { product_id: 'b', product_id__key: 12, total_line_amount: '6' },
      { product_id: 'a', product_id__key: 11, total_line_amount: '7' },
    ])
    const sold = { related: 'sales_order_product', measure: 'count', op: '>', value: 1 } as const
    const body = { label: 'Sold', on: 'product', include: sold } as const
    defined = [{ key: 'sold', body }, french]
    expect(await segments.publish('sold')).toMatchObject({ members: 1, entered: 1 })
    expect(await names('sold')).toEqual(['Ball'])
    expect(
      await segments.count({
        on: 'product',
        include: { field: 'category', op: '=', value: 'tools' },
      }),
    ).toEqual({ members: 1, people: 2 })
    const mixed = segments.count({ on: 'product', include: { segment: 'french' } })
    await expect(mixed).rejects.toMatchObject({ problems: [{ code: 'segments.other_subject' }] })
    expect((await segments.subjects('product')).objects).toHaveProperty('product_return')
    await expect(segments.count({ on: 'case', include: { all: [] } })).rejects.toMatchObject({
      code: 'segments.no_rows',
    })
    await expect(segments.count({ on: 'cases', include: { all: [] } })).rejects.toMatchObject({
      problems: [{ code: 'segments.unknown_subject', at: 'on' }],
    })
  })

  test('accounts, by orders of their records', async () => {
    await engine.change('accounts', async (writer) => {
      await writer.run(
        sql`create table unified.account (profile bigint, name varchar, city varchar)`,
      )
      await writer.run(
        sql`insert into unified.account values (71, 'Acme', 'Rome'), (72, 'Brill', null)`,
      )
      await writer.run(sql`create table unified.link_account (record bigint, profile bigint)`)
      await writer.run(sql`insert into unified.link_account values (1, 71), (2, 71), (3, 72)`)
    })
    await setRows(engine, 'sales_order', [
      { account_id: 'x', account_id__key: 1 },
      { account_id: 'y', account_id__key: 2 },
      { account_id: 'z', account_id__key: 3 },
    ])
    const body = {
      label: 'Busy',
      on: 'account',
      include: { related: 'sales_order', measure: 'count', op: '>=', value: 2 },
    } as const
    defined = [{ key: 'busy', body }]
    expect(await segments.publish('busy')).toMatchObject({ members: 1 })
    expect((await segments.members('busy', { limit: 9 })).members).toMatchObject([
      { profile: '71', name: 'Acme', city: 'Rome' },
    ])
  })
})

describe('counting while editing', () => {
  test('every condition is counted, each as if it stood alone', async () => {
    const web = { field: 'channel', op: '=', value: 'web' } as const
    const include = {
      any: [
        { field: 'country', op: '=', value: 'france' },
        { not: { related: 'sales_order', where: web } },
      ],
    } as const
    const exclude = { field: 'owns_home', op: '=', value: true } as const
    const asked = structuredClone({ include, exclude, each: true }) as never
    expect(await segments.count(asked)).toEqual({
      members: 2,
      people: 5,
      each: [
        { at: 'include', members: 3 },
        { at: 'include.any[0]', members: 2 },
        { at: 'include.any[1]', members: 2 },
        { at: 'include.any[1].not', members: 3 },
        { at: 'exclude', members: 1 },
      ],
    })
  })

  test('a sample of many tells how far it may be off, and is', async () => {
    const many = 45_000
    await engine.change('many', async (writer) => {
      await writer.run(sql`insert into unified.individual (profile, yearly_income, country)
        select 9100000000000001000 + i, i % 1000, case when i % 3 = 0 then 'Peru' end from range(${value(many)}) t(i)`)
      await writer.run(sql`insert into model.sales_order (_profile, channel)
        select 9100000000000001000 + i, 'web' from range(0, ${value(many)}, 5) t(i)`)
    })
    const include = {
      any: [
        { field: 'country', op: '=', value: 'peru' },
        { all: [{ field: 'yearly_income', op: '<', value: 100 }, { related: 'sales_order' }] },
        { field: 'yearly_income', op: '>', value: 2000 },
      ],
    } as const
    const asked = { include, each: true } as never
    const exact = await segments.count(asked)
    const about = await segments.count({ ...(asked as object), approximate: true } as never)
    expect(about).toEqual(
      await segments.count({ ...(asked as object), approximate: true } as never),
    )
    expect(about.people).toBe(exact.people)
    expect(about.sampled).toBeGreaterThan(9000)
    expect(about.sampled).toBeLessThan(14_000)
    for (const [i, { at, members, error }] of about.each!.entries()) {
      expect(exact.each?.[i]?.at).toBe(at)
      expect(Math.abs(members - exact.each![i]!.members)).toBeLessThanOrEqual(error!)
      expect(error).toBeLessThan(1200)
    }
  })
})
