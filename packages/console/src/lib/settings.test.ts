import { expect, test } from 'vitest'
import { membersAt } from './schema.ts'
import { isLongText, schemaWith } from './settings.ts'

const kind = {
  type: 'object',
  properties: { type: { type: 'string' }, settings: { type: 'object' } },
}
const mail = {
  type: 'object',
  properties: {
    host: { type: 'string' },
    password: { 'x-secret': true, type: 'object', properties: { secret: { type: 'string' } } },
    text: { type: 'string' },
  },
}

test('settings are asked for as their type has them', () => {
  const schema = schemaWith(kind, mail)
  expect([...membersAt(schema, ['settings']).keys()]).toEqual(['host', 'password', 'text'])
  expect([...membersAt(schema, []).keys()]).toEqual(['type', 'settings'])
  expect(['host', 'text'].filter(isLongText)).toEqual(['text'])
})

test('without a type, settings are left to the text', () => {
  expect(schemaWith(kind, undefined)).toBe(kind)
})
