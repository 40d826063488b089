import { expect, test } from 'vitest'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { modelOf } from '#model'
import type { Criterion, Ruleset } from './definition.ts'
import { guarded } from './guards.ts'
import { runIdentity } from './run.ts'
import { simulate } from './simulate.ts'
import { type MadeRecord, putMade } from './testing/index.ts'

const model = modelOf([])
const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))

const email: Criterion = { object: 'contact_point_email', field: 'email_address', by: 'normalised' }
const phone: Criterion = {
  object: 'contact_point_phone',
  field: 'telephone_number',
  by: 'normalised',
}
const last: Criterion = { object: 'individual', field: 'last_name', by: 'normalised' }

const rulesetOf = (match: Ruleset['match'], limits?: Ruleset['limits']): Ruleset =>
  guarded({
    key: 'people',
    on: 'individual',
    match,
    reconcile: { default: 'last_updated' },
    ...(limits ? { limits } : {}),
  })

const contacts: Ruleset['match'] = [
  { key: 'email', label: 'Same e-mail', all: [email] },
  { key: 'phone', all: [phone] },
]

const record = (id: string, of: Partial<MadeRecord>): MadeRecord => ({
  id,
  entity: id,
  first_name: null,
  last_name: null,
  birth_date: null,
  email: null,
  phone: null,
  ...of,
})

const letters = (i: number) => String.fromCharCode(97 + (i % 26)).repeat(4)

/** People of other names, and of other birth dates, as far as these are known. */
const strangers = (count: number, of: Partial<MadeRecord>) =>
  Array.from({ length: count }, (_, i) =>
    record(`${of.email ?? of.phone} ${i}`, {
      first_name: `first${letters(i)}`,
      last_name: `last${letters(i * 7 + Math.floor(i / 26))}${i}`,
      birth_date: i < 2 ? '1970-01-01' : null,
      ...of,
    }),
  )

const house = async (records: readonly MadeRecord[]) => {
  const engine = await memoryEngine()
  await putMade(engine, model, records)
  return engine
}

const shared = async (records: readonly MadeRecord[], ruleset = rulesetOf(contacts)) =>
  (await simulate({ engine: await house(records), model, ruleset, clock })).shared

const shop = strangers(30, { email: 'info@shop.de' })
const reception = strangers(7, { phone: '+49 30 1234567' })

test('a mailbox and a number that people of other names share are told, masked, with how many they are', async () => {
  expect(await shared([...shop, ...strangers(6, { email: 'box@y.de' }), ...reception])).toEqual([
    {
      rule: 'Same e-mail',
      values: 2,
      records: 36,
      examples: [
        { matched: 'i***@s***.d***', records: 30, people: expect.any(Number) },
        { matched: 'b***@y***.d***', records: 6, people: 6 },
      ],
    },
    {
      rule: 'phone',
      values: 1,
      records: 7,
      examples: [{ matched: expect.stringContaining('***'), records: 7, people: 7 }],
    },
  ])
})

const family = Array.from({ length: 7 }, (_, i) =>
  record(`f${i}`, {
    first_name: `first${letters(i)}`,
    last_name: 'Miller',
    birth_date: `19${60 + i}-01-01`,
    email: 'home@miller.de',
  }),
)

const flat = strangers(4, { email: 'flat@x.de', birth_date: null })

const customer = Array.from({ length: 12 }, (_, i) =>
  record(`c${i}`, {
    first_name: `Anna${letters(i)}`,
    last_name: `Weber${letters(i)}`,
    birth_date: '1980-02-09',
    email: 'anna@weber.de',
  }),
)

const nameless = Array.from({ length: 9 }, (_, i) => record(`n${i}`, { email: 'some@body.de' }))

test('a family, a flat, one customer written in many ways and people without a name are not told', async () => {
  expect(await shared([...family, ...flat, ...customer, ...nameless])).toBeUndefined()
})

test.each<[string, Ruleset]>([
  ['asks for a name too', rulesetOf([{ key: 'both', all: [email, last] }])],
  ['has a lower limit', rulesetOf([{ key: 'email', all: [email], block: 20 }])],
  [
    'blocks the value',
    rulesetOf(contacts, { blocked: { 'contact_point_email.email_address': ['info@shop.de'] } }),
  ],
])('a rule that %s ties nobody by it, so nothing is told', async (_, ruleset) => {
  expect(await shared(shop, ruleset)).toBeUndefined()
})

test('it is told and holds nothing back; above the limit the value is left out, and the run reports it', async () => {
  const engine = await house([...shop, ...strangers(101, { email: 'info@mall.de' })])
  const ruleset = rulesetOf(contacts)
  const [told] = (await simulate({ engine, model, ruleset, clock })).shared ?? []
  expect(told).toMatchObject({ values: 1, records: 30 })
  const run = await runIdentity({ engine, model, ruleset, clock })
  expect(run).toMatchObject({ changed: true, profiles: 102 })
  expect(run.rules?.[0]).toMatchObject({
    left_out: [{ matched: 'i***@m***.d***', records: 101 }],
  })
})
