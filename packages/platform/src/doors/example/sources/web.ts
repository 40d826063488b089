import { newIdentifiers } from '../identifiers.ts'
import { dayMs, writeMillis } from '../instants.ts'
import { products } from '../products.ts'
import { between, chance, pick, pickCommon, pickWeighted, type Random } from '../random.ts'
import type { OpenFile } from '../row-file.ts'
import type { World } from '../world.ts'

const site = 'https://www.larkspoke.example'
const pages = [
  '/',
  '/e-bikes',
  '/gravel',
  '/city',
  '/kids',
  '/parts',
  '/service',
  '/stores',
  '/sale',
]
const referrers = [
  null,
  'https://www.search.example/',
  'https://social.example/larkspoke',
  'https://mail.example/',
  'https://rides.example/review',
]
const agents = ['Firefox/Linux', 'Chrome/Windows', 'Safari/iOS', 'Chrome/Android', 'Safari/macOS']
const actions = ['Product Viewed', 'Product Added', 'Products Searched', 'Checkout Started']
const visitsPerCustomer = [38, 36, 18, 8]
const shares = { signIn: 0.7, sameDevice: 0.7, stranger: 0.35 }

/** Someone with an account in the shop. */
interface Account {
  readonly customerId: string
  readonly email: string
}

/** The web site: visits of customers, who sign in on the way or do not, and of strangers. */
export function openWeb(open: OpenFile, world: World) {
  const { random } = world
  const addVisit = openVisits(open, world)
  const newDevice = openDevices(world)
  return (account: Account): void => {
    const visits = pickWeighted(random, visitsPerCustomer)
    let device = newDevice()
    for (let i = 0; i < visits; i++) {
      if (!chance(random, shares.sameDevice)) device = newDevice()
      addVisit(device, chance(random, shares.signIn) ? account : undefined)
    }
    if (chance(random, shares.stranger)) addVisit(newDevice(), undefined)
  }
}

interface Device {
  readonly id: string
  readonly agent: string
}

function openDevices({ random }: World): () => Device {
  const newId = newIdentifiers(14_142_137)
  return () => ({ id: `anon-${newId().toString(16)}`, agent: pick(random, agents) })
}

interface Step {
  readonly type: 'page' | 'identify' | 'track'
  readonly event: string
  readonly path: string
  readonly sku?: string
  readonly who?: Account
}

/** A few pages; then, for those who sign in, what they do with their name on it. */
function drawSteps(who: Account | undefined, random: Random): readonly Step[] {
  const steps: Step[] = []
  for (let i = between(random, 1, 3); i > 0; i--)
    steps.push({ type: 'page', event: 'Page Viewed', path: pickCommon(random, pages) })
  if (!who) return steps
  steps.push({ type: 'identify', event: 'Signed In', path: '/account', who })
  for (let i = between(random, 1, 3); i > 0; i--) {
    const { sku } = pickCommon(random, products)
    steps.push({ type: 'track', event: pickCommon(random, actions), path: `/p/${sku}`, sku, who })
  }
  return steps
}

function openVisits(open: OpenFile, { random, asOf }: World) {
  const file = open({
    path: 'web/events.ndjson.gz',
    format: 'ndjson',
    delimiter: null,
    encoding: 'utf-8',
  })
  const newId = newIdentifiers(22_360_679)
  return (device: Device, account: Account | undefined): void => {
    const referrer = pickCommon(random, referrers)
    let at = asOf - Math.floor((0.05 + 120 * random() ** 2) * dayMs)
    for (const { type, event, path, sku, who } of drawSteps(account, random)) {
      at += between(random, 3_000, 90_000)
      const message = {
        message_id: `m-${newId().toString(36)}`,
        type,
        anonymous_id: device.id,
        user_id: who?.customerId ?? null,
        email: (type === 'identify' && who?.email) || null,
        event,
        url: site + path,
        referrer,
        sku: sku ?? null,
        user_agent: device.agent,
        at: writeMillis(at),
      }
      file.add(JSON.stringify(message))
    }
  }
}
