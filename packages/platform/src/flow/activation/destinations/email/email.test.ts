import { expect, onTestFinished, test } from 'vitest'
import { reaching } from '#connectors/testing'
import { memoryEngine } from '#engine/testing'
import { systemClock } from '#kernel/clock.ts'
import { memoryStore } from '#store/testing'
import type { Batch, Dealt, PayloadRow } from '../../destination.ts'
import { activationMigrations } from '../../records.ts'
import {
  atEase,
  describeDestination,
  lookedAt,
  sampleBatch,
} from '../../testing/destination-contract.ts'
import { activationsOver, definitionsOf } from '../../testing/house.ts'
import { type Judge, startMailServer } from '../../testing/mail-server.ts'
import { addPeople, enter, leave, makeTables, opt } from '../../testing/world.ts'
import { email } from './email.ts'

type Security = 'tls' | 'starttls' | 'none'

interface Given {
  readonly security?: Security
  readonly judge?: Judge
  readonly settings?: Readonly<Record<string, unknown>>
}

async function arrange({ security = 'starttls', judge, settings = {} }: Given = {}) {
  const server = await startMailServer({ security, ...(judge && { judge }) })
  let isDown = false
  const real = reaching([`localhost:${server.port}`, 'localhost:1'], { pass: 'pass', wrong: 'no' })
  const network = {
    ...real.network,
    connect: (to: Parameters<typeof real.network.connect>[0]) =>
      real.network.connect(isDown ? { ...to, port: 1 } : to),
  }
  const login = security === 'none' ? {} : { user: 'shop', password: { secret: 'pass' } }
  const all = {
    host: 'localhost',
    port: server.port,
    security,
    ca: server.ca,
    ...login,
    from: 'Shop <shop@example.com>',
    to: 'mail',
    subject: 'For {{profile_id}}',
    text: '{{profile_id}}',
    ...settings,
  }
  const tools = {
    network,
    secret: real.secret,
    folders: { base: '/nowhere', allowed: [] },
    clock: systemClock,
    parquet: () => {
      throw new Error('no Parquet is written')
    },
  }
  const dealt: Dealt[] = []
  const deliver = (batch: Batch) =>
    email.deliver(batch, all, {
      ...atEase,
      ...tools,
      dealtWith: async (of) => void dealt.push(of),
      signal: AbortSignal.timeout(10_000),
    })
  onTestFinished(server.stop)
  return {
    settings: all,
    tools,
    mails: server.mails,
    dealt,
    deliver,
    arrived: async () =>
      server.mails.map(({ raw }) => ({ profile_id: /Subject: For (\d+)/.exec(raw)?.[1] ?? '' })),
    dress: (row: PayloadRow) => ({ ...row, mail: `m${String(row['profile_id'])}@example.com` }),
    expected: (rows: readonly PayloadRow[]) =>
      rows
        .filter(({ change }) => change === 'entered')
        .map(({ profile_id }) => ({ profile_id: profile_id ?? null })),
    breakDown: async () => {
      isDown = true
    },
    mend: async () => {
      isDown = false
    },
    close: async () => {},
  }
}

describeDestination(email, () => arrange())

const ada = {
  profile_id: '7',
  change: 'entered',
  mail: 'ada@example.com',
  'First name': 'Ada <b>"L"</b>',
  city: null,
}

