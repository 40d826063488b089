import { column, type Engine, join, type Part, sql, table, typeName, value } from '#engine'
import { linkTable, unifiedTable } from '#identity'
import type { FieldType, Scalar } from '#kernel/scalar.ts'
import { columnsOf, type Model, modelOf, modelTable, pathTo, systemColumns } from '#model'
import type { Relation } from '#query'

/** A row by its fields; `profile` says whose it is. What is left out is empty. */
export type TenantRow = Readonly<Record<string, Scalar | bigint>>

/** The standard model. */
export const tenantModel: Model = modelOf([])

/** Ids of profiles as the tenant's people have them: beyond what a double can hold. */
export const profileId = (n: number): bigint => 9_100_000_000_000_000_000n + BigInt(n)

const personTable = table('unified', 'individual')
const redirects = table('unified', 'redirect_individual')

const personColumns: readonly (readonly [string, FieldType])[] = [
  ['profile', 'integer'],
  ...Object.entries(tenantModel.get('individual').fields).flatMap(([name, { type }]) =>
    name === 'id' ? [] : [[name, type] as const],
  ),
  ['record_count', 'integer'],
  ['first_seen', 'integer'],
]

/** Puts these unified people in place of those there were. */
export const setPeople = (engine: Engine, rows: readonly TenantRow[]): Promise<void> =>
  engine.change('people', (writer) => fill(writer, personTable, personColumns, rows))

/** Unified accounts as users name them, where a ruleset is about accounts. */
export const accountRelation: Relation = {
  name: 'unified_account',
  table: unifiedTable('account'),
  columns: [
    { name: 'profile_id', type: 'integer', physical: 'profile' },
    { name: 'name', type: 'text' },
    { name: 'record_count', type: 'integer' },
  ],
}

/** Puts these unified accounts, with the keys of the records that they are made of, in place of those there were. */
export const setAccounts = (
  engine: Engine,
  accounts: readonly {
    readonly id: number
    readonly name: string
    readonly records: readonly number[]
  }[],
): Promise<void> =>
  engine.change('accounts', async (writer) => {
    const integer = (name: string) => [name, 'integer'] as const
    const rows = accounts.map(({ id, name, records: { length } }) => ({
      profile: id,
      name,
      record_count: length,
    }))
    const shape = [integer('profile'), ['name', 'text'] as const, integer('record_count')]
    await fill(writer, unifiedTable('account'), shape, rows)
    const links = accounts.flatMap(({ id, records }) =>
      records.map((record) => ({ record, profile: id })),
    )
    await fill(writer, linkTable('account'), [integer('record'), integer('profile')], links)
  })

/** Puts these rows of a model object in place of those there were; `profile` is whose they are. */
export const setRows = (
  engine: Engine,
  object: string,
  rows: readonly TenantRow[],
): Promise<void> =>
  engine.change(object, (writer) =>
    fill(
      writer,
      modelTable(object),
      columnsOf(tenantModel.get(object)),
      rows.map(({ profile, ...row }) => ({ ...row, [systemColumns.profile]: profile ?? null })),
    ),
  )

/** Says that profiles were merged: the first of each pair into the second. */
export async function mergePeople(
  engine: Engine,
  pairs: readonly (readonly [old: bigint, now: bigint])[],
): Promise<void> {
  await engine.change('redirects', async (writer) => {
    await makeRedirects(writer)
    for (const [old, now] of pairs) {
      await writer.run(
        sql`insert into ${redirects} values (${join([value(old), value(now), value(1)])})`,
      )
      await writer.run(sql`delete from ${personTable} where profile = ${value(old)}`)
    }
  })
}

interface Runs {
  readonly run: (statement: Part) => Promise<unknown>
}

async function makeRedirects(writer: Runs): Promise<void> {
  const id = typeName('integer')
  await writer.run(
    sql`create table if not exists ${redirects} (${column('old')} ${id}, ${column('new')} ${id}, position ${id})`,
  )
}

