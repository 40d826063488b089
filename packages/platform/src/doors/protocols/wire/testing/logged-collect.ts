import type { Collect, Item, Source, Verdict } from '#collect'
import type { Entry, EventLog } from '#log'

/** A way in that is nothing but a real log: for tests of wires, and for measuring them. */
export function loggedCollect(
  log: EventLog,
  sources: Readonly<Record<string, Source['sender']>>,
): Pick<Collect, 'sourceOf' | 'take' | 'park'> {
  const known = new Map(
    Object.entries(sources).map(([writeKey, sender]): [string, Source] => [
      writeKey,
      { writeKey, sender, stream: 'events', connection: 'clients' },
    ]),
  )
  const keep = async (entries: readonly Entry[], items: readonly Item[]) => {
    const kept = await log.append(entries)
    return kept.map(({ position, duplicate }, i): Verdict => {
      const reason = items[i]?.refused
      const status = duplicate ? 'duplicate' : statusOf[entries[i]?.kind ?? 'put']
      return reason === undefined ? { status, position } : { status, reason, position }
    })
  }
  return {
    sourceOf: (writeKey) => known.get(writeKey),
    take: ({ stream }, items) =>
      keep(
        items.map((item) => entryOf(stream, item)),
        items,
      ),
    park: (writeKey, items) =>
      keep(
        items.map(({ value }) => ({
          stream: '',
          kind: 'parked',
          body: JSON.stringify({ writeKey, message: value }),
        })),
        items,
      ),
  }
}

const statusOf = {
  put: 'stored',
  delete: 'stored',
  merge: 'stored',
  rejected: 'rejected',
  parked: 'parked',
  duplicate: 'duplicate',
} as const satisfies Record<Entry['kind'], Verdict['status']>

function entryOf(stream: string, { id, value, refused }: Item): Entry {
  if (refused !== undefined)
    return { stream, kind: 'rejected', body: JSON.stringify({ reason: refused, raw: value }) }
  const body = JSON.stringify(value)
  return id === undefined ? { stream, kind: 'put', body } : { stream, kind: 'put', id, body }
}
