import { expect, test } from 'vitest'
import { keptKey, keyOf, textOf } from './draft.ts'

const fresh = { kind: 'segment', key: 'new_segment', version: 0, changedAt: '', body: {} }
const text = { over: 0, text: 'kind: segment\nkey: my_own_key\nlabel: Best\n' }

test('a key that was written in the text of something new stays when a field is edited', () => {
  const kept = keptKey(fresh, text, { key: 'my_own_key', body: { label: 'Best' } })
  expect(kept).toEqual({ key: 'my_own_key' })
  const draft = { over: 0, body: { label: 'Better' }, ...kept }
  expect(keyOf(fresh, draft)).toBe('my_own_key')
  expect(textOf(fresh, draft)).toContain('key: my_own_key\n')
})

test('a key that was made of the name follows the name', () => {
  const made = keptKey(fresh, text, { key: 'best', body: { label: 'Best' } })
  expect(made).toEqual({})
  expect(keyOf(fresh, { over: 0, body: { label: 'Better' }, ...made })).toBe('better')
  const unnamed = keptKey(fresh, text, { key: 'new_segment', body: {} })
  expect(unnamed).toEqual({})
})

test('a form keeps its own key; what is published has no other', () => {
  const form = { over: 0, body: { label: 'Best' }, key: 'mine' }
  expect(keptKey(fresh, form, undefined)).toEqual({ key: 'mine' })
  expect(keptKey(fresh, undefined, undefined)).toEqual({})
  const there = { ...fresh, version: 2 }
  expect(keptKey(there, text, { key: 'my_own_key', body: {} })).toEqual({})
})