async function fill(
  writer: Runs,
  name: ReturnType<typeof table>,
  columns: readonly (readonly [string, FieldType])[],
  rows: readonly TenantRow[],
): Promise<void> {
  await makeRedirects(writer)
  const shape = join(columns.map(([of, type]) => sql`${column(of)} ${typeName(type)}`))
  await writer.run(sql`create or replace table ${name} (${shape})`)
  if (rows.length === 0) return
  const used = columns.filter(([of]) => rows.some((row) => of in row))
  const unknown = rows.flatMap(Object.keys).filter((key) => !used.some(([of]) => of === key))
  if (unknown.length > 0) throw new Error(`the tenant has no ${unknown[0]}`)
  const values = rows.map(
    (row) => sql`(${join(used.map(([of, type]) => value(row[of] ?? null, type)))})`,
  )
  await writer.run(
    sql`insert into ${name} (${join(used.map(([of]) => column(of)))}) values ${join(values)}`,
  )
}

/** Five people, four of whom have ordered; one order belongs to nobody yet. */
export async function fillTenant(engine: Engine): Promise<void> {
  await setPeople(
    engine,
    people.map(([n, fields]) => ({ profile: profileId(n), ...fields })),
  )
  await setRows(
    engine,
    'sales_order',
    orders.map(([of, purchased_at, grand_total_amount, channel], i) => ({
      id: `o${i + 1}`,
      _key: BigInt(i + 1),
      profile: of === null ? null : profileId(of),
      purchased_at,
      grand_total_amount,
      channel,
    })),
  )
}

const people: readonly (readonly [number, TenantRow])[] = [
  [
    1,
    {
      first_name: 'Ada',
      last_name: 'Byron',
      country: 'France',
      birth_date: '1985-12-10',
      number_of_children: 2,
      owns_home: true,
    },
  ],
  [
    2,
    {
      first_name: 'Bob',
      last_name: 'Stone',
      country: 'FRANCE',
      yearly_income: '52000.5',
      number_of_children: 0,
      owns_home: false,
    },
  ],
  [
    3,
    {
      first_name: 'Cleo',
      last_name: "O'Hara",
      country: "Côte d'Ivoire",
      created_at: '2026-01-31T10:00:00Z',
    },
  ],
  [4, { first_name: 'Dan', country: '' }],
  [5, { person_name: 'Eve Adams', yearly_income: '10' }],
]

type Order = readonly [of: number | null, at: string, amount: string, channel: string]

const orders: readonly Order[] = [
  [1, '2026-01-05T09:00:00Z', '100.50', 'web'],
  [1, '2026-02-10T09:00:00Z', '20', 'store'],
  [1, '2025-06-01T09:00:00Z', '300', 'web'],
  [2, '2026-02-14T09:00:00Z', '15.25', 'store'],
  [3, '2024-01-01T00:00:00Z', '1000', 'Web'],
  [5, '2026-02-15T12:00:00Z', '40', 'web'],
  [null, '2026-02-15T13:00:00Z', '77', 'web'],
]

/** The tenant's relations as users name them: the model objects, and the unified person. */
export const tenantRelations: readonly Relation[] = [
  ...tenantModel.objects.map((object): Relation => {
    const fields = Object.entries(object.fields).map(([name, { type }]) => ({ name, type }))
    const isPersonal = pathTo(tenantModel, object, 'individual') !== undefined
    const person = { name: 'profile_id', type: 'integer', physical: systemColumns.profile } as const
    return {
      name: object.key,
      table: modelTable(object.key),
      columns: isPersonal ? [person, ...fields] : fields,
    }
  }),
  {
    name: 'unified_individual',
    table: personTable,
    columns: personColumns.map(([name, type]) =>
      name === 'profile' ? { name: 'profile_id', type, physical: name } : { name, type },
    ),
  },
]
