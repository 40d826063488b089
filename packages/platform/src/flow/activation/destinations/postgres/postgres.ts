import type { FieldType } from '#kernel/scalar.ts'
import { type Batch, defineDestination, type PayloadRow } from '../../destination.ts'
import { activationFaults } from '../../faults.ts'
import { postgresDefinition } from './definition.ts'
import { type Ask, inTransaction, type PostgresSettings } from './session.ts'
import { columnsOf, ownColumns, quote } from './table.ts'
import { testTable } from './test-table.ts'

/** Keeps a table: each batch in one transaction with a marker, so that a batch that comes again changes nothing. */
export const postgres = defineDestination({
  ...postgresDefinition,
  needs: ({ key = 'profile_id' }) => [key],
  batchSize: ({ batch_size = 5000 }) => batch_size,
  calls: ({ host, port = 5432 }) => [{ at: 'host', host, port }],
  fills: ({ host, port = 5432, database, schema = 'public', table }) =>
    `the table ${schema}.${table} of ${database} at ${host}:${port}`,
  async deliver(batch, settings, tools) {
    await tools.pace(batch.members)
    await inTransaction(tools, settings, async (ask) => {
      const target = await targetOf(ask, batch, settings)
      if (!(await isNew(ask, target, batch))) return
      for await (const rows of batch.rows()) {
        tools.signal.throwIfAborted()
        await write(ask, target, { batch, rows })
      }
      // As long as a part of the list is missing, who is not in it may be in that.
      if (batch.send === 'everything' && batch.isLast) await removeOthers(ask, target, batch)
    })
    return { result: 'sent' }
  },
  test: (settings, tools) => testTable(tools, settings),
})

const [ownerColumn, positionColumn] = ownColumns

interface Target {
  readonly table: string
  readonly markers: string
  /** The column that tells members apart. */
  readonly key: string
  /** The columns that members fill. */
  readonly columns: readonly string[]
}

async function targetOf(ask: Ask, batch: Batch, settings: PostgresSettings): Promise<Target> {
  const { schema = 'public', table: name, key = 'profile_id', create = false } = settings
  const table = `${quote(schema)}.${quote(name)}`
  // Two activations that begin at once would both make the table.
  if (create) await ask('select pg_advisory_xact_lock(hashtext($1))', [table])
  const found = await columnsOf(ask, schema, name)
  // Of members the row itself tells; of what happened to somebody the table does where it can.
  const tellsChange = batch.holds === 'a firing' && (create || found.includes('change'))
  const columns = batch.columns.filter((one) => one !== 'change' || tellsChange)
  const target = { table, markers: `${quote(schema)}.tessera_delivery`, key, columns }
  const wanted = [...columns, ownerColumn, positionColumn]
  const missing = wanted.filter((one) => !found.includes(one))
  if (missing.length > 0 && !create) {
    throw activationFaults.missing_columns({ table: `${schema}.${name}`, columns: missing })
  }
  if (found.length === 0) await createTable(ask, target, batch)
  else for (const one of missing) await addColumn(ask, target, { name: one, batch })
  if (create) {
    await ask(`create table if not exists ${target.markers}
      (target text, batch text, delivered_at timestamptz not null default now(), primary key (target, batch))`)
  }
  return target
}

const types: Readonly<Record<FieldType, string>> = {
  text: 'text',
  integer: 'bigint',
  decimal: 'numeric',
  number: 'double precision',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamptz',
  json: 'jsonb',
}

const typeOf = (name: string, batch: Batch): string =>
  name === positionColumn ? 'bigint' : types[batch.types[name] ?? 'text']

async function createTable(ask: Ask, { table, key, columns }: Target, batch: Batch): Promise<void> {
  const all = [...columns, ownerColumn, positionColumn].map(
    (name) => `${quote(name)} ${typeOf(name, batch)}${name === key ? ' not null' : ''}`,
  )
  await ask(`create table ${table} (${all.join(', ')}, primary key (${quote(key)}))`)
}

const addColumn = (
  ask: Ask,
  { table }: Target,
  of: { readonly name: string; readonly batch: Batch },
) => ask(`alter table ${table} add column ${quote(of.name)} ${typeOf(of.name, of.batch)}`)

// Where there is no table for markers, writing the same again leaves the same.
async function isNew(ask: Ask, { markers, table }: Target, batch: Batch): Promise<boolean> {
  const [[exists] = []] = await ask('select to_regclass($1) is not null', [markers])
  if (exists !== true) return true
  const rows = await ask(
    `insert into ${markers} (target, batch) values ($1, $2) on conflict do nothing returning batch`,
    [table, batch.id],
  )
  return rows.length > 0
}

async function write(
  ask: Ask,
  target: Target,
  { batch, rows }: { readonly batch: Batch; readonly rows: readonly PayloadRow[] },
): Promise<void> {
  // Who left is no member any more; that somebody left is something to write down.
  const isGone = ({ change }: PayloadRow) => batch.holds !== 'a firing' && change === 'left'
  const gone = rows.filter(isGone)
  // The last row of a key counts, and one statement may touch a row only once.
  const byKey = new Map(rows.filter((row) => !isGone(row)).map((row) => [row[target.key], row]))
  byKey.delete(null)
  const there = [...byKey.values()]
  if (gone.length > 0) await remove(ask, target, { batch, rows: gone })
  if (there.length > 0) await upsert(ask, target, { batch, rows: there })
}

// Members are found by who they are, whatever their key has become.
const person = quote('profile_id')

// What came later stays, when a batch that was given up is tried again.
async function upsert(
  ask: Ask,
  { table, key, columns }: Target,
  { batch, rows }: { readonly batch: Batch; readonly rows: readonly PayloadRow[] },
): Promise<void> {
  const names = [...columns, ownerColumn, positionColumn].map(quote)
  const values = columns.map((name) => `r.${quote(name)}`)
  const sent = JSON.stringify(rows)
  // Several things can happen to somebody; a member has one row.
  if (key !== 'profile_id' && batch.holds !== 'a firing') {
    await ask(
      `delete from ${table} as t using jsonb_populate_recordset(null::${table}, $1::jsonb) r
       where t.${person} = r.${person} and t.${quote(key)} <> r.${quote(key)}
         and t.${ownerColumn} = $2 and t.${positionColumn} <= $3`,
      [sent, batch.activation, batch.to],
    )
  }
  const sets = names
    .filter((name) => name !== quote(key))
    .map((name) => `${name} = excluded.${name}`)
  await ask(
    `insert into ${table} as t (${names.join(', ')})
     select ${values.join(', ')}, $2, $3 from jsonb_populate_recordset(null::${table}, $1::jsonb) r
     on conflict (${quote(key)}) do update set ${sets.join(', ')}
     where coalesce(t.${positionColumn}, 0) <= $3`,
    [sent, batch.activation, batch.to],
  )
}

// Whom another activation has put into the same table is not ours to remove.
async function remove(
  ask: Ask,
  { table }: Target,
  { batch, rows }: { readonly batch: Batch; readonly rows: readonly PayloadRow[] },
): Promise<void> {
  const people = JSON.stringify(rows.map(({ profile_id }) => ({ profile_id })))
  await ask(
    `delete from ${table} as t using jsonb_populate_recordset(null::${table}, $1::jsonb) r
     where t.${person} = r.${person} and t.${ownerColumn} = $2 and t.${positionColumn} <= $3`,
    [people, batch.activation, batch.to],
  )
}

const removeOthers = (ask: Ask, { table }: Target, { activation, to }: Batch) =>
  ask(`delete from ${table} where ${ownerColumn} = $1 and ${positionColumn} < $2`, [activation, to])
