import { DuckDBInstance } from '@duckdb/node-api'
import type { World } from './world.ts'

type Value = string | number | boolean | null
export type Row = Readonly<Record<string, Value>>

/** An engine of our own: what it answers owes nothing to the code under test. */
export interface Duck {
  /** Asks in plain SQL; integers beyond 2^53 and decimals come as text. */
  readonly rows: (query: string) => Promise<readonly Row[]>
  /** The only row. */
  readonly one: (query: string) => Promise<Row>
  readonly close: () => void
}

/** Opens an engine in memory; with a world, its tables are there under `t.<schema>.<table>`, for reading. */
export async function openDuck(world?: World): Promise<Duck> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  if (world) await connection.run(`attach '${world.data}/tessera.duckdb' as t (read_only)`)
  const rows = async (query: string) => {
    const reader = await connection.runAndReadAll(query)
    // Asked for as JSON: text, numbers, yes and no, nothing.
    return reader.getRowObjectsJson() as Row[]
  }
  return {
    rows,
    one: async (query) => {
      const [row, ...others] = await rows(query)
      if (!row || others.length > 0) throw new Error(`not one row: ${query}`)
      return row
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** Asks the tables of a world that no process holds. */
export async function ask<T>(world: World, use: (duck: Duck) => Promise<T>): Promise<T> {
  const duck = await openDuck(world)
  try {
    return await use(duck)
  } finally {
    duck.close()
  }
}
