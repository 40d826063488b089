import { expect, test } from 'vitest'
import type { LakeField } from '#lake'
import { proposeMapping } from './propose.ts'

const fields = (...names: string[]): (LakeField & { examples?: string[] })[] =>
  names.map((name) => ({ name, label: name, type: 'text' }))
const propose = (...names: string[]) =>
  proposeMapping({ stream: 's', qualifier: 's', fields: fields(...names) })

test('a customer list fills a person and how to reach them', () => {
  const proposed = propose(
    'customer_id',
    'vorname',
    'nachname',
    'email',
    'mobile',
    'street',
    'zip',
    'city',
    'country',
  )
  expect(proposed?.primaryKey).toBe('customer_id')
  expect(
    proposed?.mapping.objects.map(({ object, fields: f }) => [object, Object.keys(f)]),
  ).toEqual([
    ['individual', ['id', 'first_name', 'last_name', 'city', 'country']],
    ['contact_point_email', ['id', 'individual_id', 'email_address']],
    ['contact_point_phone', ['id', 'individual_id', 'telephone_number', 'country']],
    [
      'contact_point_address',
      ['id', 'individual_id', 'address_line_1', 'postal_code', 'city', 'country'],
    ],
  ])
})

test('an e-mail column is known by its values, whatever it is called', () => {
  const proposed = proposeMapping({
    stream: 's',
    qualifier: 's',
    fields: [{ name: 'wer', label: 'wer', type: 'text', examples: ['a@b.de', 'c@d.fr'] }],
  })
  expect(proposed?.mapping.objects.at(-1)?.fields['email_address']).toBe('wer')
})

test('a file without anything of a person is not mapped', () => {
  expect(propose('sku', 'price')).toBeUndefined()
})

test.each([
  ['03.04.1970', "parse_date(trim(dob), '%d.%m.%Y')"],
  ['5/14/1965', "parse_date(trim(dob), '%m/%d/%Y')"],
  ['14/5/1965', "parse_date(trim(dob), '%d/%m/%Y')"],
  ['1970-04-03', 'dob'],
])('a birth date that is written %s is filled by %s', (example, formula) => {
  const proposed = proposeMapping({
    stream: 's',
    qualifier: 's',
    fields: [{ name: 'dob', label: 'dob', type: 'text', examples: [example] }],
  })
  expect(proposed?.mapping.objects[0]?.fields['birth_date']).toBe(formula)
})
