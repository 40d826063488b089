import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CompanyManifest, generateCompany } from '#example'
import { verify } from '#outgoing'
import { ask, type Duck } from './duck.ts'
import { type Receiver, startReceiver } from './receiver.ts'
import { examples, makeWorld, type World } from './world.ts'

// The invented company from its raw files to its destinations, and every figure once more in SQL written by hand.

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
const personSources = 5

interface RunAnswer {
  readonly steps: readonly { node: string; state: string; changed: boolean; fault?: string }[]
  readonly failed: number
  readonly waiting: number
}

let world: World
let receiver: Receiver
let manifest: CompanyManifest
let first: RunAnswer

beforeAll(async () => {
  receiver = await startReceiver()
  world = makeWorld({ TESSERA_ALLOW_PRIVATE: receiver.address })
  manifest = await generateCompany({ folder: world.folder, people: 2000, asOf: new Date() })
  cpSync(join(examples, 'bicycle-maker'), join(world.folder, 'definitions'), { recursive: true })
  // The receiver of the test stands for the shop's webhook.
  const activations = 'definitions/6-activations.yaml'
  world.write(
    activations,
    readFileSync(join(world.folder, activations), 'utf8').replace(
      'https://shop.larkspoke.example/members',
      receiver.url,
    ),
  )
  await world.feed(secret, 'secret-set', 'shop_webhook')
  expect(await world.tessera('apply')).toContain('applied as change 1')
  first = await world.json<RunAnswer>('run')
}, 180_000)

afterAll(async () => {
  await world.remove()
  await receiver.close()
})

const file = (path: string) => join(world.folder, path)
const csv = (path: string, delimiter: string, more = '') =>
  `read_csv('${file(path)}', delim = '${delimiter}', header = true, all_varchar = true, quote = '"', ignore_errors = true${more})`
const ndjson = (path: string) =>
  `read_json('${file(path)}', format = 'newline_delimited', ignore_errors = true)`

/** Where each stream comes from, read by hand; without the rows that are broken on purpose. */
const sources = (): Readonly<Record<string, { path: string; rows: string }>> => ({
  crm_accounts: { path: 'crm/accounts.csv', rows: csv('crm/accounts.csv', ',') },
  crm_contacts: { path: 'crm/contacts.csv', rows: csv('crm/contacts.csv', ',') },
  crm_leads: { path: 'crm/leads.csv', rows: csv('crm/leads.csv', ',') },
  shop_customers: {
    path: 'shop/customers.csv',
    rows: `(from ${csv('shop/customers.csv', ';')} where try_cast(created_at as timestamp) is not null)`,
  },
  shop_products: { path: 'shop/products.csv', rows: csv('shop/products.csv', ';') },
  shop_orders: { path: 'shop/orders.ndjson.gz', rows: ndjson('shop/orders.ndjson.gz') },
  shop_order_lines: {
    path: 'shop/order-lines.csv.gz',
    rows: csv('shop/order-lines.csv.gz', ','),
  },
  desk_requesters: {
    path: 'desk/requesters.json',
    rows: `read_json('${file('desk/requesters.json')}', format = 'array')`,
  },
  desk_cases: {
    path: 'desk/cases.ndjson',
    rows: `(from ${ndjson('desk/cases.ndjson')} where id is not null)`,
  },
  mail_subscribers: {
    path: 'mail/subscribers.tsv',
    rows: csv('mail/subscribers.tsv', '\t', ", encoding = 'latin-1'"),
  },
  mail_engagement: { path: 'mail/engagement.csv.gz', rows: csv('mail/engagement.csv.gz', ',') },
  web_events: { path: 'web/events.ndjson.gz', rows: ndjson('web/events.ndjson.gz') },
  truth: { path: 'truth.csv', rows: csv('truth.csv', ',') },
})

