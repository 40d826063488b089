import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countedIds } from '#kernel/ids.ts'
import { normalise, problemWithMended, type Receipt } from './message.ts'

const receivedMs = Date.parse('2026-11-22T10:00:00.000Z')
const receipt = (more: Partial<Receipt> = {}): Receipt => ({
  wire: 'segment',
  receivedMs,
  sender: 'server',
  nextId: countedIds().next,
  ...more,
})
const track = { type: 'track', event: 'Bought', userId: 'ada' }
const kept = (raw: unknown, more: Partial<Receipt> = {}) => normalise(raw, receipt(more)).message
const refused = (raw: unknown) => normalise(raw, receipt()).refused

describe('whatever comes', () => {
  const type = fc.constantFrom('track', 'identify', 'page', 'screen', 'group', 'alias', 'what', 7)
  const time = fc.oneof(
    fc.constantFrom('2026-11-22T09:00:00.000Z', '1999-01-01', '2300-01-01', 'soon', '', null),
    fc.double(),
    fc.constantFrom(1_763_000_000, 1_763_000_000_000),
  )
  const id = fc.oneof(fc.string(), fc.integer(), fc.constant(null))
  const object = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue())
  const message = fc.record(
    {
      type,
      messageId: id,
      userId: id,
      anonymousId: id,
      groupId: id,
      previousId: id,
      event: id,
      name: id,
      properties: object,
      traits: object,
      context: object,
      integrations: object,
      timestamp: time,
      originalTimestamp: time,
      sentAt: time,
      receivedAt: time,
      flags: fc.jsonValue(),
      other: object,
      unheardOf: object,
      ['__proto__']: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  const circumstances = fc.record({
    sender: fc.constantFrom('browser', 'server'),
    type: fc.constantFrom(undefined, 'track', 'page'),
    address: fc.constantFrom(undefined, '10.0.0.1'),
    sentAt: time,
    context: object,
    integrations: object,
  })

  test('there is an answer, and it can be written', () => {
    fc.assert(
      fc.property(fc.oneof(message, fc.jsonValue()), circumstances, (raw, around) => {
        const before = JSON.stringify(raw)
        const normal = normalise(raw, receipt(around))
        expect(normal.messageId).not.toBe('')
        expect(JSON.parse(JSON.stringify(normal.message))).toBeTypeOf('object')
        expect(JSON.stringify(raw)).toBe(before)
      }),
    )
  })

  test('what went through once goes through unchanged', () => {
    fc.assert(
      fc.property(message, circumstances, (raw, around) => {
        const once = normalise(JSON.parse(JSON.stringify(raw)), receipt(around))
        fc.pre(once.refused === undefined)
        const stored = JSON.parse(JSON.stringify(once.message))
        const twice = normalise(stored, receipt(around))
        expect(twice.refused).toBeUndefined()
        expect(JSON.parse(JSON.stringify(twice.message))).toEqual(stored)
      }),
    )
  })

  test('what is taken has a known type, texts for ids, and times that can be read', () => {
    fc.assert(
      fc.property(message, circumstances, (raw, around) => {
        const { message: of, refused } = normalise(raw, receipt(around))
        fc.pre(refused === undefined)
        for (const name of ['messageId', 'userId', 'anonymousId', 'groupId', 'previousId'])
          expect(of[name] === undefined || (typeof of[name] === 'string' && of[name] !== '')).toBe(
            true,
          )
        expect(new Date(String(of['timestamp'])).toISOString()).toBe(of['timestamp'])
        expect(Date.parse(String(of['timestamp']))).toBeLessThanOrEqual(receivedMs)
        expect(of).not.toHaveProperty('writeKey')
      }),
    )
  })
})

describe('ids', () => {
  test.each([
    [7, '7'],
    ['7', '7'],
    [0, '0'],
    ['', undefined],
    [null, undefined],
  ])('%j is kept as %j', (userId, as) => {
    expect(kept({ ...track, userId })['userId']).toBe(as)
  })

  test('an id of the client tells repetitions; one of ours does not', () => {
    expect(normalise({ ...track, messageId: 'm1' }, receipt())).toMatchObject({
      id: 'm1',
      messageId: 'm1',
    })
    const made = normalise(track, receipt())
    expect(made).toMatchObject({ messageId: 'id000001', message: { messageId: 'id000001' } })
    expect(made).not.toHaveProperty('id')
  })

  test('without any it is flagged, not refused', () => {
    expect(kept({ type: 'page', userId: '', anonymousId: null })['flags']).toEqual(['no id'])
  })
})

describe('what is refused is kept, and says why', () => {
  test.each([
    [3, 'expected an object, found a number'],
    [null, 'expected an object, found null'],
    [{ userId: 'ada' }, 'type is missing'],
    [
      { ...track, type: 'trak' },
      'type: expected one of track, identify, page, screen, group, alias, merge, found "trak"',
    ],
    [
      { type: 'track', userId: 'ada', event: '' },
      'event is missing; a message of type track needs it',
    ],
    [{ type: 'group', userId: 'ada' }, 'groupId is missing; a message of type group needs it'],
    [{ type: 'alias', userId: 'ada' }, 'previousId is missing; a message of type alias needs it'],
    [{ ...track, properties: 'red' }, 'properties: expected an object, found a text'],
    [{ ...track, userId: { id: 1 } }, 'userId: expected a text, found an object'],
    [{ ...track, context: [1] }, 'context: expected an object, found a list'],
    [{ ...track, messageId: 'x'.repeat(101) }, 'messageId has 101 characters; 100 are allowed'],
    [{ type: 'group', groupId: 'x'.repeat(501) }, 'groupId has 501 characters; 500 are allowed'],
  ])('%j', (raw, why) => {
    expect(refused(raw)).toBe(why)
  })

  test('as it came', () => {
    expect(kept({ ...track, properties: 'red' })).toMatchObject({ ...track, properties: 'red' })
    expect(kept(3)).toEqual({ value: 3 })
  })

  test('under its own id, by which a repetition of what was mended is told; one that is too long is none', () => {
    const idOf = (messageId: string) =>
      normalise({ ...track, properties: 'red', messageId }, receipt()).id
    expect(idOf('m-1')).toBe('m-1')
    expect(idOf('x'.repeat(101))).toBeUndefined()
  })

  test('what is too deep to be written is cut', () => {
    const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)
    const normal = normalise({ ...track, properties: { deep } }, receipt())
    expect(normal.refused).toBe('it is nested deeper than 64 levels')
    expect(JSON.stringify(normal.message).length).toBeLessThan(1000)
  })
})

