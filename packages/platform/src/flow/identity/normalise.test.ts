import { getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js'
import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' }
import { describe, expect, test } from 'vitest'
import { column, join, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import type { Form } from './forms.ts'
import { type cleaned, searchWords, searchWordsIn, tidied } from './normalise.ts'
import { phones } from './phones.ts'

const engine = await memoryEngine()

async function tidy(form: keyof typeof cleaned, of: string) {
  const [row] = await engine.rows(sql`select ${tidied(form, value(of))} as v`)
  return row?.['v']
}

test.each<[Exclude<Form, 'phone' | 'country'>, readonly string[], string | null]>([
  ['email', [' Ada@Example.COM', 'ada+shop@example.com'], 'ada@example.com'],
  ['email', ['a.d.a@gmail.com', 'ADA+x@googlemail.com'], 'ada@gmail.com'],
  ['email', ['n/a', '', 'unknown', 'a b@c.de', '@x.de', '+x@y.de'], null],
  ['name', ['Müller', 'MUELLER ', 'muller'], 'muller'],
  ['name', ['Jean-Pierre', 'jean pierre', 'JEAN  PIERRE'], 'jeanpierre'],
  ['name', ['O’Brien', "O'BRIEN"], 'obrien'],
  ['name', ['Ångström', 'angstrom'], 'angstrom'],
  ['name', ['Иванов', 'ИВАНОВ'], 'иванов'],
  ['name', ['', ' - ', '.'], null],
  ['street', ['Hauptstraße 5', 'Hauptstr. 5', 'HAUPTSTRASSE 5'], 'hauptstr5'],
  ['street', ['12 Park Road', '12, park rd.'], '12parkrd'],
  ['street', ['12 Park Street'], '12parkst'],
  ['street', ['7 Rue des Fleurs', '7 R. des Fleurs'], '7rdesfleurs'],
  ['street', ['Via Roma 4', 'V. Roma 4'], 'vroma4'],
  ['street', ['Storgatan 3', 'Storg. 3'], 'storg3'],
  ['street', ['Avenida del Sol, 3', 'Avda. del Sol, 3'], 'avedelsol3'],
  ['street', ['Calle Mayor, 1', 'C/ Mayor, 1', 'C/Mayor 1'], 'cmayor1'],
  ['street', ['Paseo Nuevo, 2', 'P.º Nuevo, 2'], 'psnuvo2'],
  ['company', ['ACME GmbH & Co. KG', 'Acme', 'ACME gmbh', 'The Acme Company'], 'acme'],
  ['company', ['Bici S.r.l.', 'Bici srl', 'BICI'], 'bici'],
  ['company', ['AG', 'ag'], 'ag'],
  ['company', ['Smith & Sons Ltd', 'Smith and Sons Limited'], 'smithandsons'],
  ['postcode', ['SW1A 1AA', 'sw1a1aa'], 'sw1a1aa'],
  ['postcode', ['D-80331', '80331'], '80331'],
  ['website', ['https://www.Acme.com/about?x', 'acme.com'], 'acme.com'],
])('%s %j is %j', async (form, written, expected) => {
  for (const of of written) expect([of, await tidy(form, of)]).toEqual([of, expected])
})

test('exact comparison sees letters and accents, but neither case nor blanks around', async () => {
  const [row] = await engine.rows(
    sql`select ${tidied('exact', value(' Zoë '))} as a, ${tidied('exact', value('  '))} as b`,
  )
  expect(row).toEqual({ a: 'zoë', b: null })
})

test('words to search for are the same for one value and for a relation of them', async () => {
  const names = [
    'Ada Lovelace',
    ' JOEL  Mueller-Süß ',
    "O'Brien,",
    'Иван Иванов',
    'a__b',
    'Zoë',
    ' - ',
  ]
  const rows = join(
    names.map((name, i) => sql`select ${value(i)} as record, ${value(name)} as value`),
    sql` union all `,
  )
  const each = join(names.map((name, i) => sql`${searchWords(value(name))} as ${column(`w${i}`)}`))
  const [one = {}] = await engine.rows(sql`select ${each}`)
  const all = await engine.rows(sql`select value from (${searchWordsIn(rows)}) w order by record`)
  expect(all.map(({ value: words }) => words)).toEqual(Object.values(one))
  expect(one['w1']).toBe('jol muller suss')
})

async function dial(numbers: readonly (readonly [raw: string, country: string | null])[]) {
  const rows = join(
    numbers.map(
      ([raw, country], i) =>
        sql`select ${value(i)} as i, ${value(raw)} as raw, ${value(country, 'text')} as country`,
    ),
    sql` union all `,
  )
  const found = await engine.rows(
    sql`select i.i, n.value from (${rows}) i left join (${phones(sql`select distinct raw, country from (${rows}) r`)}) n
      on n.raw = i.raw and n.country is not distinct from i.country order by 1`,
  )
  return found.map((row) => row['value'])
}

describe('telephone numbers', () => {
  test.each([
    ['0171 1234567', 'DE', '+491711234567'],
    ['0171/1234567', 'Germany', '+491711234567'],
    ['0171-1234567', 'Deutschland', '+491711234567'],
    ['+49 (0)171 1234567', null, '+491711234567'],
    ['0049 171 1234567', 'FR', '+491711234567'],
    ['49 171 1234567', 'DEU', '+491711234567'],
    ['06 12345678', 'IT', '+390612345678'],
    ['+39 06 12345678', null, '+390612345678'],
    ['1-415-555-2671', 'US', '+14155552671'],
    ['(415) 555-2671 ext. 12', 'United States of America', '+14155552671'],
    ['011 44 20 7946 0018', 'usa', '+442079460018'],
    ['8 (912) 345-67-89', 'Russia', '+79123456789'],
    ['8001234567', 'RU', '+78001234567'],
    ['06 1 234 5678', 'HU', '+3612345678'],
    ['020 7946 0018', 'England', '+442079460018'],
    ['020 7946 0018', null, '02079460018'],
    ['000000000', 'DE', null],
    ['n/a', 'DE', null],
    ['12', 'DE', null],
    ['+999 123456789', null, null],
  ])('%s in %s', async (raw, country, expected) => {
    expect(await dial([[raw, country]])).toEqual([expected])
  })

  test('agree with libphonenumber, however they are written', async () => {
    const written = getCountries().flatMap((country) => {
      const number = getExampleNumber(country, examples)
      if (!number) return []
      const international = number.formatInternational()
      return [
        [number.formatNational(), country],
        [international, null],
        [international.replace('+', '00'), 'DE'],
        [international.replace(/ /g, '-'), country],
      ] as const
    })
    const ours = await dial(written)
    const wrong = written.flatMap(([raw, country], i) => {
      const theirs = parsePhoneNumberFromString(raw, country ?? undefined)?.number
      return theirs === undefined || theirs === ours[i] ? [] : [[raw, country, theirs, ours[i]]]
    })
    expect(written.length).toBeGreaterThan(900)
    expect(wrong.length / written.length, JSON.stringify(wrong)).toBeLessThan(0.01)
  })
})
