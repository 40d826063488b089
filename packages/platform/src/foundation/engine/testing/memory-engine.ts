import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { openDuckdb } from '../connections/duckdb.ts'
import type { Engine } from '../engine.ts'

/** An empty engine in memory, closed after the tests of the file. */
export async function memoryEngine(): Promise<Engine> {
  const engine = await openDuckdb({ threads: 2 })
  afterAll(() => engine.close())
  return engine
}

/** An empty engine in a folder of its own, which goes away after the tests of the file; it may read files there. */
export async function folderEngine(): Promise<{
  readonly engine: Engine
  readonly folder: string
}> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-engine-'))
  const engine = await openDuckdb({ folder, threads: 2 })
  afterAll(async () => {
    await engine.close()
    rmSync(folder, { recursive: true })
  })
  return { engine, folder }
}
