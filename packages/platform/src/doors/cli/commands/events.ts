import type { Client, Command, Out } from '../command.ts'
import { tableOf } from '../table.ts'

interface SeenEvent {
  readonly position: number
  readonly status: string
  readonly reason?: string
  readonly stream: string
  readonly receivedAt: string
  readonly value: unknown
}

interface Way {
  readonly position: number
  readonly stream: string
  readonly kind: string
  readonly received_at: string
  readonly body: unknown
  readonly steps: readonly { step: string; state: string; at?: string; say: string }[]
}

/** Shows the events that came last, or the way of one of them. */
export const events: Command = {
  name: 'events',
  takes: '[<position>]',
  about: 'Show the events that came last, or the whole way of one',
  options: {
    stream: { type: 'string', about: 'Only events of this stream' },
    status: { type: 'string', about: 'Only stored, duplicate, rejected or parked ones' },
    contains: { type: 'string', about: 'Only events that hold this text' },
    limit: { type: 'string', about: 'How many; 20 unless given' },
    follow: { type: 'boolean', about: 'Go on showing what comes, until stopped with Ctrl-C' },
  },
  run: async ({ words: [position], options }, { client, out, signal }) => {
    const tessera = await client()
    if (position !== undefined) return showWay(tessera, out, position)
    const { stream, status, contains } = options
    const filter = { stream, status, contains }
    const limit = Number(options['limit'] ?? 20)
    const found = await eventsOf(tessera, { ...filter, limit })
    if (options['follow'] !== true) {
      if (out.isJson) return out.print(JSON.stringify(found, null, 2))
      return out.print(found.length === 0 ? 'no event has come' : tableOfEvents(found))
    }
    let after = 0
    for (let next = found; !signal.aborted; ) {
      for (const event of next.toReversed()) out.print(lineOf(event, out))
      after = Math.max(after, ...next.map((event) => event.position))
      next = await eventsOf(tessera, { ...filter, after, wait: 5, limit: 500 })
    }
  },
}

const eventsOf = async (
  tessera: Client,
  query: Readonly<Record<string, string | number | boolean | undefined>>,
) => (await tessera.call('GET', '/events', { query })) as readonly SeenEvent[]

const widest = 90

const shortened = (value: unknown) => {
  const json = JSON.stringify(value)
  return json.length > widest ? `${json.slice(0, widest - 1)}…` : json
}

const cellsOf = ({ position, receivedAt, stream, status, reason, value }: SeenEvent) => [
  String(position),
  receivedAt,
  stream,
  reason === undefined ? status : `${status}: ${reason}`,
  shortened(value),
]

const tableOfEvents = (found: readonly SeenEvent[]) =>
  tableOf(
    ['event', 'received', 'stream', 'status', ''].map((title) => ({ title })),
    found.map(cellsOf),
  )

const lineOf = (event: SeenEvent, { isJson }: Out) =>
  isJson ? JSON.stringify(event) : cellsOf(event).join('  ')

async function showWay(tessera: Client, out: Out, position: string): Promise<void> {
  const way = (await tessera.call('GET', `/events/${encodeURIComponent(position)}`)) as Way
  if (out.isJson) return out.print(JSON.stringify(way, null, 2))
  const steps = way.steps.map(({ step, state, say }) => [step, state, say])
  const columns = ['step', 'state', ''].map((title) => ({ title }))
  out.print(
    `event ${way.position} of ${way.stream || 'no stream'} (${way.kind}), received ${way.received_at}\n\n${JSON.stringify(way.body, null, 2)}\n\n${tableOf(columns, steps)}`,
  )
}