describe('members', () => {
  test('the type comes from the address, unless the message knows better', () => {
    expect(kept({ event: 'Bought' }, { type: 'track' })).toMatchObject({ type: 'track' })
    expect(kept({ ...track, type: 'page' }, { type: 'track' })).toMatchObject({ type: 'page' })
  })

  test('what the batch says holds for each message, unless it says otherwise', () => {
    const context = { app: { name: 'till' }, locale: 'de' }
    const integrations = { All: false, Shop: true }
    expect(
      kept(
        { ...track, context: { locale: 'fr' }, integrations: { Shop: false } },
        { context, integrations },
      ),
    ).toMatchObject({
      context: { app: { name: 'till' }, locale: 'fr' },
      integrations: { All: false, Shop: false },
    })
    expect(kept(track, { context })).toMatchObject({ context })
  })

  test('traits are taken from both places, the message before its context', () => {
    const context = { traits: { email: 'a@example.com', plan: 'free' } }
    const identify = { type: 'identify', userId: 'ada', context }
    expect(kept(identify)['traits']).toEqual(context.traits)
    expect(kept({ ...identify, traits: { plan: null } })['traits']).toEqual({
      email: 'a@example.com',
      plan: null,
    })
    // Those in the context of a group are of the person.
    expect(kept({ type: 'group', groupId: 'acme', context })).not.toHaveProperty('traits')
  })

  test.each([
    ['browser', {}, '10.0.0.1'],
    ['browser', { ip: '0.0.0.0' }, '0.0.0.0'],
    ['server', {}, undefined],
    ['server', { direct: true }, '10.0.0.1'],
  ] as const)('the address of a %s with context %j is kept as %s', (sender, context, ip) => {
    const message = kept({ ...track, context }, { sender, address: '10.0.0.1' })
    expect(message['context']).toEqual({ ...context, ...(ip ? { ip } : {}) })
  })

  test('what is not known is kept below `other`; what is the library\u2019s business is not kept', () => {
    const odd = JSON.parse('{"rating":5,"__proto__":{"x":1},"_metadata":{"a":1},"writeKey":"w"}')
    const message = kept({ ...odd, ...track, constructor: 'c' })
    expect(JSON.parse(JSON.stringify(message))).not.toHaveProperty('_metadata')
    expect(message).not.toHaveProperty('writeKey')
    expect(message['other']).toMatchObject({ rating: 5, constructor: 'c' })
  })

  test('an alias onto itself is flagged: its target is lost', () => {
    const alias = { type: 'alias', userId: 'ada', previousId: 'ada' }
    expect(kept(alias)['flags']).toEqual(['alias onto itself'])
    expect(kept({ ...alias, previousId: 'bob' })).not.toHaveProperty('flags')
  })

  test('bytes that were no UTF-8 are flagged', () => {
    expect(kept(track, { isGarbled: true })['flags']).toEqual(['not UTF-8'])
  })
})

