import { beforeAll, describe, expect, test } from 'vitest'
import { sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { linkTable, prepareUnified, type Ruleset, termTable, unifiedTable } from '#identity'
import { putRows, removeRows, unify } from '#identity/testing'
import { problemsOf } from '#kernel/read.ts'
import { batchTable, prepareLake } from '#lake'
import { modelOf } from '#model'
import { profileSchema, timelineSchema, whoSchema } from './api.ts'
import { makeProfiles } from './profiles.ts'

const model = modelOf([])
const ruleset: Ruleset = {
  key: 'people',
  on: 'individual',
  match: [
    {
      key: 'email',
      label: 'Same e-mail',
      all: [{ object: 'contact_point_email', field: 'email_address', by: 'normalised' }],
    },
  ],
  reconcile: { default: 'source_priority', sources: ['shop', 'crm'] },
}

const engine = await memoryEngine()
const tools = { engine, model: async () => model, rulesets: async () => [ruleset] }
const profiles = makeProfiles(tools)

const crm = (id: string) => ({ source: 'crm', id, individual_id: id })
const shop = (id: string) => ({ source: 'shop', id, individual_id: id })

beforeAll(async () => {
  await prepareLake(engine)
  await engine.change('batches', (writer) =>
    writer.run(sql`insert into ${batchTable} (stream, name, first_position, last_position)
      values ('crm', 'contacts.csv', 100, 199), ('shop', 'customers.csv', 200, 299)`),
  )
  await putRows(engine, model, 'account', [{ source: 'crm', id: 'A', name: 'Acme', city: 'Köln' }])
  await putRows(engine, model, 'individual', [
    {
      source: 'crm',
      id: '1',
      position: 104,
      first_name: 'Zoë',
      last_name: 'Müller',
      city: 'Bonn',
      primary_account_id: 'A',
    },
    { source: 'shop', id: '1', position: 201, first_name: 'Zoe', last_name: 'Mueller', city: '' },
    { source: 'shop', id: '2', position: 202, first_name: 'Max', last_name: 'Müllerschön' },
    { source: 'shop', id: '3', position: 203, first_name: 'Joel', last_name: 'Ümit' },
  ])
  await putRows(engine, model, 'contact_point_email', [
    {
      ...crm('1'),
      email_address: 'ZOE@x.de',
      usage_type: 'work',
      last_modified_at: '2026-01-02T00:00:00Z',
    },
    { ...shop('1'), email_address: 'zoe+shop@x.de', usage_type: 'private' },
    { ...crm('1'), id: '1b', email_address: 'second@x.de' },
    { ...shop('2'), email_address: 'max@x.de' },
  ])
  await putRows(engine, model, 'contact_point_phone', [
    { ...crm('1'), telephone_number: '0171 1234567', country: 'DE' },
    { ...shop('1'), telephone_number: '+49 (0)171 / 1234567' },
  ])
  await putRows(engine, model, 'contact_point_address', [
    {
      ...crm('1'),
      position: 120,
      address_line_1: 'Hauptstr. 1',
      postal_code: '53111',
      city: 'Bonn',
    },
    {
      ...shop('1'),
      address_line_1: 'HAUPTSTRASSE 1',
      postal_code: '53111',
      city: 'BONN',
      country: 'DE',
    },
  ])
  await putRows(engine, model, 'party_identification', [
    { ...shop('1'), identification_name: 'Loyalty', identification_number: 'L-7' },
  ])
  await putRows(engine, model, 'contact_point_consent', [
    { ...crm('1'), channel: 'email', purpose: 'marketing', status: 'opt_out' },
    { ...shop('2'), channel: 'email', status: 'opt_in' },
  ])
  await putRows(engine, model, 'product', [{ source: 'shop', id: 'P', name: 'Bell' }])
  await putRows(engine, model, 'sales_order', [
    ...[1, 2, 3].map((day) => ({
      ...shop('1'),
      id: `O${day}`,
      order_number: `N${day}`,
      purchased_at: `2026-01-0${day}T10:00:00Z`,
    })),
    { ...shop('1'), id: 'O4', order_number: 'N4' },
    { ...shop('2'), id: 'O5', order_number: 'N5', purchased_at: '2026-01-05T10:00:00Z' },
  ])
  await putRows(engine, model, 'sales_order_product', [
    {
      source: 'shop',
      id: 'L1',
      sales_order_id: 'O3',
      product_id: 'P',
      ordered_quantity: 2,
      purchased_at: '2026-01-03T10:00:00Z',
    },
  ])
  await unify(engine, model, ruleset)
})

const idOf = async (source: string, id: string) =>
  (await profiles.byRecord(source, id)).profiles[0]!.id

test('a profile shows each value with where it came from, and what else there was', async () => {
  const zoe = await profiles.get(await idOf('crm', '1'))
  expect(problemsOf(profileSchema, zoe)).toEqual([])
  expect(zoe).toMatchObject({ name: 'Zoe Mueller', records: 2, space: 'default' })
  const value = (field: string) => zoe.values.find((of) => of.field === field)
  expect(value('first_name')).toEqual({
    field: 'first_name',
    label: 'First name',
    type: 'text',
    value: 'Zoe',
    from: {
      record: expect.any(String),
      stream: 'shop',
      source: 'shop',
      id: '1',
      file: 'customers.csv',
      row: 2,
    },
    rule: 'source_priority',
    candidates: [{ value: 'Zoë', from: [expect.objectContaining({ stream: 'crm', id: '1' })] }],
  })
  expect(value('city')).toMatchObject({
    value: 'Bonn',
    from: { file: 'contacts.csv', row: 5 },
    candidates: [],
  })
  expect(zoe.sources.map(({ file, row, fields }) => [file, row, fields.length])).toEqual([
    ['contacts.csv', 5, 4],
    ['customers.csv', 2, 2],
  ])
})

test('contact points are shown once, the most trusted source first', async () => {
  const zoe = await profiles.get(await idOf('crm', '1'))
  const short = (points: typeof zoe.emails) =>
    points.map(({ value, normalised, usage, from }) => [
      value,
      normalised,
      usage,
      from.map((of) => of.stream),
    ])
  expect(short(zoe.emails)).toEqual([
    ['zoe+shop@x.de', 'zoe@x.de', ['private', 'work'], ['shop', 'crm']],
    ['second@x.de', 'second@x.de', [], ['crm']],
  ])
  expect(short(zoe.phones)).toEqual([
    ['+49 (0)171 / 1234567', '+491711234567', [], ['shop', 'crm']],
  ])
  expect(short(zoe.addresses)).toEqual([
    ['HAUPTSTRASSE 1, 53111, BONN, DE', undefined, [], ['shop', 'crm']],
  ])
  expect(zoe.addresses[0]?.from[1]).toMatchObject({ file: 'contacts.csv', row: 21 })
})

test('contact points are ranked as the ruleset ranks values, also among those for one use', async () => {
  const ranksBy = async (reconcile: Ruleset['reconcile']) => {
    const rulesets = async () => [{ ...ruleset, reconcile }]
    const { emails } = await makeProfiles({ ...tools, rulesets }).get(await idOf('crm', '1'))
    expect(emails.map(({ rank }) => rank)).toEqual(emails.map((_, i) => i + 1))
    const own = reconcile.fields?.['contact_point_email.email_address']
    const expected = (typeof own === 'object' ? own.rule : own) ?? reconcile.default
    expect(emails.every(({ rule }) => rule === expected)).toBe(true)
    return emails.map(({ normalised, ranks }) => [
      normalised,
      ...ranks.map(({ usage, rank }) => `${usage} ${rank}`),
    ])
  }
  const [zoe, second] = [['zoe@x.de', 'work 1', 'private 1'], ['second@x.de']]
  expect(await ranksBy({ default: 'last_updated' })).toEqual([zoe, second])
  expect(await ranksBy({ default: 'most_frequent' })).toEqual([zoe, second])
  const third = { ...crm('1'), id: '1c', email_address: 'third@x.de', is_primary: true }
  await putRows(engine, model, 'contact_point_email', [{ ...third, usage_type: 'work' }])
  await unify(engine, model, ruleset)
  expect(await ranksBy({ default: 'source_priority', sources: ['crm'] })).toEqual([
    ['third@x.de', 'work 1'],
    ['zoe@x.de', 'work 2', 'private 1'],
    second,
  ])
  const newest = [zoe, ['third@x.de', 'work 2'], second]
  expect(await ranksBy({ default: 'last_updated' })).toEqual(newest)
  const trusting = { rule: 'source_priority' as const, sources: ['crm'] }
  const fields = { 'contact_point_email.email_address': trusting }
  expect(await ranksBy({ default: 'last_updated', fields })).toEqual([
    ['third@x.de', 'work 1'],
    ['zoe@x.de', 'work 2', 'private 1'],
    second,
  ])
  const back = { 'contact_point_email.email_address': 'last_updated' } as const
  const others = { default: 'source_priority' as const, sources: ['crm'] }
  expect(await ranksBy({ ...others, fields: back })).toEqual(newest)
  const phones = { 'contact_point_phone.telephone_number': trusting }
  expect(await ranksBy({ default: 'last_updated', fields: phones })).toEqual(newest)
  await removeRows(engine, 'contact_point_email', ['1c'])
  await unify(engine, model, ruleset)
})

test('a profile shows what belongs to it, why its records are one, and its history', async () => {
  const zoe = await profiles.get(await idOf('crm', '1'))
  expect(zoe.accounts).toMatchObject([{ id: 'A', fields: [{ value: 'Acme' }, { value: 'Köln' }] }])
  expect(zoe.identifications).toMatchObject([
    {
      fields: [
        { label: 'Name', value: 'Loyalty' },
        { label: 'Number', value: 'L-7' },
      ],
    },
  ])
  expect(zoe.consents).toMatchObject([
    { stream: 'crm', fields: [{ value: 'email' }, { value: 'opt_out' }, { value: 'marketing' }] },
  ])
  expect(zoe.links).toMatchObject([
    {
      rule: 'email',
      label: 'Same e-mail',
      matched: 'zoe@x.de',
      left: { stream: 'crm' },
      right: { stream: 'shop' },
    },
  ])
  expect(zoe.history).toMatchObject([{ kind: 'created', at: '2026-01-01T00:00:00.000Z' }])
  expect(Object.fromEntries(zoe.counts.map(({ object, rows }) => [object, rows]))).toMatchObject({
    individual: 2,
    contact_point_email: 3,
    sales_order: 4,
    sales_order_product: 1,
  })
})

describe('somebody is found', () => {
  test.each([
    ['ZOE+anything@X.de', 'Zoe Mueller'],
    ['0171-1234567', 'Zoe Mueller'],
    ['0049 171 1234567', 'Zoe Mueller'],
    ['crm:1', 'Zoe Mueller'],
    ['zoë', 'Zoe Mueller'],
    ['MULLER ZOE', 'Zoe Mueller'],
    ['schon', 'Max Müllerschön'],
    ['joel umit', 'Joel Ümit'],
  ])('by %s', async (text, name) => {
    const who = await profiles.who(text)
    expect(who.profile?.name).toBe(name)
    expect(problemsOf(whoSchema, who)).toEqual([])
  })

  test('among several, in full before in part', async () => {
    const { candidates } = await profiles.who('müller')
    expect(candidates.map(({ name }) => name)).toEqual(['Max Müllerschön', 'Zoe Mueller'])
    expect(candidates[1]).toEqual({
      id: expect.any(String),
      name: 'Zoe Mueller',
      emails: ['second@x.de', 'zoe@x.de'],
      phones: ['+491711234567'],
      city: 'Bonn',
      records: 2,
      sources: ['crm', 'shop'],
    })
  })

  test('page by page, everybody when nothing is asked', async () => {
    const all = await profiles.search('')
    expect(all.profiles.map(({ name }) => name)).toEqual([
      'Joel Ümit',
      'Max Müllerschön',
      'Zoe Mueller',
    ])
    const second = await profiles.search('', { limit: 1, offset: 1 })
    expect(second).toMatchObject({ total: 3, profiles: [{ name: 'Max Müllerschön' }] })
    expect((await profiles.search('@x.d')).total).toBe(2)
    for (const [text, total] of [
      ['+49', 1],
      ['0171', 1],
      ['0171 / 12', 1],
      ['171', 0],
      ['+33', 0],
    ] as const)
      expect((await profiles.search(text)).total, text).toBe(total)
    expect((await profiles.search(await idOf('shop', '3'))).profiles[0]?.name).toBe('Joel Ümit')
  })

  test('or it is said that nobody was', async () => {
    await expect(profiles.who('nobody@x.de')).rejects.toMatchObject({ code: 'profiles.nobody' })
    await expect(profiles.get('12')).rejects.toMatchObject({ code: 'profiles.unknown_profile' })
  })
})

describe('a timeline', () => {
  test('runs over all objects, newest first, and names what rows link to', async () => {
    const timeline = await profiles.timeline(await idOf('crm', '1'))
    expect(problemsOf(timelineSchema, timeline)).toEqual([])
    expect(timeline.events.map(({ at, id }) => [at?.slice(0, 10), id])).toEqual([
      ['2026-01-03', expect.stringMatching(/L1|O3/)],
      ['2026-01-03', expect.stringMatching(/L1|O3/)],
      ['2026-01-02', 'O2'],
      ['2026-01-01', 'O1'],
      [undefined, 'O4'],
    ])
    expect(timeline.events.find(({ id }) => id === 'L1')?.shows).toEqual([
      { field: 'product_id', label: 'Product', type: 'text', value: 'P', name: 'Bell' },
      { field: 'ordered_quantity', label: 'Quantity', type: 'decimal', value: '2.0000' },
    ])
  })

  test('has pages that leave out and repeat nothing', async () => {
    const id = await idOf('crm', '1')
    const seen: string[] = []
    let before: string | undefined
    do {
      const page = await profiles.timeline(id, { limit: 1, ...(before ? { before } : {}) })
      seen.push(...page.events.map((event) => event.id))
      before = page.next
    } while (before !== undefined)
    expect(seen.toSorted()).toEqual(['L1', 'O1', 'O2', 'O3', 'O4'])
  })

  test('of some objects, before some time', async () => {
    const page = { objects: ['sales_order'], before: '2026-01-02T10:00:00Z' }
    const { events } = await profiles.timeline(await idOf('crm', '1'), page)
    expect(events.map(({ id }) => id)).toEqual(['O1', 'O4'])
    await expect(
      profiles.timeline(await idOf('crm', '1'), { before: 'soon' }),
    ).rejects.toMatchObject({
      code: 'profiles.bad_cursor',
    })
  })
})

test('an id that was merged leads to the profile that took it in', async () => {
  const [zoe, max] = [await idOf('crm', '1'), await idOf('shop', '2')]
  await putRows(engine, model, 'contact_point_email', [
    { ...shop('2'), id: 'merge', email_address: 'zoe@x.de' },
  ])
  await unify(engine, model, ruleset)
  expect(await profiles.byId(max)).toBe(zoe)
  expect(await profiles.get(max)).toMatchObject({
    id: zoe,
    asked_for: max,
    records: 3,
    history: [
      { kind: 'members' },
      { kind: 'merged', profile: max, other: zoe },
      { kind: 'created' },
    ],
  })
  await removeRows(engine, 'contact_point_email', ['merge'])
  await unify(engine, model, ruleset)
  expect(await profiles.byId(max)).toBe(zoe)
  expect(await idOf('shop', '2')).not.toBe(max)
})

test.for([1, 3])(
  'a profile that becomes part of another after question %i to the engine is read as that one',
  async (question) => {
    const [zoe, max] = [await idOf('crm', '1'), await idOf('shop', '2')]
    let left = Number.POSITIVE_INFINITY
    const slow = {
      ...engine,
      rows: async (...asked: Parameters<typeof engine.rows>) => {
        const found = await engine.rows(...asked)
        if (--left !== 0) return found
        await putRows(engine, model, 'contact_point_email', [
          { ...shop('2'), id: 'merge', email_address: 'zoe@x.de' },
        ])
        await unify(engine, model, ruleset)
        return found
      },
    }
    const them = makeProfiles({ ...tools, engine: slow })
    expect(await them.get(max)).toMatchObject({ id: max })
    left = question
    expect(await them.get(max)).toMatchObject({ id: zoe, asked_for: max, records: 3 })
    await removeRows(engine, 'contact_point_email', ['merge'])
    await unify(engine, model, ruleset)
  },
)

test('an id that was merged into a profile that is no more stands for nobody', async () => {
  await putRows(engine, model, 'individual', [
    { source: 'shop', id: '8', first_name: 'Eve' },
    { source: 'shop', id: '9', first_name: 'Eva' },
  ])
  await putRows(engine, model, 'contact_point_email', [{ ...shop('8'), email_address: 'eve@x.de' }])
  await unify(engine, model, ruleset)
  const ids = [await idOf('shop', '8'), await idOf('shop', '9')]
  await putRows(engine, model, 'contact_point_email', [{ ...shop('9'), email_address: 'eve@x.de' }])
  await unify(engine, model, ruleset)
  expect(await idOf('shop', '9')).toBe(await idOf('shop', '8'))
  await removeRows(engine, 'individual', ['8', '9'])
  await removeRows(engine, 'contact_point_email', ['8', '9'])
  await unify(engine, model, ruleset)
  for (const id of ids)
    await expect(profiles.get(id)).rejects.toMatchObject({ code: 'profiles.unknown_profile' })
})

test('of very many the best are found, page by page, and it is said that there are more', async () => {
  const many = await memoryEngine()
  await prepareUnified(many, model, 'individual')
  const count = 6000
  const people = sql`(select i, 'Zed ' || lpad(cast(i as varchar), 5, '0') as name from range(1, ${value(count + 1)}) r(i)) p`
  await many.change('many people', async (writer) => {
    await writer.run(
      sql`insert into ${unifiedTable('individual')} (profile, _space, first_name, record_count) select i, 'default', name, 1 from ${people}`,
    )
    await writer.run(sql`insert into ${linkTable('individual')} select i, i, 1 from ${people}`)
    await writer.run(
      sql`insert into ${termTable('individual')} select i, 'name', lower(name), i from ${people}`,
    )
  })
  const them = makeProfiles({ ...tools, engine: many })
  const first = await them.search('zed', { limit: 100 })
  expect(first.more).toBe(true)
  const next = await them.search('ze', { limit: 100, offset: 100 })
  expect([...first.profiles, ...next.profiles].map(({ id }) => id)).toEqual(
    Array.from({ length: 200 }, (_, i) => String(i + 1)),
  )
  expect((await them.search('', { limit: 1 })).total).toBe(count)
  expect(await them.search('zed 0000')).toMatchObject({ total: 9, profiles: { length: 9 } })
  expect(await them.search('zed 0000')).not.toHaveProperty('more')
  const last = await them.search('zed', { limit: 100, offset: count - 100 })
  expect(last.profiles.at(-1)?.name).toBe('Zed 06000')
})

test('an empty house answers too', async () => {
  const empty = makeProfiles({ ...tools, engine: await memoryEngine() })
  expect(await empty.search('')).toEqual({ total: 0, profiles: [] })
  await expect(empty.who('ada')).rejects.toMatchObject({ code: 'profiles.nobody' })
})
