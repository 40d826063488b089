import { setTimeout as sleep } from 'node:timers/promises'
import { Analytics } from '@segment/analytics-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addSite, untilInLake } from './senders.ts'
import { makeWorld, type Server } from './world.ts'

// What a client library of Segment says ends in the model, and comes back by Segment's profile API: a real server, the real package.

const world = makeWorld({ TESSERA_LOG: 'warn' })
let server: Server
let token = ''
let writeKey = ''

beforeAll(async () => {
  server = await world.serve()
  writeKey = await addSite(server)
  await said(sayAll)
  await untilInLake(server)
  for (const [key, include] of [
    ['buyers', { related: 'sales_order', measure: 'count', op: '>=', value: 1 }],
  ] as const)
    await server.call('PUT', `/definitions/segment/${key}`, {
      body: { label: key, on: 'individual', include },
    })
  const { job } = (await server.call('POST', '/run', {})) as { job: string }
  await ended(job)
  const made = (await server.call('POST', '/tokens', {
    name: 'shop',
    rights: ['read_customers'],
  })) as {
    secret: string
  }
  token = made.secret
}, 120_000)
afterAll(async () => {
  await server.stop()
  await world.remove()
})

async function ended(job: string): Promise<void> {
  for (const since = Date.now(); ; await sleep(50)) {
    const { state, error } = (await server.call('GET', `/jobs/${job}`)) as {
      state: string
      error?: string
    }
    if (state === 'done') return
    if (state === 'failed' || Date.now() - since > 90_000) throw new Error(`${state}: ${error}`)
  }
}

const bought = [
  { product_id: 'bell', quantity: 2, price: 45.5 },
  { sku: 'L-7', name: 'Lamp', price: 9 },
]

const at = (minute: number) => new Date(Date.UTC(2026, 0, 15, 10, minute))

/** Lets a client of Segment say something, and waits until all of it has been taken. */
async function said(say: (client: Analytics) => void): Promise<void> {
  const client = new Analytics({ writeKey, host: server.address })
  const failed: unknown[] = []
  client.on('error', (error) => failed.push(error))
  say(client)
  await client.closeAndFlush()
  expect(failed).toEqual([])
}

function sayAll(client: Analytics): void {
  const ada = { userId: 'ada' }
  client.page({ anonymousId: 'browser', name: 'Start', messageId: 'm0', timestamp: at(0) })
  client.identify({
    ...ada,
    anonymousId: 'browser',
    traits: { email: 'Ada@x.de', firstName: 'Ada', lastName: 'King', phone: '+49 171 1234567' },
    messageId: 'm1',
    timestamp: at(1),
  })
  client.group({
    ...ada,
    groupId: 'acme',
    traits: { name: 'Acme', industry: 'Tools', employees: 12 },
    messageId: 'm2',
    timestamp: at(2),
  })
  client.track({
    ...ada,
    event: 'Order Completed',
    properties: {
      order_id: 'O-1',
      total: 119,
      tax: 19,
      currency: 'EUR',
      products: bought,
    },
    messageId: 'm3',
    timestamp: at(3),
  })
  client.track({
    ...ada,
    event: 'Order Completed',
    properties: { order_id: 'O-2', revenue: 10 },
    messageId: 'm4',
    timestamp: at(4),
  })
  client.track({
    ...ada,
    event: 'Order Cancelled',
    properties: { order_id: 'O-2' },
    messageId: 'm5',
    timestamp: at(5),
  })
  client.identify({ userId: 'bob', traits: { name: 'Bob' }, messageId: 'm6', timestamp: at(6) })
  client.group({ userId: 'bob', groupId: 'acme', messageId: 'm7', timestamp: at(7) })
}

const rows = async (sql: string) =>
  ((await server.call('POST', '/query', { sql })) as { rows: object[] }).rows

