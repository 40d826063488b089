import { expect, test } from 'vitest'
import { saidAt } from './said.ts'
import type { Vocabulary } from './vocabulary.ts'

const of: Vocabulary = {
  on: 'individual',
  objects: [
    {
      key: 'individual',
      label: 'Individual',
      fields: { home_country: { type: 'text', label: 'Country' } },
    },
  ],
  subjects: {
    person: { home_country: 'text' },
    objects: {},
    insights: {},
    segments: ['vips'],
    operators: {},
    takes: {},
  },
  segments: new Map([['vips', 'Best customers']]),
  insights: new Map(),
}
const country = { field: 'home_country', op: 'is', value: 'FR' }
const include = { all: [country, { not: { segment: 'vips', use: 'definition' } }] }

test('conditions are told in the words of the form, with labels instead of keys', () => {
  expect(saidAt(of, { include }, 'include.all[0]')).toMatch(/^Country is/)
  expect(saidAt(of, { include }, 'include.all[1].not')).toContain('Best customers')
})

test('what joins conditions, lies in another segment, or is told better by the server is left to it', () => {
  for (const at of ['include', 'include.all[1]', 'include.all[1].not.include', 'sql'])
    expect(saidAt(of, { include }, at)).toBeUndefined()
  expect(saidAt(of, { include, parameters: { land: {} } }, 'include.all[0]')).toBeUndefined()
  const exact = { ...country, case_sensitive: true }
  expect(saidAt(of, { include: exact }, 'include')).toBeUndefined()
})
