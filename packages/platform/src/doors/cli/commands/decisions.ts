import type { Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { tableOf } from '../table.ts'
import { wordOf } from '../words.ts'
import { identifierIn } from './live-profile.ts'

interface Overview {
  readonly key: string
  readonly enabled: boolean
  readonly public: boolean
  readonly offers: readonly string[]
  readonly chosen: number
  readonly shown: number
  readonly clicked: number
}

interface LeftOut {
  readonly key: string
  readonly reason: string
  readonly why?: string
}

interface Decided {
  readonly id: string
  readonly state: string
  readonly offers: readonly { readonly key: string; readonly payload: unknown }[]
  readonly left_out: readonly LeftOut[]
  readonly fallback?: unknown
}

interface Recorded {
  readonly id: string
  readonly decision: string
  readonly at: string
  readonly person?: string
  readonly profile?: string
  readonly state: string
  readonly chosen: readonly string[]
  readonly left_out: readonly LeftOut[]
  readonly shown: readonly string[]
  readonly clicked: readonly string[]
}

const right = (title: string) => ({ title, align: 'right' as const })
const left = (title: string) => ({ title })
const whyOf = (all: readonly LeftOut[]) =>
  all.map(({ key, reason, why }) => `${key}: ${why ?? reason}`).join(', ')

/** Lists the decisions, or what was decided. */
export const decisions: Command = {
  name: 'decisions',
  takes: '',
  about: 'List the decisions with their figures; or what was decided, and why',
  options: {
    recorded: { type: 'boolean', about: 'What was decided, newest first, instead' },
    profile: { type: 'string', about: 'Of what was decided: only for this profile' },
    person: { type: 'string', about: 'Of what was decided: only for this id in events' },
    decision: { type: 'string', about: 'Of what was decided: only by this decision' },
    limit: { type: 'string', about: 'Of what was decided: at most so many; 20 unless given' },
  },
  run: async ({ options }, { client, out }) => {
    const tessera = await client()
    const { recorded, profile, person, decision, limit = '20' } = options
    const query = { profile, person, decision, limit }
    const isRecorded = [recorded, profile, person, decision].some((of) => of !== undefined)
    const found = isRecorded
      ? await tessera.call('GET', '/decisions/recorded', { query })
      : await tessera.call('GET', '/decisions')
    if (out.isJson) return out.print(JSON.stringify(found, null, 2))
    // The endpoints answer with these shapes; see the room decisions.
    out.print(
      isRecorded
        ? recordedText(found as readonly Recorded[])
        : listText(found as readonly Overview[]),
    )
  },
}

const listText = (all: readonly Overview[]): string =>
  all.length === 0
    ? 'there are no decisions'
    : tableOf(
        [
          left('decision'),
          left('offers'),
          left('asked by'),
          ...['chosen', 'shown', 'clicked'].map(right),
        ],
        all.map((of) => [
          of.enabled ? of.key : `${of.key} (disabled)`,
          of.offers.join(', '),
          of.public ? 'pages and callers' : 'callers',
          of.chosen,
          of.shown,
          of.clicked,
        ]),
      )

const recordedText = (all: readonly Recorded[]): string =>
  all.length === 0
    ? 'nothing was decided'
    : tableOf(
        ['when', 'decision', 'person', 'chosen', 'shown', 'clicked', 'left out', 'id'].map(left),
        all.map((of) => [
          of.at,
          of.decision,
          of.profile ?? of.person ?? '',
          of.chosen.join(', ') || of.state,
          of.shown.join(', '),
          of.clicked.join(', '),
          whyOf(of.left_out),
          of.id,
        ]),
      )

/** Asks for a decision. */
export const decide: Command = {
  name: 'decide',
  takes: '<decision> <id, e-mail, phone, source:id or id in events>',
  about: 'Ask which offer somebody would get now; it is recorded like any other',
  options: { by: { type: 'string', about: 'What the second word is: user, email, phone, ...' } },
  run: async (call, { client, out }) => {
    const key = wordOf(decide, call)
    const [, who] = call.words
    if (who === undefined)
      throw cliFaults.missing_word({ command: decide.name, takes: '<decision> <who>' })
    const body = { identifier: identifierIn(call, who) }
    // As above.
    const answer = (await (await client()).call('POST', `/decisions/${key}`, { body })) as Decided
    out.print(out.isJson ? JSON.stringify(answer, null, 2) : decidedText(answer))
  },
}

function decidedText({ state, offers, left_out: others, fallback, id }: Decided): string {
  const rows = [
    ...offers.map(({ key, payload }) => [key, 'chosen', payload]),
    ...others.map(({ key, reason, why }) => [key, why ?? reason, '']),
    ...(fallback === undefined ? [] : [['(fallback)', state, fallback]]),
  ]
  return `${tableOf(['offer', 'why', 'payload'].map(left), rows)}\n\nrecorded as ${id}`
}