describe('the model', () => {
  test('knows the accounts that groups name, and their members', async () => {
    expect(await rows('select id, name, industry, employee_count from account')).toEqual([
      { id: 'acme', name: 'Acme', industry: 'Tools', employee_count: 12 },
    ])
    expect(
      await rows('select individual_id, account_id from account_contact order by individual_id'),
    ).toEqual([
      { individual_id: 'ada', account_id: 'acme' },
      { individual_id: 'bob', account_id: 'acme' },
    ])
  })

  test('knows the orders that the e-commerce spec tells of', async () => {
    const of = { individual_id: 'ada', purchased_at: expect.stringContaining('2026-01-15') }
    expect(
      await rows(
        'select id, individual_id, status, grand_total_amount, tax_amount, currency_code, purchased_at from sales_order order by id',
      ),
    ).toEqual([
      {
        id: 'O-1',
        ...of,
        status: 'completed',
        grand_total_amount: 119,
        tax_amount: 19,
        currency_code: 'EUR',
      },
      {
        id: 'O-2',
        ...of,
        status: 'cancelled',
        grand_total_amount: 10,
        tax_amount: null,
        currency_code: 'USD',
      },
    ])
  })

  test('knows what was bought in them, a row for each product', async () => {
    expect(
      await rows(
        'select id, sales_order_id, individual_id, line_number, product_id, ordered_quantity, unit_price_amount, total_line_amount, purchased_at from sales_order_product order by id',
      ),
    ).toEqual([
      {
        id: 'O-1:1',
        ...{ sales_order_id: 'O-1', individual_id: 'ada', line_number: 1, product_id: 'bell' },
        ...{ ordered_quantity: 2, unit_price_amount: 45.5, total_line_amount: 91 },
        purchased_at: expect.stringContaining('2026-01-15'),
      },
      {
        id: 'O-1:2',
        ...{ sales_order_id: 'O-1', individual_id: 'ada', line_number: 2, product_id: 'L-7' },
        ...{ ordered_quantity: 1, unit_price_amount: 9, total_line_amount: 9 },
        purchased_at: expect.stringContaining('2026-01-15'),
      },
    ])
  })
})

