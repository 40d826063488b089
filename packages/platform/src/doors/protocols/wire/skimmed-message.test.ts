import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Unread } from '#kernel/unread.ts'
import { batchIn } from './batch.ts'
import { parseJson, skimmedOr } from './json.ts'
import { normalise, type Receipt } from './message.ts'

const text = fc.constantFrom('', 'x', '2026-11-22T09:17:44.000Z', 'é"\\')
const object = fc.dictionary(
  fc.constantFrom('ip', 'direct', 'traits', 'a'),
  fc.oneof(fc.string(), fc.integer(), fc.constantFrom(null, true, 1.5, [1, 'é'])),
)
const message = fc.record(
  {
    type: fc.constantFrom('track', 'identify', 'page', 'alias', 'no'),
    messageId: text,
    userId: fc.oneof(text, fc.integer(), object),
    event: text,
    timestamp: text,
    sentAt: text,
    context: fc.oneof(object, text),
    traits: object,
    properties: fc.oneof(object, fc.array(object, { maxLength: 2 })),
    integrations: object,
    mine: object,
    other: fc.oneof(object, text),
  },
  { requiredKeys: [] },
)
const batch = fc.record(
  {
    batch: fc.array(message, { maxLength: 3 }),
    context: object,
    integrations: object,
    sentAt: text,
  },
  { requiredKeys: ['batch'] },
)

const receipt: Receipt = {
  wire: 'test',
  receivedMs: Date.UTC(2026, 10, 22),
  sender: 'browser',
  nextId: () => 'made',
}

test('a message means the same whether its objects were read or not', () => {
  let unread = 0
  fc.assert(
    fc.property(
      fc.oneof(message, batch),
      fc.constantFrom<'browser' | 'server'>('browser', 'server'),
      fc.constantFrom(undefined, '192.0.2.7'),
      (body, sender, address) => {
        const json = JSON.stringify(body)
        const [skim, full] = [skimmedOr(json, Buffer.from(json)).value, parseJson(json)].map(
          (value) => {
            const { messages, context, integrations, sentAt } = batchIn(value)
            const of = { ...receipt, sender, address, context, integrations, sentAt }
            return messages.map((raw) => normalise(raw, of))
          },
        )
        for (const { message: one } of skim ?? [])
          unread += Object.values(one).filter((member) => member instanceof Unread).length
        expect(JSON.parse(JSON.stringify(skim))).toEqual(JSON.parse(JSON.stringify(full)))
      },
    ),
    { numRuns: 3000 },
  )
  expect(unread).toBeGreaterThan(1000)
})
