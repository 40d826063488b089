import { expect, test } from 'vitest'
import { duckdb, print, table } from '#engine'
import { payloadOf, verdicts } from './compile.ts'
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
const who = table('stage', 'who')
const around = { on: 'individual', modelTables: new Set(['contact_point_email']) }
const line = { activation: 'vips_to_shop', destination: 'shop', position: 7 }

test.each([
  ['verdicts', verdicts(activation, line)],
  ['changes', payloadOf(activation, who, around)],
  ['everything', payloadOf({ ...activation, send: 'everything', attributes: [] }, who, around)],
])('the SQL of %s', async (name, query) => {
  const { text } = print(query, duckdb)
  await expect(`${text.trim()}\n`).toMatchFileSnapshot(`goldens/${name}.duckdb.sql`)
})
