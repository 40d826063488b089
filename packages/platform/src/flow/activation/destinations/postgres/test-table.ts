import type { TestTools } from '../../destination.ts'
import { activationFaults } from '../../faults.ts'
import { type Ask, inTransaction, type PostgresSettings } from './session.ts'
import { columnsOf, ownColumns, quote } from './table.ts'

/** Signs in and reads which rights there are; nothing is made or changed. */
export async function* testTable(
  tools: TestTools,
  settings: PostgresSettings,
): AsyncGenerator<string> {
  const { host, port = 5432, user, database } = settings
  const seen = await inTransaction(tools, settings, (ask) => lookAt(ask, settings))
  yield `signed in to ${database} at ${host}:${port} as ${user}`
  // What lacks is told after what went well.
  yield* seen.well
  if (seen.lack !== undefined)
    throw activationFaults.database_refused({ at: `${host}:${port}`, why: seen.lack })
  if (seen.fault !== undefined) throw seen.fault
}

interface Seen {
  readonly well: readonly string[]
  readonly lack?: string
  readonly fault?: Error
}

async function lookAt(ask: Ask, settings: PostgresSettings): Promise<Seen> {
  const { schema = 'public', table: name, key = 'profile_id', create = false } = settings
  const table = `${schema}.${name}`
  if (!(await isTrue(ask, 'select to_regnamespace($1) is not null', [quote(schema)])))
    return { well: [], lack: `there is no schema ${schema}` }
  const quoted = `${quote(schema)}.${quote(name)}`
  if (!(await isTrue(ask, 'select to_regclass($1) is not null', [quoted])))
    return lookAtSchema(ask, { schema, table, create })
  const found = await columnsOf(ask, schema, name)
  const missing = [key, ...ownColumns].filter((one) => !found.includes(one))
  if (missing.length > 0 && !create) {
    return { well: [], fault: activationFaults.missing_columns({ table, columns: missing }) }
  }
  const lacking = await rightsLacking(ask, quoted)
  if (lacking.length > 0) return { well: [], lack: `no right to ${lacking.join(', ')} in ${table}` }
  if (!missing.includes(key) && !(await isKey(ask, quoted, key)))
    return { well: [], lack: `no unique index of ${table} is on ${key} alone` }
  return { well: [`${table} can be read and changed`] }
}

async function lookAtSchema(
  ask: Ask,
  of: { readonly schema: string; readonly table: string; readonly create: boolean },
): Promise<Seen> {
  const { schema, table, create } = of
  if (!create) return { well: [], lack: `there is no table ${table}, and \`create\` is not set` }
  const may = await isTrue(ask, `select has_schema_privilege($1, 'create')`, [schema])
  return may
    ? { well: [`${table} is not there yet and can be made`] }
    : { well: [], lack: `no right to make a table in ${schema}` }
}

const rights = ['select', 'insert', 'update', 'delete'] as const

async function rightsLacking(ask: Ask, table: string): Promise<readonly string[]> {
  const asked = rights.map((one) => `has_table_privilege($1, '${one}')`)
  const [held = []] = await ask(`select ${asked.join(', ')}`, [table])
  return rights.filter((_, i) => held[i] !== true)
}

const isKey = (ask: Ask, table: string, key: string): Promise<boolean> =>
  isTrue(
    ask,
    `select exists (select 1 from pg_index i
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
       where i.indrelid = to_regclass($1) and i.indisunique and i.indnkeyatts = 1
         and i.indpred is null and a.attname = $2)`,
    [table, key],
  )

async function isTrue(ask: Ask, text: string, values: readonly unknown[]): Promise<boolean> {
  const [[found] = []] = await ask(text, values)
  return found === true
}