test('a mail has its address, templates, reply address and a way out', async () => {
  const { deliver, mails } = await arrange({
    settings: {
      reply_to: 'help@example.com',
      subject: 'Hello {{First name}}',
      text: 'Dear {{First name}} from {{city|somewhere}}',
      html: '<p>Dear {{First name}}</p>',
      unsubscribe: 'https://example.com/out?who={{mail}}',
    },
  })
  expect(await deliver(sampleBatch([ada]))).toEqual({ result: 'sent' })
  const [mail] = mails
  expect(mail).toMatchObject({ from: 'shop@example.com', to: ['ada@example.com'] })
  expect(mail?.raw).toContain('From: Shop <shop@example.com>')
  expect(mail?.raw).toContain('Reply-To: help@example.com')
  expect(mail?.raw).toContain('Subject: =?UTF-8?Q?Hello_Ada_=3Cb=3E=22L=22=3C/b=3E?=')
  expect(mail?.raw).toContain('Dear Ada <b>"L"</b> from somewhere')
  expect(mail?.raw).toContain('<p>Dear Ada &lt;b&gt;&quot;L&quot;&lt;/b&gt;</p>')
  expect(mail?.raw).toContain('List-Unsubscribe: <https://example.com/out?who=ada%40example.com>')
  expect(mail?.raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
})

test('the same cause has the same message id, another one another', async () => {
  const { deliver, mails } = await arrange()
  await deliver(sampleBatch([ada]))
  await deliver(sampleBatch([ada]))
  await deliver(sampleBatch([ada], { id: 'vips_to_shop:57:60:1' }))
  const ids = mails.map(({ raw }) => /Message-ID: (<[0-9a-f]{40}@example\.com>)/i.exec(raw)?.[1])
  expect(ids[0]).toBeDefined()
  expect(ids[1]).toBe(ids[0])
  expect(ids[2]).not.toBe(ids[0])
})

test('a value cannot make a header or another receiver', async () => {
  const { deliver, mails, dealt } = await arrange({ settings: { subject: 'Hi {{First name}}' } })
  const evil = { ...ada, 'First name': 'A\r\nBcc: thief@example.com' }
  const two = { ...ada, profile_id: '8', mail: 'a@example.com, b@example.com' }
  await deliver(sampleBatch([evil, two]))
  expect(mails).toHaveLength(1)
  expect(mails[0]?.to).toEqual(['ada@example.com'])
  expect(mails[0]?.raw).not.toMatch(/^Bcc:/m)
  expect(dealt.map(({ filtered }) => filtered)).toEqual([undefined, { 'no e-mail address': 1 }])
})

test('who left is written to where an action tells of them', async () => {
  const { deliver, mails } = await arrange({ settings: { text: 'You {{change}} us' } })
  const gone = { ...ada, change: 'left' }
  expect(await deliver(sampleBatch([gone], { holds: 'a firing' }))).toEqual({ result: 'sent' })
  expect(mails.map(({ raw }) => /You \w+ us/.exec(raw)?.[0])).toEqual(['You left us'])
})

test('who has no address, misses a value or has left is not written to, and told of', async () => {
  const { deliver, mails, dealt } = await arrange({ settings: { text: 'In {{city}}' } })
  const rows = [{ ...ada, mail: null }, ada, { ...ada, change: 'left' }, { ...ada, city: 'Delft' }]
  expect(await deliver(sampleBatch(rows))).toEqual({ result: 'sent' })
  expect(mails).toHaveLength(1)
  expect(dealt).toEqual([
    { done: 1, filtered: { 'no contact point': 1 } },
    { done: 2, filtered: { 'no city': 1 } },
    { done: 3, filtered: { 'no mail to who left': 1 } },
    { done: 4, apart: [] },
  ])
})

test('a batch that was broken off goes on where it was', async () => {
  const { deliver, mails } = await arrange()
  const rows = ['1', '2', '3'].map((profile_id) => ({ ...ada, profile_id }))
  await deliver(sampleBatch(rows, { done: 2 }))
  expect(mails).toHaveLength(1)
  expect(mails[0]?.raw).toContain('For 3')
})

test.each<Security>(['tls', 'starttls', 'none'])('speaks %s', async (security) => {
  const { deliver, mails } = await arrange({ security })
  await deliver(sampleBatch([ada]))
  const isSecure = security !== 'none'
  expect(mails).toMatchObject([{ isSecure, user: isSecure ? 'shop' : undefined }])
})

test.each([
  ['a wrong password', { settings: { password: { secret: 'wrong' } } }, 'mail_refused'],
  ['a certificate of nobody known', { settings: { ca: undefined } }, 'mail_'],
  [
    'a server without TLS',
    { security: 'none' as const, settings: { security: 'starttls' } },
    'mail_refused',
  ],
])('%s: nothing is sent', async (_, given, code) => {
  const { deliver, mails } = await arrange(given)
  await expect(deliver(sampleBatch([ada]))).rejects.toMatchObject({
    code: expect.stringContaining(code),
  })
  expect(mails).toEqual([])
})

test('a private address is refused', async () => {
  const { deliver } = await arrange({ settings: { host: '10.0.0.1' } })
  await expect(deliver(sampleBatch([ada]))).rejects.toMatchObject({
    code: 'outgoing.private_address',
  })
})

const base = {
  host: 'mail.example.com',
  from: 'shop@example.com',
  to: 'mail',
  subject: 'Hi',
  text: 'Hi',
}

test.each([
  [{ subject: 'Hi {{First name' }, 'subject', 'no whole placeholder'],
  [{ text: '{{}}' }, 'text', 'no name'],
  [{ from: 'shop' }, 'from', 'no e-mail address'],
  [{ user: 'shop' }, 'password', 'belong together'],
  [{ security: 'none', user: 'x', password: { secret: 'x' } }, 'security', 'everybody can read'],
])('refuses %o', (more, at, say) => {
  expect(email.check({ ...base, ...more })).toMatchObject([
    { at, say: expect.stringContaining(say) },
  ])
})

test('what templates speak of has to be sent', () => {
  const settings = { ...base, text: '{{a}} {{b|x}}', html: '{{a}}', unsubscribe: 'mailto:{{c}}' }
  expect(email.needs(settings)).toEqual(['mail', 'a', 'b', 'c'])
})

test('from a segment to mails: one refused, one asked to come back, all of them accounted for', async () => {
  let isBusy = true
  const { settings, tools, mails } = await arrange({
    judge: (to) => {
      if (to.startsWith('2@')) return { code: 550, say: 'no such user' }
      return to.startsWith('3@') && isBusy ? { code: 450, say: 'greylisted' } : undefined
    },
    settings: { per_run: 10, text: 'Hello {{name}}' },
  })
  const engine = await memoryEngine()
  await makeTables(engine)
  await addPeople(engine, 1, 5)
  // Who has refused is asked for at the cut, not by the destination.
  for (const n of [1, 3]) await opt(engine, n, true)
  const store = await memoryStore({ activation: activationMigrations })
  let minutes = 0
  const clock = { ...systemClock, now: () => new Date(Date.now() + minutes * 60_000) }
  const one = {
    segment: 'vips',
    destination: 'mails',
    send: 'changes',
    attributes: [
      { as: 'mail', contact_point: 'email', sources: ['crm'] },
      { as: 'name', field: 'first_name' },
    ],
  } as const
  const catalogue = definitionsOf({
    destinations: { mails: { type: 'email', settings } },
    activations: {
      one: {
        ...one,
        attributes: [
          ...one.attributes.map((of) =>
            'sources' in of ? { ...of, sources: [...of.sources] } : of,
          ),
        ],
      },
    },
  })
  const { refresh, work, get, deliveries } = activationsOver(
    { engine, store, outgoing: tools.network, catalogue: () => catalogue },
    { secrets: { get: tools.secret }, clock },
  )
  onTestFinished(async () => {
    await work.stop()
    await store.close()
  })
  await enter(engine, 'vips', [1, 2, 3, 4, 99])
  await refresh('one', AbortSignal.timeout(40_000))
  work.start()
  const settled = async (delivered: number) => {
    while ((await get('one')).ledger.delivered < delivered) {
      work.wake()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await settled(2)
  expect(mails.map(({ to }) => to[0]).sort()).toEqual(['1@crm.test', '4@crm.test'])
  expect((await get('one')).ledger).toEqual({
    members: 5,
    queued: 4,
    delivered: 2,
    filtered: { 'no contact point': 1 },
    waiting: 1,
    dead: 1,
  })
  expect(await deliveries('one', { state: 'dead' })).toMatchObject([
    { members: 1, reason: expect.stringContaining('no such user') },
  ])
  isBusy = false
  minutes = 3
  await settled(3)
  expect(mails.map(({ to }) => to[0])).toContain('3@crm.test')
  // Who leaves gets no mail, and is accounted for.
  await leave(engine, 'vips', [1])
  await refresh('one', AbortSignal.timeout(40_000))
  while ((await get('one')).ledger.waiting > 0) {
    work.wake()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect((await get('one')).ledger).toMatchObject({
    members: 6,
    delivered: 3,
    filtered: { 'no contact point': 1, 'no mail to who left': 1 },
    waiting: 0,
    dead: 1,
  })
  expect(mails).toHaveLength(3)
})

test('a test of the connection signs in and writes to nobody', async () => {
  const { settings, tools, mails } = await arrange()
  const look = (more: object = {}) =>
    lookedAt(
      email.test({ ...settings, ...more }, { ...tools, signal: AbortSignal.timeout(10_000) }),
    )
  expect(await look()).toEqual([
    expect.stringMatching(/^signed in to localhost:\d+ as shop over a secure connection$/),
    'no mail was sent',
  ])
  await expect(look({ password: { secret: 'wrong' } })).rejects.toMatchObject({
    code: 'activation.mail_refused',
  })
  expect(mails).toEqual([])
})
