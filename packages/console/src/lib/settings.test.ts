import { expect, test } from 'vitest'
import { membersAt } from './schema.ts'
import { schemaWith, settingsOf } from './settings.ts'

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
  expect(settingsOf(mail)).toEqual({ secrets: ['password'], long: ['text'] })
})

test('without a type, settings are left to the text', () => {
  expect(schemaWith(kind, undefined)).toBe(kind)
  expect(settingsOf(undefined)).toEqual({ secrets: [], long: [] })
})
