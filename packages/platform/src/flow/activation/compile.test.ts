import { expect, test } from 'vitest'
import { duckdb, print } from '#engine'
import { payloadOf } from './compile.ts'
import type { ActivationBody } from './definition.ts'

const activation: ActivationBody = {
  segment: 'vips',
  destination: 'shop',
  send: 'changes',
  attributes: [
    { as: 'Name', field: 'first_name' },
    { as: 'value', insight: 'lifetime_value.total' },
    { as: 'mail', contact_point: 'email', sources: ['crm'] },
  ],
}
const at = { segment: 'vips', position: 9 }
const since = { segment: 'vips', position: 7 }
const around = { on: 'individual', modelTables: new Set(['contact_point_email']) }

test.each([
  ['changes', activation, { at, since }],
  ['everything', { ...activation, send: 'everything' as const, attributes: [] }, { at }],
])('the SQL of %s', async (name, of, scope) => {
  const { text } = print(payloadOf(of, scope, around), duckdb)
  await expect(`${text}\n`).toMatchFileSnapshot(`goldens/${name}.duckdb.sql`)
})
