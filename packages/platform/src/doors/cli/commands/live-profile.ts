import { setTimeout as sleep } from 'node:timers/promises'
import type { Call, Command } from '../command.ts'
import { grouped, tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

interface Live {
  readonly profile?: string
  readonly state: 'known' | 'new'
  readonly attributes: Readonly<Record<string, unknown>>
  readonly contact_points: {
    readonly emails: readonly string[]
    readonly phones: readonly string[]
  }
  readonly insights: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly segments: readonly { readonly key: string; readonly since: string }[]
  readonly counters: Readonly<Record<string, number>>
  readonly events: readonly {
    readonly position: number
    readonly at?: string
    readonly stream: string
    readonly name?: string
    readonly values: Readonly<Record<string, unknown>>
  }[]
  readonly as_of: {
    readonly read_at: string
    readonly is_being_read_again: boolean
    readonly waiting: number
  }
}

/** Shows somebody as they are at this moment. */
export const liveProfile: Command = {
  name: 'live-profile',
  takes: '<id, e-mail, phone, source:id or id in events>',
  about: 'Show somebody at this moment: counters, segments, insights and last events',
  options: {
    by: {
      type: 'string',
      about:
        'What the word is, where it could be taken for something else: user, email, phone, ...',
    },
    follow: { type: 'boolean', about: 'Go on, and tell what changes, until stopped' },
  },
  run: async (call, { client, out, signal }) => {
    const query = identifierIn(call, wordOf(liveProfile, call))
    const tessera = await client()
    // The endpoint answers with this shape; see the room live.
    const read = async () => (await tessera.call('GET', '/live/profile', { query })) as Live
    let found = await read()
    out.print(out.isJson ? JSON.stringify(found, null, 2) : textOf(found))
    while (call.options['follow'] === true && !signal.aborted) {
      await sleep(everyMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      const next = await read()
      for (const line of changesIn(found, next))
        out.print(out.isJson ? JSON.stringify(line) : `${line.at}  ${line.what}`)
      found = next
    }
  },
}

const everyMs = 500

/** What has changed between two looks at somebody: events that came, counters, segments. */
function changesIn(
  before: Live,
  now: Live,
): readonly { readonly at: string; readonly what: string }[] {
  const last = Math.max(-1, ...before.events.map(({ position }) => position))
  const events = now.events.filter(({ position }) => position > last)
  const counters = Object.entries(now.counters).filter(
    ([key, count]) => (before.counters[key] ?? 0) !== count,
  )
  const isIn = ({ segments }: Live, key: string) => segments.some((one) => one.key === key)
  const entered = now.segments.filter(({ key }) => !isIn(before, key))
  const left = before.segments.filter(({ key }) => !isIn(now, key))
  const at = now.as_of.read_at
  return [
    ...events.toReversed().map((one) => ({
      at: one.at ?? at,
      what: `event ${one.name ?? ''} (${one.stream})`,
    })),
    ...counters.map(([key, count]) => ({
      at,
      what: `counter ${key} ${before.counters[key] ?? 0} → ${count}`,
    })),
    ...entered.map(({ key, since }) => ({ at: since, what: `entered ${key}` })),
    ...left.map(({ key }) => ({ at, what: `left ${key}` })),
  ]
}

// What a word looks like; what looks like nothing is an id in events.
const looks: readonly (readonly [RegExp, string])[] = [
  [/^\d{16,19}$/, 'profile'],
  [/^[^@\s]+@[^@\s]+$/, 'email'],
  [/^[a-z][a-z0-9_]*:./, 'record'],
  [/^[+(\d][\d ()/.-]{5,}$/, 'phone'],
]

/** Whom a word means, as the endpoints take it. */
export function identifierIn({ options }: Call, word: string): Readonly<Record<string, string>> {
  const { by } = options
  const kind = typeof by === 'string' ? by : looks.find(([look]) => look.test(word))?.[1]
  return { [kind ?? 'user']: word }
}

function textOf(of: Live): string {
  const { read_at: readAt, waiting, is_being_read_again: isOld } = of.as_of
  const age = `read ${readAt}${isOld ? ', being read again' : ''}; ${grouped(waiting)} places of the log are not in the lake yet`
  const contacts = [...of.contact_points.emails, ...of.contact_points.phones].join(', ')
  return [
    of.profile === undefined ? 'not unified yet' : `profile ${of.profile}`,
    contacts,
    table(['attribute', 'value'], Object.entries(of.attributes)),
    table(['counter', 'now'], Object.entries(of.counters)),
    table(
      ['segment', 'since'],
      of.segments.map(({ key, since }) => [key, since]),
    ),
    table(
      ['insight', 'measure', 'value'],
      Object.entries(of.insights).flatMap(([key, values]) =>
        Object.entries(values).map(([name, value]) => [key, name, value]),
      ),
    ),
    table(
      ['when', 'what', 'stream', 'details'],
      of.events.slice(0, 10).map(({ at, name, stream, values }) => [
        at,
        name,
        stream,
        Object.entries(values)
          .map(([key, value]) => `${key} ${String(value)}`)
          .join(', '),
      ]),
    ),
    age,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

const table = (titles: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  rows.length === 0
    ? ''
    : tableOf(
        titles.map((title) => ({ title })),
        rows,
      )
