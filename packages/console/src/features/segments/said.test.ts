import { expect, test } from 'vitest'
import type { Body } from '../../lib/body.ts'
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
const inner: Body = { include: { any: [country] } }
const segments = new Map([
  ['vips', inner],
  ['asked', { ...inner, parameters: { land: {} } }],
])
const said = (membership: Body, at: string) => saidAt(of, membership, { at, segments })
const include = { all: [country, { not: { segment: 'vips', use: 'definition' } }] }

test('conditions are told in the words of the form, with labels instead of keys', () => {
  expect(said({ include }, 'include.all[0]')).toMatch(/^Country is/)
  expect(said({ include }, 'include.all[1].not')).toContain('Best customers')
})

test('what joins conditions, or is told better by the server is left to it', () => {
  for (const at of [
    'include',
    'include.all[1]',
    'include.all[1].not.include',
    'sql',
    'waterfall[0]',
  ])
    expect(said({ include }, at)).toBeUndefined()
  expect(said({ include, parameters: { land: {} } }, 'include.all[0]')).toBeUndefined()
  const exact = { ...country, case_sensitive: true }
  expect(said({ include: exact }, 'include')).toBeUndefined()
})

test('conditions of another segment are told in the same words', () => {
  expect(said({ include }, 'include.all[1].not.include.any[0]')).toMatch(/^Country is/)
  const waterfall = ['vips', 'asked']
  expect(said({ waterfall }, 'waterfall[0].include.any[0]')).toMatch(/^Country is/)
  expect(said({ waterfall }, 'waterfall[1].include.any[0]')).toBeUndefined()
  expect(said({ waterfall: ['gone'] }, 'waterfall[0].include.any[0]')).toBeUndefined()
})
