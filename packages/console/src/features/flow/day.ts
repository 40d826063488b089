import type { Fates } from '../../lib/api-types.ts'

/** What arrived in one stream. */
export interface Arrived {
  readonly stream: string
  readonly totals: Pick<Fates, 'received' | 'stored' | 'rejected'>
}

/** What arrived in all streams together, and which brought most. */
export function dayOf(arrived: readonly Arrived[]): {
  readonly received: number
  readonly stored: number
  readonly rejected: number
  readonly busiest: { readonly stream: string; readonly received: number } | undefined
} {
  const sum = (name: keyof Arrived['totals']) =>
    arrived.reduce((all, { totals }) => all + totals[name], 0)
  const [most] = arrived.toSorted((a, b) => b.totals.received - a.totals.received)
  const isClear = most !== undefined && most.totals.received > 0 && arrived.length > 1
  return {
    received: sum('received'),
    stored: sum('stored'),
    rejected: sum('rejected'),
    busiest: isClear ? { stream: most.stream, received: most.totals.received } : undefined,
  }
}
