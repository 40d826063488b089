import { expect, test } from 'vitest'
import type { ModelObjectFacts } from '../../lib/model.ts'
import { suggestionsFor } from './suggest.ts'

const individual: ModelObjectFacts = {
  key: 'individual',
  label: 'Individual',
  origin: 'standard',
  subject_area: 'party',
  category: 'profile',
  fields: {
    id: { type: 'text' },
    first_name: { type: 'text', label: 'First name' },
    city: { type: 'text', label: 'Town' },
    birth_date: { type: 'date' },
  },
}
const draft = {
  stream: 's',
  qualifier: 's',
  objects: [{ object: 'individual', fields: { id: 'no' } }],
}
const of = (names: readonly string[], proposed?: typeof draft) =>
  suggestionsFor(draft, {
    fields: names.map((name) => ({ name })),
    objects: [individual],
    proposed,
  }).map(({ field, formula, why }) => [field, formula, why])

test('fields of the same name are suggested, also by their label', () => {
  expect(of(['no', 'firstName', 'town'])).toEqual([
    ['first_name', '"firstName"', 'name'],
    ['city', 'town', 'name'],
  ])
})

test('what the server finds in the values is suggested too, but not what is filled', () => {
  const fields = { id: 'other', birth_date: "parse_date(born, '%d.%m.%Y')" }
  expect(of(['no'], { ...draft, objects: [{ object: 'individual', fields }] })).toEqual([
    ['birth_date', "parse_date(born, '%d.%m.%Y')", 'content'],
  ])
})
