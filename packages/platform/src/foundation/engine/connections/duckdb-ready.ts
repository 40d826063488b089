import type { DuckDBConnection } from '@duckdb/node-api'
import type { FieldType, Scalar } from '#kernel/scalar.ts'
import { makeGate } from '../admission.ts'
import { duckdbForFew } from '../dialects/duckdb.ts'
import type { Ready } from '../engine.ts'
import { type Part, type Value, value } from '../expression.ts'
import { print } from '../print.ts'
import { boundTypes, boundValue, rowsThere, writtenTime } from './duckdb-cells.ts'
import { asFault } from './duckdb-faults.ts'
import { literal } from './duckdb-load.ts'

/** Plans a question on a connection of its own. Only its inputs are bound: anything else bound would be planned again each time. */
export async function readyOn<Input extends string>(
  connect: () => Promise<DuckDBConnection>,
  inputs: Readonly<Record<Input, FieldType>>,
  query: (inputs: Readonly<Record<Input, Part>>) => Part,
): Promise<Ready<Input>> {
  const holes = new Map<Value, string>()
  const typed = Object.entries<FieldType>(inputs).map(([name, type]) => {
    const hole = value(null, type)
    holes.set(hole, name)
    return [name, { kind: 'cast', of: hole, to: type, how: 'strict' }] as const
  })
  // The names are those of `inputs`, by construction.
  const asked = query(Object.fromEntries(typed) as unknown as Record<Input, Part>)
  const { text, values } = print(asked, duckdbForFew, (of) =>
    holes.has(of) ? undefined : written(of),
  )
  const connection = await connect()
  const statement = await connection.prepare(text).catch((thrown: unknown) => {
    connection.closeSync()
    throw asFault(thrown, 'a question made ready', 'own')
  })
  const gate = makeGate(1)
  return {
    ask: (of) =>
      gate.enter(async () => {
        const given: Readonly<Record<string, Scalar | undefined>> = of
        for (const [i, hole] of values.entries()) {
          const one = { ...hole, value: given[holes.get(hole) ?? ''] ?? null }
          statement.bindValue(i + 1, boundValue(one), boundTypes[hole.type])
        }
        try {
          return rowsThere(await statement.run())
        } catch (thrown) {
          throw asFault(thrown, 'a question made ready', 'own')
        }
      }),
    close: () =>
      gate.enter(async () => {
        statement.destroySync()
        connection.closeSync()
      }),
  }
}

/** A value in the text of a statement. */
function written({ value: of, type }: Value): string {
  if (of === null) return `cast(null as ${duckdbForFew.types[type]})`
  const text = literal(of instanceof Date ? writtenTime(of) : String(of))
  return type === 'text' ? text : `cast(${text} as ${duckdbForFew.types[type]})`
}