describe('the profile API', () => {
  const ask = async (path: string, headers?: Record<string, string>) => {
    const authorization = `Basic ${btoa(`${token}:`)}`
    const answer = await fetch(`${server.address}/v1/spaces/${path}`, {
      headers: headers ?? { authorization },
    })
    // What is expected of it is told by each test.
    // biome-ignore lint/suspicious/noExplicitAny: tests name what they expect in it.
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any }
  }
  const user = (rest: string) => ask(`default/collections/users/profiles/${rest}`)
  const account = (rest: string) => ask(`default/collections/accounts/profiles/${rest}`)
  const notFound = { error: { code: 'not_found', message: 'Profile was not found.' } }
  const instant = expect.stringMatching(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/)

  test('tells traits, in pages, of some, in full', async () => {
    const { status, body } = await user('user_id:ada/traits?limit=200')
    expect([status, body]).toEqual([
      200,
      {
        traits: {
          buyers: true,
          email: 'Ada@x.de',
          first_name: 'Ada',
          is_anonymous: false,
          last_name: 'King',
          phone: '+49 171 1234567',
        },
        cursor: {
          url: expect.stringMatching(
            /^\/v1\/spaces\/default\/collections\/users\/profiles\/use_\d+\/traits$/,
          ),
          has_more: false,
          next: '',
          limit: 200,
        },
      },
    ])
    const pages: object[] = []
    for (let next = ''; ; ) {
      const page = await user(`email:ADA@x.de/traits?limit=4&next=${next}`)
      pages.push(page.body.traits)
      next = page.body.cursor.next
      if (!page.body.cursor.has_more) break
    }
    expect(pages.map((page) => Object.keys(page).length)).toEqual([4, 2])
    expect(Object.assign({}, ...pages)).toEqual(body.traits)
    const some = await user('anonymous_id:browser/traits?include=first_name,nothing&verbose=true')
    expect(some.body.traits).toEqual({
      first_name: { value: 'Ada', source_id: 'site', updated_at: instant },
    })
    expect(some.body.cursor.limit).toBe(10)
    expect((await user('phone:%2B491711234567/traits?class=audience')).body.traits).toEqual({
      buyers: true,
    })
    expect((await ask(body.cursor.url.slice('/v1/spaces/'.length))).body.traits).toEqual(
      body.traits,
    )
  })

  test('tells identifiers', async () => {
    const { body } = await user('user_id:ada/external_ids')
    const of = (type: string, id: string, first: string | null) => ({
      source_id: 'site',
      collection: 'users',
      id,
      type,
      created_at: instant,
      encoding: 'none',
      first_message_id: first,
    })
    expect(
      body.data.toSorted((a: { type: string }, b: { type: string }) => (a.type < b.type ? -1 : 1)),
    ).toEqual([
      of('anonymous_id', 'browser', 'm0'),
      of('email', 'Ada@x.de', null),
      of('phone', '+49 171 1234567', null),
      of('user_id', 'ada', 'm1'),
    ])
    expect(body.cursor).toMatchObject({ has_more: false, next: '', limit: 10 })
    const only = await user('user_id:ada/external_ids?include=user_id')
    expect(only.body.data).toEqual([of('user_id', 'ada', 'm1')])
  })

  test('tells events, newest first, in pages, of some', async () => {
    const all = await user('user_id:ada/events')
    const ids = ({ body }: { body: { data: { message_id: string }[] } }) =>
      body.data.map(({ message_id }) => message_id)
    expect(ids(all)).toEqual(['m5', 'm4', 'm3', 'm2', 'm1', 'm0'])
    expect(all.body.data[2]).toEqual({
      external_ids: [{ collection: 'users', type: 'user_id', id: 'ada', encoding: 'none' }],
      context: expect.objectContaining({
        library: expect.objectContaining({ name: '@segment/analytics-node' }),
      }),
      type: 'track',
      message_id: 'm3',
      source_id: 'site',
      timestamp: expect.stringMatching(/^2026-01-15T10:0[23]:/),
      properties: {
        order_id: 'O-1',
        total: 119,
        tax: 19,
        currency: 'EUR',
        products: bought,
      },
      event: 'Order Completed',
      related: { users: expect.stringMatching(/^use_\d+$/) },
    })
    const first = await user('user_id:ada/events?limit=4')
    expect(first.body.cursor).toMatchObject({ has_more: true, limit: 4 })
    const second = await user(`user_id:ada/events?limit=4&next=${first.body.cursor.next}`)
    expect([...ids(first), ...ids(second)]).toEqual(ids(all))
    expect(second.body.cursor).toMatchObject({ has_more: false, next: '' })
    expect(ids(await user('user_id:ada/events?include=Order%20Completed&sort=asc'))).toEqual([
      'm3',
      'm4',
    ])
    expect(
      ids(await user('user_id:ada/events?exclude=Order%20Completed,Order%20Cancelled')),
    ).toEqual(['m2', 'm1', 'm0'])
    const between = 'start=2026-01-15T10:01:30Z&end=2026-01-15T10:03:30Z'
    expect(ids(await user(`user_id:ada/events?${between}`))).toEqual(['m3', 'm2'])
  })

  test('tells the bookkeeping, and the accounts', async () => {
    expect((await user('user_id:ada/metadata')).body).toEqual({
      metadata: {
        created_at: instant,
        updated_at: instant,
        expires_at: null,
        first_message_id: 'm0',
        first_source_id: 'site',
        last_message_id: 'm5',
        last_source_id: 'site',
      },
    })
    expect((await user('user_id:ada/links')).body).toMatchObject({
      data: [
        {
          to_collection: 'accounts',
          external_ids: [
            {
              id: 'acme',
              type: 'group_id',
              source_id: 'site',
              collection: 'accounts',
              created_at: instant,
              encoding: 'none',
            },
          ],
        },
      ],
    })
  })

  test('tells of accounts the same', async () => {
    expect((await account('group_id:acme/traits')).body.traits).toEqual({
      name: 'Acme',
      industry: 'Tools',
      employee_count: 12,
    })
    expect((await account('group_id:acme/external_ids')).body.data).toMatchObject([
      { collection: 'accounts', type: 'group_id', id: 'acme', created_at: instant },
    ])
    const { data } = (await account('group_id:acme/events')).body
    expect(data.map(({ message_id }: { message_id: string }) => message_id)).toEqual(['m7', 'm2'])
    expect((await account('group_id:acme/metadata')).body.metadata).toMatchObject({
      first_message_id: 'm2',
      last_message_id: 'm7',
    })
    const pages = []
    for (let next = ''; ; ) {
      const { body } = await account(`group_id:acme/links?limit=1&next=${next}`)
      pages.push(...body.data)
      next = body.cursor.next
      if (!body.cursor.has_more) break
    }
    const userIds = pages.flatMap(({ external_ids }) =>
      external_ids.filter(({ type }: { type: string }) => type === 'user_id'),
    )
    expect(userIds.map(({ id }: { id: string }) => id).toSorted()).toEqual(['ada', 'bob'])
  })

  test('says in the form of Segment what cannot be answered', async () => {
    for (const path of [
      'user_id:nobody/traits',
      'use_1/events',
      'nothing/links',
      'email:x@y.z/metadata',
    ])
      expect(await user(path)).toMatchObject({ status: 404, body: notFound })
    expect(await account('group_id:none/traits')).toMatchObject({ status: 404, body: notFound })
    expect(await ask('elsewhere/collections/users/profiles/user_id:ada/traits')).toMatchObject({
      status: 404,
      body: notFound,
    })
    for (const wrong of ['limit=0', 'limit=201', 'limit=ten', 'class=x'])
      expect(await user(`user_id:ada/traits?${wrong}`)).toMatchObject({
        status: 400,
        body: { error: { code: 'validation_error', message: expect.stringContaining('`') } },
      })
    expect(await user('user_id:ada/events?next=x')).toMatchObject({ status: 400 })
    const path = 'default/collections/users/profiles/user_id:ada/traits'
    for (const headers of [{}, { authorization: `Basic ${btoa('wrong:')}` }])
      expect(await ask(path, headers)).toMatchObject({
        status: 401,
        body: { error: { code: 'authentication_error' } },
      })
    expect((await user('user_id:ada/traits')).headers.get('request-id')).toEqual(expect.any(String))
    const origin = { authorization: `Basic ${btoa(`${token}:`)}`, origin: 'https://shop.example' }
    expect((await ask(path, origin)).headers.get('access-control-allow-origin')).toBeNull()
  })
})

test('an order that is sent again with other products has those; what is given back is not what was bought', async () => {
  const lines = `select product_id, ordered_quantity from sales_order_product where sales_order_id = 'O-3' order by id`
  const told = (event: string, products: readonly object[]) =>
    said((client) =>
      client.track({ userId: 'cy', event, properties: { order_id: 'O-3', products } }),
    )
  const [saddle, pump, bell] = ['saddle', 'pump', 'bell'].map((product_id) => ({ product_id }))
  await told('Order Completed', [{ ...saddle, quantity: 3 }, { ...pump }])
  await expect
    .poll(() => rows(lines), { timeout: 60_000 })
    .toEqual([
      { product_id: 'saddle', ordered_quantity: 3 },
      { product_id: 'pump', ordered_quantity: 1 },
    ])
  await told('Order Updated', [{ ...bell, quantity: 2 }])
  await told('Order Refunded', [{ ...bell, quantity: 1 }])
  const order = `select status from sales_order where id = 'O-3'`
  await expect.poll(() => rows(order), { timeout: 60_000 }).toEqual([{ status: 'refunded' }])
  await expect
    .poll(() => rows(lines), { timeout: 60_000 })
    .toEqual([{ product_id: 'bell', ordered_quantity: 2 }])
})
