import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CompanyManifest, generateCompany } from '#example'
import type { Call, Client, Command, CommandTools, Out } from '../command.ts'
import { barOf, followJob } from '../follow.ts'
import { type Receiver, startReceiver } from '../receiver.ts'
import { type ShopPage, startShopPage } from '../shop-page.ts'
import { grouped } from '../table.ts'
import { startTrickle } from '../trickle.ts'
import { filesIn } from './plan.ts'
import type { RunAnswer } from './run.ts'
import { type SummaryAnswer, summaryText } from './status.ts'

const examples = fileURLToPath(new URL('../../../../../../examples', import.meta.url))

/** Shows the whole product on the data of an invented company. */
export const demo: Command = {
  name: 'demo',
  takes: '',
  about: 'Show the whole flow on an invented company: five systems, one customer',
  options: {
    people: { type: 'string', about: 'Person records to invent; 20,000 unless given' },
    fresh: { type: 'boolean', about: 'Start over instead of reusing the folder' },
    port: {
      type: 'string',
      about: 'The port to listen on; the next free one is taken when it is in use',
    },
    'exit-after': { type: 'boolean', about: 'End after the summary instead of staying up' },
  },
  run: async (call, tools) => {
    const folder = call.options['data'] === undefined ? 'demo-data' : tools.dataFolder
    if (call.options['fresh'] === true) await rm(folder, { recursive: true, force: true })
    const manifest = await company(join(folder, 'company'), call.options['people'], tools)
    const receiver = await startReceiver()
    try {
      await show(call, tools, { folder, manifest, receiver })
    } finally {
      await receiver.close()
    }
  },
}

interface Stage {
  readonly folder: string
  readonly manifest: CompanyManifest
  readonly receiver: Receiver
}

async function show(
  call: Call,
  tools: CommandTools,
  { folder, manifest, receiver }: Stage,
): Promise<void> {
  const port =
    typeof call.options['port'] === 'string' ? { port: Number(call.options['port']) } : {}
  const server = await tools.serve({
    ...port,
    dataFolder: join(folder, 'data'),
    filesFolder: join(folder, 'company'),
    allowPrivate: [receiver.address],
  })
  await define(server.client, receiver)
  await refresh(server.client, tools.out)
  await tell({ client: server.client, out: tools.out, manifest, receiver, folder })
  tools.out.print(`\n${server.welcome}`)
  const stop = call.options['exit-after'] === true ? AbortSignal.abort() : tools.signal
  if (!stop.aborted) {
    const { client, address } = server
    const trickle = await startTrickle(client, { host: address, everyMs: 700, random: Math.random })
    tools.out.print(`events   visitors of its web site go on clicking: ${address}/events`)
    const { writeKey } = trickle
    const page = await personalise(client, { host: address, writeKey })
    tools.out.print(
      `shop     click in it, and see what is decided for you change: ${page.address}\noffers   what is decided for its visitors as they click, and why: ${address}/decisions/home_banner?tab=log`,
    )
    const end = () => {
      void trickle.stop()
      void page.close()
    }
    stop.addEventListener('abort', end, { once: true })
  }
  await server.untilStopped(stop)
}

async function company(
  folder: string,
  people: string | boolean | undefined,
  { out, now }: CommandTools,
): Promise<CompanyManifest> {
  const manifest = join(folder, 'manifest.json')
  if (existsSync(manifest) && people === undefined) {
    out.print(`reusing ${folder} (--fresh starts over)`)
    // Written by the generator.
    return JSON.parse(await readFile(manifest, 'utf8')) as CompanyManifest
  }
  const total = people === undefined ? 20_000 : Number(people)
  const progress = (done: number) => out.progress(`inventing a company ${barOf({ done, total })}`)
  return generateCompany({ folder, people: total, seed: 1, asOf: now(), progress })
}

/** Applies the example's definitions, with the demo's own receiver in the place of the shop's webhook. */
async function define(client: Client, receiver: Receiver): Promise<void> {
  await client.call('PUT', '/secrets/shop_webhook', { body: { value: demoSecret } })
  const files = (await filesIn(join(examples, 'bicycle-maker'))).map(({ file, text }) => ({
    file,
    text: text.replace('https://shop.larkspoke.example/members', receiver.url),
  }))
  await client.call('POST', '/definitions/apply', { body: { files } })
}

// Signs messages to the demo's own receiver on this machine; it opens nothing.
const demoSecret = `whsec_${Buffer.from('the demo signs with this secret!').toString('base64')}`

async function refresh(client: Client, out: Out): Promise<void> {
  const { job } = (await client.call('POST', '/run', { body: {} })) as { job: string }
  const result = (await followJob(client, out, job)) as RunAnswer
  for (const { node, fault } of result.steps)
    if (fault !== undefined) out.print(`${node} failed: ${fault}`)
}

/** Defines what the web site decides by, and opens a page of it. */
async function personalise(
  client: Client,
  of: { readonly host: string; readonly writeKey: string },
): Promise<ShopPage> {
  const files = await filesIn(join(examples, 'web-shop'))
  await client.call('POST', '/definitions/apply', { body: { files } })
  return startShopPage(of)
}

interface Told {
  readonly client: Client
  readonly out: Out
  readonly manifest: CompanyManifest
  readonly receiver: Receiver
  readonly folder: string
}

type Agreement = 'same' | 'different' | 'missing'

/** What the measure endpoint answers with, as far as it is told here. */
interface Measure {
  readonly pairs: { readonly true: number; readonly precision: number; readonly recall: number }
  readonly missed: {
    readonly pairs: number
    readonly out_of_reach: number
    readonly groups: readonly {
      readonly email: Agreement
      readonly phone: Agreement
      readonly name: Agreement
      readonly pairs: number
    }[]
  }
}

async function tell({ client, out, manifest, receiver, folder }: Told): Promise<void> {
  const summary = (await client.call('GET', '/summary')) as SummaryAnswer
  out.print(`\n${manifest.company}: what its five systems know, as one customer\n`)
  out.print(summaryText(summary))
  const truth = { stream: 'truth', source: 'source', record: 'record_id', entity: 'person_id' }
  const measure = (await client.call('POST', '/identity/people/measure', {
    body: truth,
  })) as Measure
  out.print(`\n${qualityText(measure, manifest)}`)
  const { requests, members } = receiver.received()
  if (requests > 0)
    out.print(
      `\nthe demo's own webhook receiver got ${grouped(members)} members in ${requests} signed requests`,
    )
  out.print(`files that were sent: ${join(folder, 'data', 'out')}`)
  out.print('\nyour own file next:  npx tessera import customers.csv')
}

function qualityText({ pairs, missed }: Measure, { people }: CompanyManifest): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  const reasons = missed.groups.toSorted((a, b) => b.pairs - a.pairs).slice(0, 6)
  return [
    `against the truth (${grouped(people)} people): precision ${percent(pairs.precision)}, recall ${percent(pairs.recall)} of ${grouped(pairs.true)} pairs of records`,
    `exact rules do not find ${grouped(missed.pairs)} of these pairs, because what they compare is not equal in both records:`,
    ...reasons.map(
      (of) =>
        `${grouped(of.pairs).padStart(9)}  e-mail ${of.email}, phone ${of.phone}, name ${of.name}`,
    ),
    `(${grouped(missed.out_of_reach)} of them agree on nothing at all. Names with typos, nicknames and new names want fuzzy rules or a learned model.)`,
  ].join('\n')
}
