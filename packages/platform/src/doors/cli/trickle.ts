import { createTessera } from '@tessera/sdk'
import { type Act, type Shopper, visits } from '#example'
import type { Client } from './command.ts'

/** Events that keep coming, as from a web site. */
export interface Trickle {
  readonly writeKey: string
  readonly stop: () => Promise<void>
}

const sender = 'site'
const mostShoppers = 500

/**
 * Sets up a web site as a sender of events, when it is not there yet, and lets its visitors click: about one event in
 * `everyMs`. Some of them sign in as customers of the shop.
 */
export async function startTrickle(
  client: Client,
  of: { readonly host: string; readonly everyMs: number; readonly random: () => number },
): Promise<Trickle> {
  const writeKey = await writeKeyOf(client)
  const acts = visits(await shoppersOf(client), of.random)
  const events = createTessera({
    host: of.host,
    writeKey,
    flushIntervalMs: 500,
    // The demo says nothing of an event that its own server could not take.
    onDrop: () => {},
  })
  const timer = setInterval(() => send(events, acts.next().value), of.everyMs)
  timer.unref()
  return {
    writeKey,
    stop: async () => {
      clearInterval(timer)
      await events.close(1000)
    },
  }
}

async function writeKeyOf(client: Client): Promise<string> {
  // The endpoints answer with these shapes; see the rooms collect and runs.
  const keys = (await client.call('GET', '/write-keys')) as readonly {
    readonly key: string
    readonly connection: string
    readonly closedAt?: string
  }[]
  const open = keys.find(
    ({ connection, closedAt }) => connection === sender && closedAt === undefined,
  )
  if (open) return open.key
  const made = (await client.call('POST', '/senders', {
    body: { key: sender, label: 'Web site, live', sender: 'browser' },
  })) as { readonly write_key: string }
  return made.write_key
}

async function shoppersOf(client: Client): Promise<readonly Shopper[]> {
  const rows = (await client.call('GET', '/streams/shop_customers/rows', {
    query: { limit: mostShoppers },
  })) as readonly Readonly<Record<string, string | null>>[]
  return rows.flatMap(({ customer_id: id, email, first_name: firstName, last_name: lastName }) =>
    id && email && firstName && lastName ? [{ id, email, firstName, lastName }] : [],
  )
}

function send(events: ReturnType<typeof createTessera>, act: Act | undefined): void {
  if (!act) return
  const { type, name, anonymousId, userId, properties } = act
  const who = userId === undefined ? { anonymousId } : { anonymousId, userId }
  if (type === 'page') events.page(name, properties, who)
  else if (type === 'identify') events.identify(userId, properties, who)
  else events.track(name, properties, who)
}