describe('times', () => {
  const at = '2026-11-22T10:00:00.000Z'

  test('the clock of the client is corrected by when it sent', () => {
    expect(
      kept({ ...track, timestamp: '2026-11-22T08:00:00Z', sentAt: '2026-11-22T08:00:10Z' }),
    ).toMatchObject({
      timestamp: '2026-11-22T09:59:50.000Z',
      originalTimestamp: '2026-11-22T08:00:00Z',
      sentAt: '2026-11-22T08:00:10Z',
      receivedAt: at,
    })
  })

  test('the batch says when it was sent, unless the message does', () => {
    const batch = { sentAt: '2026-11-22T09:59:00.000Z' }
    const of = { ...track, originalTimestamp: '2026-11-22T09:58:00.000Z' }
    expect(kept(of, batch)).toMatchObject({ timestamp: '2026-11-22T09:59:00.000Z', ...batch })
    const own = { sentAt: '2026-11-22T09:58:30.000Z' }
    expect(kept({ ...of, ...own }, batch)).toMatchObject({
      timestamp: '2026-11-22T09:59:30.000Z',
      ...own,
    })
  })

  test('what a user says goes before what its library says', () => {
    const said = { timestamp: '2026-11-01T00:00:00.000Z', originalTimestamp: at }
    expect(kept({ ...track, ...said })).toMatchObject({
      timestamp: said.timestamp,
      originalTimestamp: said.timestamp,
    })
  })

  test('what was corrected by another server stays corrected', () => {
    const said = {
      timestamp: '2025-01-01T00:00:00.000Z',
      originalTimestamp: '2025-01-01T02:00:00.000Z',
      sentAt: '2025-01-01T02:00:01.000Z',
      receivedAt: '2025-01-01T00:00:01.000Z',
    }
    expect(kept({ ...track, ...said })).toMatchObject({ ...said, receivedAt: at })
  })

  test('what never said when it happened, happened when it was sent, or came', () => {
    expect(kept(track)).toMatchObject({ timestamp: at, originalTimestamp: at })
    expect(kept({ ...track, sentAt: '2026-11-22T09:00:00.000Z' })).toMatchObject({
      timestamp: at,
      originalTimestamp: '2026-11-22T09:00:00.000Z',
    })
  })

  test('what cannot be read is kept as it came, and flagged', () => {
    expect(kept({ ...track, timestamp: 'yesterday' })).toMatchObject({
      timestamp: at,
      originalTimestamp: 'yesterday',
      flags: ['unreadable time'],
    })
    expect(kept({ ...track, sentAt: { at: 1 } })).toMatchObject({
      timestamp: at,
      sentAt: { at: 1 },
      flags: ['unreadable time'],
    })
  })
})

test('what was mended is asked what is asked of a message that is sent', () => {
  const event = { type: 'track', userId: 'u1' }
  expect(problemWithMended(event)).toMatch(/event is missing/)
  expect(problemWithMended({ ...event, event: 'Bought' })).toBeUndefined()
  expect(problemWithMended({ type: 'wrong', userId: 'u1' })).toMatch(/type: expected one of/)
})
