import type { DefinitionPlan } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { verdictOf } from './verdict.ts'

const published = {
  kind: 'ruleset',
  key: 'people',
  version: 3,
  changedAt: '2026-01-01T00:00:00Z',
  body: { on: 'individual' },
}
const plan = (of: Partial<DefinitionPlan>): DefinitionPlan => ({
  create: [],
  change: [],
  remove: [],
  unchanged: [],
  problems: [],
  warnings: [],
  text: '',
  ...of,
})
const change = {
  kind: 'ruleset',
  key: 'people',
  body: { on: 'account' },
  over: 3,
  fields: [{ at: 'on', old: 'individual', new: 'account' }],
}
const problem = { code: 'x', at: 'on', say: 'no', path: 'on' }

test('what differs and has no problem may be published', () => {
  expect(verdictOf(plan({ change: [change] }), published)).toMatchObject({
    body: { on: 'account' },
    differences: change.fields,
    isApplicable: true,
  })
})

test('what is as it is published may not, nor what something speaks against', () => {
  const same = verdictOf(plan({ unchanged: [published] }), published)
  expect(same).toMatchObject({ body: published.body, differences: [], isApplicable: false })
  const wrong = verdictOf(plan({ change: [change], problems: [problem] }), published)
  expect(wrong).toMatchObject({ body: { on: 'account' }, isApplicable: false })
})

test('what cannot be read has no body', () => {
  expect(verdictOf(plan({ problems: [problem] }), published).body).toBeUndefined()
})

test('a text that speaks of something else is not published under this name', () => {
  const other = { kind: 'ruleset', key: 'others', body: {} }
  expect(verdictOf(plan({ change: [change], create: [other] }), published)).toMatchObject({
    strangers: ['ruleset/others'],
    isApplicable: false,
  })
})

test('what is new may have any key that is free', () => {
  const fresh = { ...published, key: 'new_one', version: 0, body: {} }
  const created = { kind: 'ruleset', key: 'friends', body: { on: 'individual' } }
  expect(verdictOf(plan({ create: [created] }), fresh)).toMatchObject({
    key: 'friends',
    body: created.body,
    strangers: [],
    isApplicable: true,
  })
  for (const there of [plan({ change: [change] }), plan({ unchanged: [published] })])
    expect(verdictOf(there, fresh)).toMatchObject({
      taken: 'people',
      strangers: [],
      isApplicable: false,
    })
})
