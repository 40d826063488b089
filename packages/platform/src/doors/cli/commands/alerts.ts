import type { Command } from '../command.ts'
import { grouped, tableOf } from '../table.ts'

interface Alert {
  readonly stream: string
  readonly hour: string
  readonly received: number
  readonly low: number
  readonly high: number
  readonly say: string
}

/** Shows which streams bring far more or far less than they usually do. */
export const alerts: Command = {
  name: 'alerts',
  takes: '',
  about: 'Show streams that brought far more or far less than usual at this time of day',
  run: async (_, { client, out }) => {
    const found = (await (await client()).call('GET', '/alerts')) as readonly Alert[]
    out.print(out.isJson ? JSON.stringify(found, null, 2) : alertsText(found))
  },
}

/** Alerts as a person reads them. */
export function alertsText(found: readonly Alert[]): string {
  if (found.length === 0) return 'every stream brings about what it usually does'
  const right = { align: 'right' } as const
  return tableOf(
    [
      { title: 'stream' },
      { title: 'hour (UTC)' },
      { title: 'received', ...right },
      { title: 'usual', ...right },
      { title: '' },
    ],
    found.map(({ stream, hour, received, low, high, say }) => [
      stream,
      hour.replace(':00:00.000Z', ':00'),
      received,
      `${grouped(low)} to ${grouped(high)}`,
      say,
    ]),
  )
}