/** Orders by hand, each with the person that the link table gives its customer. */
const orders = () => `(select l.profile, o.status, cast(o.ordered_at as timestamp) as bought_at,
    cast(o.total as decimal(18, 2)) as total
  from ${ndjson('shop/orders.ndjson.gz')} o
  join t.model.individual i on i._stream = 'shop_customers' and i.id = cast(o.customer_id as varchar)
  join t.unified.link_individual l on l.record = i._key)`

const spend = () => `(select profile, sum(total) as total, count(*) as orders from ${orders()}
  where status <> 'cancelled' group by profile)`

/** Who bought within a year before the segment was published. */
const boughtLately = (segment: string) => `(select profile from ${orders()}
  where bought_at >= (select published_at from t.segment._state where segment = '${segment}') - interval 365 day)`

const lapsed = () =>
  `(select profile from ${spend()} where orders >= 2 and profile not in ${boughtLately('lapsed_buyers')})`

async function same(duck: Duck, left: string, right: string): Promise<number> {
  const both = await duck.one(`with l as materialized (${left}), r as materialized (${right})
    select (select count(*) from (from l except all from r)) as more,
      (select count(*) from (from r except all from l)) as fewer, (select count(*) from l) as n`)
  expect(both).toMatchObject({ more: '0', fewer: '0' })
  return Number(both['n'])
}

test('everything was refreshed and nothing failed', () => {
  expect(first.failed).toBe(0)
  expect(first.waiting).toBe(0)
  expect(first.steps.filter(({ state }) => state !== 'done')).toEqual([])
})

test('every stream holds the rows of its file, and its ledger adds up', async () => {
  await ask(world, async (duck) => {
    for (const [stream, { path, rows }] of Object.entries(sources())) {
      const said = manifest.files.find((of) => of.path === path)
      const counted = await duck.one(`select (select count(*) from ${rows}) as raw,
        (select count(*) from t.lake.${stream}) as lake, (select count(*) from t.lake.${stream}__past) as past`)
      expect([stream, counted]).toEqual([
        stream,
        { raw: String(said?.rows), lake: String(said?.rows), past: '0' },
      ])
      const ledger = await duck.one(`select sum(received) as received, sum(stored) as stored,
        sum(unchanged) as unchanged, sum(rejected) as rejected,
        sum(received) = sum(stored) + sum(unchanged) + sum(rejected) as adds_up
        from t.lake._batch where stream = '${stream}'`)
      expect([stream, ledger]).toEqual([
        stream,
        {
          received: String((said?.rows ?? 0) + (said?.badRows ?? 0)),
          stored: String(said?.rows),
          unchanged: '0',
          rejected: String(said?.badRows),
          adds_up: true,
        },
      ])
    }
    const kept = await duck.one('select count(*) as n from t.lake._rejected')
    expect(Number(kept['n'])).toBe(manifest.files.reduce((sum, { badRows }) => sum + badRows, 0))
  })
})

test('values are in the lake as they are in the file', async () => {
  await ask(world, async (duck) => {
    const columns = 'subscriber_key, email, given, family, language, cast(opted_in as varchar)'
    await same(
      duck,
      `select ${columns} from ${sources()['mail_subscribers']?.rows}`,
      `select ${columns} from t.lake.mail_subscribers`,
    )
    await same(
      duck,
      `select order_id, cast(total as decimal(18, 4)), status from ${sources()['shop_orders']?.rows}`,
      'select order_id, total, status from t.lake.shop_orders',
    )
  })
})

