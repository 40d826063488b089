import { createTessera } from '@tessera/sdk/decisions'
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
 * `everyMs`. Some of them sign in as customers of the shop. After each click the page asks anew what stands in its banner.
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
    // Its own server is near, and once that is stopped nothing keeps the demo up.
    firstRetryMs: 100,
    // The demo says nothing of an event that its own server could not take.
    onDrop: () => {},
  })
  const timer = setInterval(() => void click(events, acts.next().value), of.everyMs)
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
    body: { key: sender, label: 'Web site, live', sender: 'browser', products: 'shop' },
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

type Site = ReturnType<typeof createTessera>

/** What a visitor does, and what the page then shows them. */
async function click(site: Site, act: Act | undefined): Promise<void> {
  if (!act) return
  const { anonymousId, userId } = act
  const who = userId === undefined ? { anonymousId } : { anonymousId, userId }
  send(site, act, who)
  const decision = await site.decide('home_banner', who)
  await site.shown(decision)
}

function send(site: Site, { type, name, userId, properties }: Act, who: object): void {
  if (type === 'page') site.page(name, properties, who)
  else if (type === 'identify') site.identify(userId, properties, who)
  else site.track(name, properties, who)
}
