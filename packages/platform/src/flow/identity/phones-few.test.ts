import { expect, test } from 'vitest'
import { join, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { countries } from './countries.ts'
import { readyPhone } from './phone-asker.ts'
import { phones } from './phones.ts'

test('one telephone number is tidied up as many are', async () => {
  const engine = await memoryEngine()
  const ways = [
    '030 1234567',
    '0049 171 1234567',
    '+1 (415) 555-0100 ext. 12',
    '4917112345678',
    '1-800-5550100',
    '0',
  ]
  const named = [...countries.flatMap(({ iso3, names }) => [names[0] ?? iso3]), null, 'Nowhere']
  const rows = named.flatMap((country, i) => {
    const all = [...ways, `00${countries[i % countries.length]?.callingCode}123456789`]
    return [[all[i % all.length] ?? '', country] as const, [all.at(-1) ?? '', country] as const]
  })
  const listed = rows.map(([raw, country]) => sql`(${value(raw)}, ${value(country)})`)
  const many = await engine.rows(
    phones(sql`select * from (values ${join(listed)}) n(raw, country)`),
  )
  const nameOf = (raw: unknown, country: unknown) => `${raw} ${country}`
  const expected = new Map(many.map((row) => [nameOf(row['raw'], row['country']), row['value']]))
  const asker = await readyPhone(engine)
  for (const [raw, country] of rows)
    expect([raw, country, (await asker.ask(raw, country ?? undefined)) ?? null]).toEqual([
      raw,
      country,
      expected.get(nameOf(raw, country)),
    ])
  await asker.close()
}, 30_000)