test('every person record is in exactly one profile', async () => {
  const records = Object.values(manifest.records).reduce((sum, n) => sum + n, 0)
  expect(records).toBe(2000)
  await ask(world, async (duck) => {
    const counted = await duck.one(`select (select count(*) from t.model.individual) as records,
      (select count(*) from t.unified.link_individual) as links,
      (select count(distinct record) from t.unified.link_individual) as linked,
      (select count(distinct profile) from t.unified.link_individual) as groups,
      (select count(*) from t.unified.individual) as profiles,
      (select sum(record_count) from t.unified.individual) as counted,
      (select count(distinct _stream) from t.model.individual) as streams`)
    expect(counted).toMatchObject({ records: '2000', links: '2000', linked: '2000' })
    expect(counted['groups']).toBe(counted['profiles'])
    expect(Number(counted['counted'])).toBe(2000)
    expect(Number(counted['streams'])).toBe(personSources)
    const { n } = await duck.one(`select count(*) as n from t.model.sales_order o
      left join t.unified.link_individual l on l.record = o.individual_id__key
      where o._profile is distinct from l.profile`)
    expect(n).toBe('0')
  })
})

test('the lifetime spend of every person is the sum of their orders', async () => {
  await ask(world, async (duck) => {
    const n = await same(
      duck,
      `select profile, cast(total as decimal(18, 4)) as total, orders from ${spend()}`,
      'select profile_id, total, orders from t.insight.lifetime_spend',
    )
    expect(n).toBeGreaterThan(400)
  })
})

test('segments hold who they should, and their lists were sent', async () => {
  await ask(world, async (duck) => {
    const members = (key: string) => `select profile from t.segment.member where segment = '${key}'`
    const best = await same(
      duck,
      `select profile from ${spend()} where total >= 5000 and profile in ${boughtLately('best_customers')}`,
      members('best_customers'),
    )
    expect(best).toBeGreaterThan(10)
    expect(await same(duck, `from ${lapsed()}`, members('lapsed_buyers'))).toBeGreaterThan(10)

    const linkOf = (stream: string) => `join t.model.individual i on i._stream = '${stream}'
      and i.id = cast(who as varchar) join t.unified.link_individual l on l.record = i._key`
    const readers = `(select l.profile from (select subscriber_key as who
      from ${sources()['mail_engagement']?.rows} where event = 'open') ${linkOf('mail_subscribers')})`
    const waiting = `(select l.profile from (select requester_id as who from ${sources()['desk_cases']?.rows}
      where status in ('new', 'open', 'pending')) ${linkOf('desk_requesters')})`
    const winBack = await same(
      duck,
      `select profile from ${lapsed()} where profile in ${readers} and profile not in ${waiting}`,
      members('win_back'),
    )

    const sent = readdirSync(join(world.data, 'out/agency')).filter((name) => name.endsWith('.csv'))
    expect(sent).toHaveLength(1)
    const rows = `(from read_csv('${join(world.data, 'out/agency', sent[0] ?? '')}', all_varchar = true))`
    const written = await same(
      duck,
      `select cast(profile_id as bigint) from ${rows}`,
      members('win_back'),
    )
    expect(written).toBe(winBack)
    await same(
      duck,
      `select profile_id, cast(spent as decimal(18, 2)) from ${rows}`,
      `select cast(m.profile as varchar), s.total from (${members('win_back')}) m join ${spend()} s using (profile)`,
    )
  })
})

test('the webhook got every best customer once, signed', async () => {
  const found = await ask(world, (duck) =>
    duck.rows("select profile from t.segment.member where segment = 'best_customers' order by all"),
  )
  for (const { headers, body } of receiver.messages)
    verify({ headers, body, secret, now: new Date() })
  expect(() =>
    verify({
      headers: receiver.messages[0]?.headers ?? {},
      body: `${receiver.messages[0]?.body} `,
      secret,
      now: new Date(),
    }),
  ).toThrow(/signature/)
  const told = [...receiver.accepted.values()].flatMap(({ members }) => members)
  expect(told.map((member) => String(member['profile_id'])).sort()).toEqual(
    found.map(({ profile }) => String(profile)).sort(),
  )
})

interface Status {
  readonly summary: {
    readonly profiles: number
    readonly source_records: number
    readonly sources: readonly { stream: string; rows: number; rejected: number }[]
    readonly segments: readonly { key: string; members: number }[]
    readonly deliveries: readonly { queued: number; delivered: number; waiting: number }[]
  }
  readonly graph: { readonly nodes: readonly { key: string; why: readonly string[] }[] }
}

