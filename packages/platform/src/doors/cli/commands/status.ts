import type { Command } from '../command.ts'
import { grouped, tableOf } from '../table.ts'

/** What the summary endpoint answers with. */
export interface SummaryAnswer {
  readonly sources: readonly {
    stream: string
    label: string
    rows: number
    rejected: number
    people: boolean
  }[]
  readonly source_records: number
  readonly profiles: number
  readonly consolidation_rate: number
  readonly insights: readonly { key: string; label: string; rows: number }[]
  readonly segments: readonly { key: string; label: string; members: number }[]
  readonly deliveries: readonly {
    activation: string
    label: string
    queued: number
    delivered: number
    waiting: number
    dead: number
  }[]
}

interface GraphNode {
  readonly key: string
  readonly kind: string
  readonly why: readonly string[]
  readonly waits?: { readonly for: string }
}

interface GraphAnswer {
  readonly nodes: readonly GraphNode[]
}

/** Shows where everything stands. */
export const status: Command = {
  name: 'status',
  takes: '',
  about: 'Show where everything stands, and what is stale and why',
  run: async (_, { client, out }) => {
    const tessera = await client()
    const summary = (await tessera.call('GET', '/summary')) as SummaryAnswer
    const graph = (await tessera.call('GET', '/graph')) as GraphAnswer
    if (out.isJson) return out.print(JSON.stringify({ summary, graph }, null, 2))
    out.print(summaryText(summary))
    // What asks for values is whole without them: whoever publishes it gives some.
    const behind = graph.nodes.filter(({ why, waits }) => why.length > 0 && waits?.for !== 'values')
    const stale = behind.filter((node) => !isLeft(node))
    if (stale.length > 0) out.print(`\nstale (tessera run refreshes them):\n${listOf(stale)}`)
    const left = behind.filter(isLeft)
    if (left.length > 0)
      out.print(`\nwaiting (tessera run --all refreshes them too):\n${listOf(left)}`)
    if (behind.length === 0 && graph.nodes.length > 0) out.print('\neverything is fresh')
  },
}

// A run that somebody asks for looks at every stream, and tries again what failed.
const isLeft = ({ kind, waits }: GraphNode): boolean =>
  waits !== undefined && kind !== 'stream' && waits.for !== 'another try'

const listOf = (nodes: readonly GraphNode[]): string =>
  nodes.map(({ key, why }) => `  ${key}: ${why.join('; ')}`).join('\n')

/** The flow in a few figures, as a person reads them. */
export function summaryText(of: SummaryAnswer): string {
  if (of.sources.length === 0) {
    return 'nothing is defined yet: `tessera import customers.csv` takes a file through the flow, `tessera init` starts a folder of definitions'
  }
  const number = { align: 'right' } as const
  const parts = [
    tableOf(
      [{ title: 'source' }, { title: 'rows', ...number }, { title: 'rejected', ...number }],
      of.sources.map(({ label, rows, rejected }) => [label, rows, rejected]),
    ),
    `${grouped(of.source_records)} person records → ${grouped(of.profiles)} unified customers (consolidation ${(of.consolidation_rate * 100).toFixed(1)} %)`,
  ]
  if (of.insights.length > 0) {
    parts.push(
      tableOf(
        [{ title: 'insight' }, { title: 'rows', ...number }],
        of.insights.map(({ label, rows }) => [label, rows]),
      ),
    )
  }
  if (of.segments.length > 0) {
    parts.push(
      tableOf(
        [{ title: 'segment' }, { title: 'members', ...number }],
        of.segments.map(({ label, members }) => [label, members]),
      ),
    )
  }
  if (of.deliveries.length > 0) {
    parts.push(
      tableOf(
        [
          { title: 'activation' },
          { title: 'queued', ...number },
          { title: 'delivered', ...number },
          { title: 'waiting', ...number },
          { title: 'dead', ...number },
        ],
        of.deliveries.map(({ label, queued, delivered, waiting, dead }) => [
          label,
          queued,
          delivered,
          waiting,
          dead,
        ]),
      ),
    )
  }
  return parts.join('\n\n')
}
