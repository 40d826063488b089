import { type Destination, destinations, type PayloadRow } from '#activation'
import type { Outgoing } from '#outgoing'

/** What would have left the house: kept here instead. */
export interface TrialLedger {
  /** The destinations, which keep what they are given and say that it was sent. */
  readonly destinations: readonly Destination[]
  /** A network in which webhooks are answered, and nothing else can be reached. */
  readonly outgoing: Outgoing
  /** What was delivered since this was asked last, by the activation or action. */
  readonly take: () => ReadonlyMap<string, readonly PayloadRow[]>
}

/** Keeps what a trial would send. */
export function makeLedger(): TrialLedger {
  let kept = new Map<string, PayloadRow[]>()
  const unreachable = () => Promise.reject(new Error('a test reaches nothing'))
  return {
    destinations: destinations.map((destination) => ({
      ...destination,
      deliver: async ({ activation, rows }) => {
        const all = kept.get(activation) ?? []
        kept.set(activation, all)
        for await (const some of rows()) all.push(...some)
        return { result: 'sent' }
      },
    })),
    outgoing: {
      send: async () => ({ status: 200, headers: {}, text: '{}' }),
      receive: unreachable,
      connect: unreachable,
      close: async () => {},
    },
    take: () => {
      const found = kept
      kept = new Map()
      return found
    },
  }
}
