import type { Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { followJob } from '../follow.ts'
import { grouped, tableOf } from '../table.ts'

interface Step {
  readonly node: string
  readonly why: string
  readonly state: string
  readonly changed: boolean
  readonly rows?: number
  readonly ms: number
  readonly note?: string
  readonly fault?: string
  readonly code?: string
}

/** What a run answers with. */
export interface RunAnswer {
  readonly steps: readonly Step[]
  readonly failed: number
  readonly waiting: number
}

/** Refreshes what is stale. */
export const run: Command = {
  name: 'run',
  takes: '[<node> ...]',
  about:
    'Refresh what is stale, in order, and say why; what waits for its schedule only when it is named',
  options: {
    all: { type: 'boolean', about: 'Also what waits for its schedule, or to be asked' },
  },
  run: async ({ words, options: { all } }, { client, out }) => {
    const tessera = await client()
    const { job } = (await tessera.call('POST', '/run', {
      body: {
        ...(words.length === 0 ? {} : { nodes: [...words] }),
        ...(all === true ? { all } : {}),
      },
    })) as { job: string }
    const result = (await followJob(tessera, out, job)) as RunAnswer
    out.print(out.isJson ? JSON.stringify(result, null, 2) : textOf(result))
    refuseFailed(result)
  },
}

/** A run in which something failed ends the command like any other refusal, after all was said. */
export function refuseFailed({ steps, failed }: RunAnswer): void {
  if (failed > 0) throw cliFaults.nodes_failed({ failed, of: steps.length })
}

/** A run as a table, with the faults below it. */
export function textOf({ steps, waiting }: RunAnswer): string {
  if (steps.length === 0) return 'everything is fresh'
  const rows = steps.map(({ node, state, changed, rows: count, ms, why, note }) => [
    node,
    state === 'done' && !changed ? 'unchanged' : state,
    count ?? '',
    grouped(ms),
    note ?? why,
  ])
  const table = tableOf(
    [
      { title: 'node' },
      { title: 'state' },
      { title: 'rows', align: 'right' },
      { title: 'ms', align: 'right' },
      { title: 'why' },
    ],
    rows,
  )
  const faults = steps.flatMap(({ node, fault, code }) =>
    fault === undefined ? [] : [`\n${node}: ${fault}  [${code}]`],
  )
  const late = waiting > 0 ? [`\n${waiting} deliveries are still on their way`] : []
  return [table, ...faults, ...late].join('\n')
}
