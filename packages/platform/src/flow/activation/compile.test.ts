import { expect, test } from 'vitest'
import { duckdb, print, sql, table } from '#engine'
import { columnsOf, modelOf } from '#model'
import { contentHash, judgedOf, peopleOf } from './compile.ts'
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
const columnsIn = (object: string) =>
  new Set(
    object === 'contact_point_email' || object === 'contact_point_consent'
      ? columnsOf(modelOf([]).get(object)).map(([name]) => name)
      : [],
  )
const who = table('stage', 'who')
const around = {
  on: 'individual',
  modelTables: new Set(['contact_point_email', 'sales_order']),
  model: modelOf([]),
  consent: { columns: columnsIn, now: new Date('2026-03-01T00:00:00Z') },
}
const line = { activation: 'vips_to_shop', destination: 'shop', position: 7 }

const rich: ActivationBody = {
  segment: 'vips',
  destination: 'shop',
  send: 'changes',
  updates: true,
  filter: "country = 'NL'",
  attributes: [
    { as: 'Shout', formula: 'upper(first_name)', required: true },
    { as: 'work', contact_point: 'email', purpose: 'work', consent: true, required: true },
    {
      as: 'orders',
      related: 'sales_order',
      fields: [{ as: 'Number', field: 'order_number' }],
      where: "status <> 'cancelled'",
      order: { field: 'purchased_at', descending: true },
      limit: 3,
    },
  ],
}

test.each([
  ['people', peopleOf(activation, line)],
  ['changes', judgedOf(activation, who, around)],
  ['everything', judgedOf({ ...activation, send: 'everything', attributes: [] }, who, around)],
  ['people-all', peopleOf(rich, line)],
  ['rich', judgedOf(rich, who, around)],
])('the SQL of %s', async (name, query) => {
  const { text } = print(query, duckdb)
  await expect(`${text.trim()}\n`).toMatchFileSnapshot(`goldens/${name}.duckdb.sql`)
})

test('what is called otherwise is told from what was sent', () => {
  const hashOf = (as: string) => print(sql`${contentHash([{ as, field: 'city' }])}`, duckdb)
  expect(hashOf('city')).toEqual(hashOf('city'))
  expect(hashOf('town')).not.toEqual(hashOf('city'))
})
