import { expect, test } from 'vitest'
import { attributesFrom } from './attributes.ts'

test('what some mapping fills goes along, and no more', () => {
  const mapping = {
    stream: 's',
    qualifier: 's',
    objects: [
      { object: 'individual', fields: { id: 'id', last_name: 'name', gender: 'sex' } },
      { object: 'contact_point_email', fields: { id: 'id', email_address: 'mail' } },
    ],
  }
  expect(attributesFrom([mapping])).toEqual([
    { as: 'last_name', field: 'last_name' },
    { as: 'email', contact_point: 'email' },
  ])
  expect(attributesFrom([])).toEqual([])
})
