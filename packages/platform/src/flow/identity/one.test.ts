import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Engine, join, type Part, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { countries } from './countries.ts'
import type { Criterion, Ruleset } from './definition.ts'
import { isPlaceholder, isPlaceholderIn } from './guards.ts'
import { readyPhone } from './phone-one.ts'
import { phones } from './phones.ts'

// What is done in SQL for many and in TypeScript for one: the answers must be the same.

let engine: Engine
beforeAll(async () => {
  engine = await memoryEngine()
})
afterAll(() => engine.close())

/** Numbers from 0 to 1, the same ones in every run. */
function randoms(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

test('one telephone number is tidied up as many are', async () => {
  const random = randoms(7)
  const oneOf = <T>(all: readonly T[]): T | undefined => all[Math.floor(random() * all.length)]
  const ways = [
    ...['030 1234567', '0049 171 1234567', '+1 (415) 555-0100 ext. 12', '4917112345678'],
    ...['1-800-5550100', '0', '', '5555555', '+999 123456', '8 (495) 123-45-67', '1234567 x99'],
    ...['＋81 3 1234 5678', 'call 0171/123 45 67\u00a0#3', '\u0085020 7946 0958eXt:5', '+44+44'],
  ]
  const pieces = [
    '+',
    '00',
    '011',
    '0',
    '1',
    '7',
    '8',
    ' ',
    '49',
    '(0)',
    '555',
    '171',
    'x',
    'ext. ',
  ]
  const made = () => Array.from({ length: 2 + random() * 9 }, () => oneOf(pieces)).join('')
  const named = [...countries.map(({ iso3, names }) => names[0] ?? iso3), null, 'Nowhere']
  const rows = named.flatMap((country, i) => {
    const local = countries[i % countries.length]
    const number = String(random()).slice(2, 2 + (local?.lengths[0] ?? 9))
    const numbers = [ways[i % ways.length] ?? '', `00${local?.callingCode}123456789`, made()]
    const others = [`${local?.callingCode}${number}`, `${local?.trunk}${number}`, number, made()]
    return [...numbers, ...others].map((raw) => [raw, country] as const)
  })
  const listed = rows.map(
    ([raw, country], i) => sql`(${value(i)}, ${value(raw)}, ${value(country)})`,
  )
  const numbers = sql`select * from (values ${join(listed)}) n(i, raw, country)`
  const many = await engine.rows(phones(sql`select raw, country from (${numbers}) n`))
  const nameOf = (raw: unknown, country: unknown) => `${raw} ${country}`
  const expected = new Map(many.map((row) => [nameOf(row['raw'], row['country']), row['value']]))
  const phone = await readyPhone(engine)
  for (const [raw, country] of rows)
    expect([raw, country, (await phone.tidy(raw, country ?? undefined)) ?? null]).toEqual([
      raw,
      country,
      expected.get(nameOf(raw, country)),
    ])
  await phone.close()
  expect(new Set(expected.values()).size).toBeGreaterThan(rows.length / 3)
}, 30_000)

test('what people write where they have nothing is told for one value as for many', async () => {
  const ruleset: Ruleset = {
    key: 'people',
    on: 'individual',
    match: [],
    reconcile: { default: 'last_updated' },
  }
  const addresses = [
    ['contact_point_email', 'email_address'],
    ['contact_point_phone', 'telephone_number'],
    ['individual', 'first_name'],
    ['account', 'name'],
    ['account', 'website'],
    ['contact_point_address', 'street'],
    ['contact_point_address', 'postal_code'],
    ['contact_point_address', 'country'],
    ['party_identification', 'identification_number'],
  ] as const
  const words = [
    ...[
      'test@test.com',
      'noreply@shop.de',
      'ada@lovelace.org',
      '@',
      'no-mail',
      'a|b',
      '|',
      'unknown',
    ],
    ...[
      '+491711111111',
      '+49123456789',
      '4444444',
      '+491711234567',
      'null',
      'n/a',
      '-',
      '????',
      '?????',
    ],
    ...[
      'aaaaa',
      'ääääää',
      '😀😀😀😀😀',
      '😀😀😀😀',
      '00000',
      '99999',
      'private',
      'facebook.com',
      'xxx',
      'ada',
    ],
  ]
  for (const [object, field] of addresses)
    for (const by of ['exact', 'normalised', 'fuzzy'] as const) {
      const of: Criterion = { object, field, by }
      const found = (w: Part) => isPlaceholder(ruleset, of, w) ?? sql`false`
      const rows = await engine.rows(
        sql`select w, ${found(sql`w`)} as found from (values ${join(words.map((w) => sql`(${value(w)})`))}) t(w)`,
      )
      const one = words.map((w) => [w, isPlaceholderIn(ruleset, of, w)])
      expect([of, one]).toEqual([of, rows.map((row) => [row['w'], row['found']])])
    }
  const unguarded: Ruleset = { ...ruleset, limits: { usual: false } }
  const email: Criterion = { object: 'contact_point_email', field: 'email_address', by: 'exact' }
  expect(isPlaceholderIn(unguarded, email, 'test@test.com')).toBe(false)
})
