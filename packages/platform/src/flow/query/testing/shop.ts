import { type Engine, sql, table } from '#engine'
import type { Relation } from '../relation.ts'

/** Two relations over tables whose names and inner columns users must never see. */
export const shop: readonly Relation[] = [
  {
    name: 'lake.crm_contacts',
    label: 'Contacts',
    table: table('lake', 'crm_contacts'),
    columns: [
      { name: 'id', type: 'integer' },
      { name: 'email', type: 'text' },
      { name: 'First Name', type: 'text', physical: 'first_name' },
      { name: 'born', type: 'date' },
    ],
  },
  {
    name: 'sales_order',
    table: table('model', 'sales_order'),
    columns: [
      { name: 'id', type: 'integer' },
      { name: 'profile_id', type: 'integer', physical: '_profile' },
      { name: 'total', type: 'decimal' },
      { name: 'ordered_at', type: 'timestamp' },
    ],
  },
]

/** Fills the tables of the shop; `_secret` is no column of the catalogue. */
export async function fillShop(engine: Engine): Promise<void> {
  await engine.change('the shop', async (writer) => {
    await writer.run(sql`create table lake.crm_contacts as select * from (values
      (1, 'ada@x.org', 'Ada', date '1990-01-01', 'hush', 11), (2, 'bob@y.org', 'Bob', date '1985-06-30', 'hush', 12),
      (3, null, 'O''Hara', null, 'hush', 13)) t(id, email, first_name, born, _secret, _position)`)
    await writer.run(sql`create table model.sales_order as select * from (values
      (10, 1, cast(9.5 as decimal(18,4)), timestamp '2026-01-01 10:00:00', 'hush'), (11, 1, 20.25, timestamp '2026-02-01 10:00:00', 'hush'),
      (12, 2, 5, timestamp '2026-02-03 10:00:00', 'hush')) t(id, _profile, total, ordered_at, _secret)`)
  })
}
