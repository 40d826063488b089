import { afterAll } from 'vitest'
import { openDuckdb } from '../connections/duckdb.ts'
import type { Engine } from '../engine.ts'

/** An empty engine in memory, closed after the tests of the file. */
export async function memoryEngine(): Promise<Engine> {
  const engine = await openDuckdb({ threads: 2 })
  afterAll(() => engine.close())
  return engine
}
