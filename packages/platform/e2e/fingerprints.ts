import type { Duck } from './duck.ts'

/** Columns that differ although nothing does: places in the order of arrival are not taken twice, and time goes on. */
export const passing =
  /^(_position|_until|position|since|first_seen|at|.*_at|.*_position|fingerprint|objects)$/

/** Which tables are wanted, and which of their columns; all unless said. */
export interface Wanted {
  readonly schemas?: readonly string[]
  readonly but?: RegExp
}

/** Every wanted table with how many rows it has and a number that stands for them. */
export async function fingerprints(
  duck: Duck,
  { schemas, but }: Wanted = {},
): Promise<readonly string[]> {
  const tables = await duck.rows(`select schema_name as schema, table_name as name,
      list(column_name order by column_index) as columns
    from duckdb_columns() where database_name = 't' group by all order by all`)
  const prints: string[] = []
  for (const { schema, name, columns } of tables) {
    if (schemas?.includes(String(schema)) === false) continue
    const kept = (columns as unknown as readonly string[]).filter((column) => !but?.test(column))
    const whole = kept.length === 0 ? '0' : `hash(${kept.map((of) => `"${of}"`).join(', ')})`
    const { n, print } = await duck.one(`select count(*) as n,
      cast(sum(cast(${whole} as hugeint)) as varchar) as print from t."${schema}"."${name}"`)
    prints.push(`${schema}.${name} ${n} ${print}`)
  }
  return prints
}
