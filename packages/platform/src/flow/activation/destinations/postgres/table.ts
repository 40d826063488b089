import type { Ask } from './session.ts'

/** Kept beside the columns of the members: whose they are, and how new. */
export const ownColumns = ['tessera_activation', 'tessera_position'] as const

/** A name as PostgreSQL reads it in SQL. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** The columns of a table; none where there is no such table. */
export const columnsOf = async (
  ask: Ask,
  schema: string,
  table: string,
): Promise<readonly string[]> =>
  (
    await ask(
      'select column_name from information_schema.columns where table_schema = $1 and table_name = $2',
      [schema, table],
    )
  ).map(([name]) => String(name))
