import type { Call, Command, CommandTools, Out } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { grouped, tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

interface Ledger {
  readonly members: number
  readonly delivered: number
  readonly filtered: Readonly<Record<string, number>>
  readonly waiting: number
  readonly dead: number
}

interface Activation {
  readonly key: string
  readonly segment: string
  readonly destination: string
  readonly ledger: Ledger
  readonly awaiting: number | null
}

interface Destination {
  readonly key: string
  readonly type: string
  readonly guarantee: string
  readonly waiting: number
  readonly dead: number
  readonly circuit: string
  readonly reason: string | null
}

interface Delivery {
  readonly id: string
  readonly members: number
  readonly state: string
  readonly attempts: number
  readonly settledAt: string | null
  readonly reason: string | null
}

const right = { align: 'right' } as const

/** Shows activations with their ledgers, and destinations with how they fare. */
export const activations: Command = {
  name: 'activations',
  takes: '',
  about: 'Show what became of the members of each activation, and how destinations fare',
  run: async (_, { client, out }) => {
    const tessera = await client()
    const [all, places] = (await Promise.all([
      tessera.call('GET', '/activations'),
      tessera.call('GET', '/destinations'),
    ])) as [readonly Activation[], readonly Destination[]]
    if (out.isJson) {
      return out.print(JSON.stringify({ activations: all, destinations: places }, null, 2))
    }
    out.print(all.length === 0 ? 'there are no activations' : tableOfActivations(all))
    const waits = all.filter(({ awaiting }) => awaiting !== null)
    for (const { key, awaiting } of waits) {
      out.print(`${grouped(awaiting ?? 0)} members wait: tessera activation-confirm ${key}`)
    }
    if (places.length > 0) out.print(`\n${tableOfDestinations(places)}`)
  },
}

const tableOfActivations = (all: readonly Activation[]) =>
  tableOf(
    [
      { title: 'activation' },
      { title: 'members', ...right },
      { title: 'delivered', ...right },
      { title: 'waiting', ...right },
      { title: 'dead', ...right },
      { title: 'not sent' },
    ],
    all.map(({ key, ledger: { members, delivered, waiting, dead, filtered } }) => [
      key,
      grouped(members),
      grouped(delivered),
      grouped(waiting),
      grouped(dead),
      Object.entries(filtered)
        .map(([reason, n]) => `${grouped(n)} ${reason}`)
        .join(', '),
    ]),
  )

const tableOfDestinations = (all: readonly Destination[]) =>
  tableOf(
    [
      { title: 'destination' },
      { title: 'type' },
      { title: 'promises' },
      { title: 'waiting', ...right },
      { title: 'dead', ...right },
      { title: 'circuit' },
      { title: 'last trouble' },
    ],
    all.map(({ key, type, guarantee, waiting, dead, circuit, reason }) => [
      key,
      type,
      guarantee,
      grouped(waiting),
      grouped(dead),
      circuit,
      reason ?? '',
    ]),
  )

/** Shows the deliveries of an activation. */
export const deliveries: Command = {
  name: 'deliveries',
  takes: '<activation>',
  about: 'Show what was sent, what waits and what was given up, newest first',
  options: {
    state: { type: 'string', about: 'Only waiting, delivered, dead or cancelled ones' },
    limit: { type: 'string', about: 'How many to show; 20 unless given' },
  },
  run: async (call, { client, out }) => {
    const { state, limit = '20' } = call.options
    const path = `/activations/${encodeURIComponent(wordOf(deliveries, call))}/deliveries`
    const query = { limit: String(limit), ...(state === undefined ? {} : { state }) }
    const found = (await (await client()).call('GET', path, { query })) as readonly Delivery[]
    if (out.isJson) return out.print(JSON.stringify(found, null, 2))
    out.print(found.length === 0 ? 'there are none' : tableOfDeliveries(found))
  },
}

const tableOfDeliveries = (found: readonly Delivery[]) =>
  tableOf(
    [
      { title: 'delivery' },
      { title: 'members', ...right },
      { title: 'state' },
      { title: 'attempts', ...right },
      { title: 'settled' },
      { title: 'reason' },
    ],
    found.map(({ id, members, state, attempts, settledAt, reason }) => [
      id,
      grouped(members),
      state,
      String(attempts),
      settledAt ?? '',
      reason ?? '',
    ]),
  )

const whichDead = {
  destination: {
    type: 'boolean',
    about: 'The word is a destination: all of its activations',
  },
  id: { type: 'string', about: 'Only this delivery' },
  since: { type: 'string', about: 'Given up at this time or later, such as 2026-01-31T10:00:00Z' },
  until: { type: 'string', about: 'Given up before this time' },
  reason: { type: 'string', about: 'Only where the reason holds this text' },
} as const

/** Tries again what was given up. */
export const deliveriesRetry: Command = {
  name: 'deliveries-retry',
  takes: '<activation>',
  about: 'Try again what was given up: all, one, of a time, or for a reason',
  options: whichDead,
  run: (call, tools) => toDead('retry', 'waiting again', { command: deliveriesRetry, call, tools }),
}

/** Lets go of what was given up. */
export const deliveriesCancel: Command = {
  name: 'deliveries-cancel',
  takes: '<activation>',
  about: 'Let go for good of what was given up: all, one, of a time, or for a reason',
  options: whichDead,
  run: (call, tools) => toDead('cancel', 'cancelled', { command: deliveriesCancel, call, tools }),
}

async function toDead(
  verb: 'retry' | 'cancel',
  done: string,
  of: { readonly command: Command; readonly call: Call; readonly tools: CommandTools },
): Promise<void> {
  const { destination, id, since, until, reason } = of.call.options
  const noun = destination === true ? 'destinations' : 'activations'
  const path = `/${noun}/${encodeURIComponent(wordOf(of.command, of.call))}/${verb}`
  const given = Object.entries({ id, since, until, reason }).filter(([, one]) => one !== undefined)
  const tessera = await of.tools.client()
  const body = Object.fromEntries(given)
  const { batches } = (await tessera.call('POST', path, { body })) as { batches: number }
  say(of.tools.out, { batches }, `${grouped(batches)} deliveries ${done}`)
}

/** Says yes to a large sending. */
export const activationConfirm: Command = {
  name: 'activation-confirm',
  takes: '<activation>',
  about: 'Say yes to sending as many members as were counted',
  options: { members: { type: 'string', about: 'The count that you looked at' } },
  run: async (call, { client, out }) => {
    const path = `/activations/${encodeURIComponent(wordOf(activationConfirm, call))}`
    const tessera = await client()
    const { awaiting } = (await tessera.call('GET', path)) as Activation
    const { members: given } = call.options
    // Whoever names no count is shown the one that waits, and nothing is sent.
    if (given === undefined) {
      const sentence =
        awaiting === null
          ? 'nothing waits'
          : `${grouped(awaiting)} members wait; confirm with --members ${awaiting}`
      return say(out, { awaiting }, sentence)
    }
    const body = { members: Number(given) }
    const answer = (await tessera.call('POST', `${path}/confirm`, { body })) as { members: number }
    say(out, answer, `${grouped(answer.members)} members are queued`)
  },
}

const say = (out: Out, answer: unknown, sentence: string): void =>
  out.print(out.isJson ? JSON.stringify(answer, null, 2) : sentence)

interface Tested {
  readonly works: boolean
  readonly seen: readonly string[]
  readonly problems: readonly { readonly at: string; readonly say: string }[]
}

/** Looks whether a destination could be delivered to. */
export const destinationTest: Command = {
  name: 'destination-test',
  takes: '<destination>',
  about: 'Look whether a destination could be delivered to, without sending anybody',
  run: async (call, { client, out }) => {
    const path = `/destinations/${encodeURIComponent(wordOf(destinationTest, call))}/test`
    const answer = (await (await client()).call('POST', path)) as Tested
    const { works, seen, problems } = answer
    say(out, answer, [...seen, ...(works ? ['it works'] : [])].join('\n'))
    const why = problems.map(({ at, say: of }) => (at === '' ? of : `${at}: ${of}`)).join('; ')
    if (!works) throw cliFaults.destination_fails({ key: wordOf(destinationTest, call), why })
  },
}
