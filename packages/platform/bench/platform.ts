import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, httpClient } from '#cli'
import { job } from '#jobs/api'
import { readConfig } from '#kernel/config.ts'
import { silentLog } from '#kernel/log.ts'
import { read } from '#kernel/read.ts'
import { type RunResult, runResult, runStarted } from '#runs/api'
import { makeApp } from '#server'
import { openTessera } from '../src/tessera.ts'

/** The whole product on a data folder, served as the program serves it. */
export interface Platform {
  readonly client: Client
  readonly address: string
  readonly token: string
  /** Applies a file of definitions. */
  readonly define: (file: string) => Promise<void>
  /** Refreshes what is stale, or these nodes; throws when a step fails. */
  readonly refresh: (nodes?: readonly string[]) => Promise<RunResult>
  readonly close: () => Promise<void>
}

/** Opens a data folder and serves it on a free port. */
export async function openPlatform(of: {
  readonly dataFolder: string
  readonly filesFolder: string
  readonly allowPrivate?: readonly string[]
}): Promise<Platform> {
  mkdirSync(of.dataFolder, { recursive: true })
  const common = { config: readConfig({}), log: silentLog, schedules: 'leave' } as const
  const tessera = await openTessera({ allowPrivate: [], ...common, ...of })
  const app = await makeApp({ ...tessera, log: silentLog, version: 'bench' })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const { token } = tessera
  const client = httpClient({ address, token, dataFolder: of.dataFolder })
  return {
    client,
    address,
    token,
    define: async (file) => {
      const files = [{ file: basename(file), text: await readFile(file, 'utf8') }]
      await client.call('POST', '/definitions/apply', { body: { files } })
    },
    refresh: (nodes) => refresh(client, nodes),
    close: async () => {
      await app.close()
      await tessera.close()
    },
  }
}

/** A file of definitions that lies beside the benchmarks. */
export const definitionsOf = (name: string): string => join(import.meta.dirname, `${name}.yaml`)

async function refresh(client: Client, nodes?: readonly string[]): Promise<RunResult> {
  const body = nodes === undefined ? {} : { nodes }
  const { job: id } = read(runStarted, await client.call('POST', '/run', { body }))
  for (;;) {
    const { state, result, fault } = read(job, await client.call('GET', `/jobs/${id}`))
    if (state === 'failed' || state === 'cancelled') throw new Error(fault?.say ?? state)
    if (state === 'done') return withoutFaults(read(runResult, result))
    await sleep(20)
  }
}

function withoutFaults(result: RunResult): RunResult {
  const faults = result.steps.flatMap(({ node, fault = [] }) => (fault === '' ? [] : [node, fault]))
  if (result.failed > 0) throw new Error(`a step of the run failed: ${faults.join(' ')}`)
  return result
}

/** The milliseconds that steps of a run took whose nodes begin so, such as `model:`. */
export const msOf = ({ steps }: RunResult, begin: string): number =>
  steps.filter(({ node }) => node.startsWith(begin)).reduce((sum, { ms }) => sum + ms, 0)