test('status, query and profile say the same', async () => {
  const { summary, graph } = await world.json<Status>('status')
  expect(graph.nodes.filter(({ why }) => why.length > 0)).toEqual([])
  expect(summary.source_records).toBe(2000)
  for (const { queued, delivered, waiting } of summary.deliveries)
    expect([delivered, waiting]).toEqual([queued, 0])
  const answer = await world.json<{ rows: readonly Record<string, unknown>[] }>(
    'query',
    `select u.profile_id, s.total, e.email_address from unified_individual u
     join lifetime_spend s on s.profile_id = u.profile_id
     join contact_point_email e on e.profile_id = u.profile_id
     order by s.total desc, e.email_address limit 1`,
  )
  const [richest] = answer.rows
  await ask(world, async (duck) => {
    const counted = await duck.one(`select (select count(*) from t.unified.individual) as profiles,
      (select max(total) from ${spend()}) as most`)
    expect(Number(counted['profiles'])).toBe(summary.profiles)
    expect(Number(richest?.['total'])).toBe(Number(counted['most']))
    for (const { key, members } of summary.segments) {
      const { n } = await duck.one(
        `select count(*) as n from t.segment.member where segment = '${key}'`,
      )
      expect([key, members]).toEqual([key, Number(n)])
    }
  })
  const shown = await world.tessera('profile', String(richest?.['email_address']))
  expect(shown).toContain(String(richest?.['profile_id']))
})

const changed = ({ steps }: RunAnswer) =>
  steps
    .filter((step) => step.changed)
    .map(({ node }) => node)
    .sort()

test('a second run changes nothing', async () => {
  const before = receiver.messages.length
  const again = await world.json<RunAnswer>('run')
  expect(again.failed).toBe(0)
  expect(changed(again)).toEqual([])
  expect(receiver.messages).toHaveLength(before)
  expect(readdirSync(join(world.data, 'out/agency'))).toHaveLength(2)
})

test('a changed file changes exactly what depends on it', async () => {
  const products = file('shop/products.csv')
  const text = readFileSync(products, 'utf8')
  writeFileSync(products, text.replace('Chain Oil 100 ml', 'Chain Oil 110 ml'))
  const engagement = file('mail/engagement.csv.gz')
  const { who } = await ask(world, (duck) =>
    duck.one(`select min(i.id) as who from t.model.individual i
      join t.insight.email_interest e on e.profile_id = i._profile
      where i._stream = 'mail_subscribers'
        and i._profile not in (select profile from t.segment.member)`),
  )
  const opened = `1,${who},open,spring,,2026-01-31T10:00:00Z\n`
  writeFileSync(engagement, gzipSync(gunzipSync(readFileSync(engagement)).toString() + opened))

  const third = await world.json<RunAnswer>('run')
  expect(third.failed).toBe(0)
  expect(changed(third)).toEqual([
    'insight:email_interest',
    'model:email_engagement',
    'model:product',
    'stream:mail_engagement',
    'stream:shop_products',
    // It says whose the new row is.
    'unified:individual',
  ])
  await ask(world, async (duck) => {
    const ledger = await duck.rows(`select stream, received = unchanged + stored as adds_up, stored,
      unchanged from t.lake._batch where stream in ('shop_products', 'mail_engagement')
      qualify row_number() over (partition by stream order by first_position) = 2 order by stream`)
    expect(ledger).toEqual([
      {
        stream: 'mail_engagement',
        adds_up: true,
        stored: '1',
        unchanged: String(manifest.mailEvents),
      },
      {
        stream: 'shop_products',
        adds_up: true,
        stored: '1',
        unchanged: String(manifest.products - 1),
      },
    ])
    const past = await duck.one('select name from t.lake.shop_products__past')
    expect(past).toEqual({ name: 'Chain Oil 100 ml' })
  })
})
