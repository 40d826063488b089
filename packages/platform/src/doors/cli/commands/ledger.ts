import type { Command } from '../command.ts'
import { grouped, tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

const fates = [
  'received',
  'stored',
  'unchanged',
  'duplicate',
  'rejected',
  'parked',
  'deleted',
  'mended',
  'waiting',
] as const
type Fates = Readonly<Record<(typeof fates)[number], number>>

interface Hours {
  readonly stream: string
  readonly waiting: number
  readonly totals: Fates
  readonly balanced: boolean
  readonly hours: readonly (Fates & { readonly hour: string })[]
}

/** Shows what became of what arrived in a stream. */
export const ledger: Command = {
  name: 'ledger',
  takes: '<stream>',
  about: 'Show what became of what arrived in a stream, hour by hour',
  options: {
    from: { type: 'string', about: 'From this time on, such as 2026-01-31T10:00:00Z' },
    to: { type: 'string', about: 'Up to this time' },
  },
  run: async (call, { client, out }) => {
    const stream = wordOf(ledger, call)
    const { from, to } = call.options
    const hours = (await (
      await client()
    ).call('GET', `/streams/${encodeURIComponent(stream)}/hours`, {
      query: { from, to },
    })) as Hours
    out.print(out.isJson ? JSON.stringify(hours, null, 2) : ledgerText(hours))
  },
}

/** The ledger of a stream as a person reads it. */
function ledgerText({ stream, waiting, totals, balanced, hours }: Hours): string {
  const columns = fates.map((title) => ({ title, align: 'right' as const }))
  const rows = [...hours, { ...totals, hour: 'together' }].map((row) => [
    row.hour.replace(':00:00.000Z', ':00'),
    ...fates.map((fate) => row[fate]),
  ])
  const table =
    hours.length === 0
      ? `nothing came to ${stream} in this time`
      : tableOf([{ title: 'hour (UTC)' }, ...columns], rows)
  const balance = balanced ? 'balanced' : 'NOT balanced: please report this'
  return `${table}\n\n${balance}; ${grouped(waiting)} wait in the log`
}
