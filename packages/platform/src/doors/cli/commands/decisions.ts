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
    offer: { type: 'string', about: 'Of what was decided: only where this offer was chosen' },
    outcome: { type: 'string', about: 'Of what was decided: only what was shown, or clicked' },
    state: { type: 'string', about: 'Of what was decided: only offers, fallback or held_out' },
    before: { type: 'string', about: 'Of what was decided: only what came before this id' },
    limit: { type: 'string', about: 'Of what was decided: at most so many; 20 unless given' },
  },
  run: async ({ options }, { client, out }) => {
    const tessera = await client()
    const { recorded, limit = '20', profile, person, decision, ...others } = options
    const { offer, outcome, state, before } = others
    const narrowed = { profile, person, decision, offer, outcome, state, before }
    const query = { ...narrowed, limit }
    const isRecorded = [recorded, ...Object.values(narrowed)].some((of) => of !== undefined)
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
  options: {
    by: { type: 'string', about: 'What the second word is: user, email, phone, ...' },
    why: { type: 'boolean', about: 'Tell the answer to every condition instead; records nothing' },
  },
  run: async (call, { client, out }) => {
    const key = encodeURIComponent(wordOf(decide, call))
    const [, who] = call.words
    if (who === undefined)
      throw cliFaults.missing_word({ command: decide.name, takes: '<decision> <who>' })
    const body = { identifier: identifierIn(call, who) }
    if (call.options['why'] === true) {
      const path = `/decisions/${key}/try`
      // As above.
      const tried = (await (await client()).call('POST', path, { body })) as Tried
      return out.print(out.isJson ? JSON.stringify(tried, null, 2) : triedText(tried))
    }
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

interface Answered {
  readonly says: string
  readonly holds?: boolean
  readonly value?: unknown
  readonly parts?: readonly Answered[]
}

interface Tried {
  readonly state: string
  readonly person: 'known' | 'new' | 'nobody'
  readonly profile?: string
  readonly offers: readonly {
    readonly key: string
    readonly priority: number
    readonly reason: string
    readonly why?: string
    readonly payload: unknown
    readonly asked?: Answered
  }[]
  readonly fallback?: unknown
}

const people = {
  known: 'a customer',
  new: 'somebody whom only events name so far',
  nobody: 'nobody who is known',
} as const

function triedText({ state, person, profile, offers, fallback }: Tried): string {
  const told = offers.flatMap(({ key, priority, reason, why, payload, asked }) => [
    `\n${key} (priority ${priority}): ${why ?? reason.replaceAll('_', ' ')}`,
    ...(asked ? linesOf(asked, '  ') : ['  for everybody']),
    `  gives ${JSON.stringify(payload)}`,
  ])
  return [
    `for ${people[person]}${profile === undefined ? '' : ` (${profile})`}: ${state.replaceAll('_', ' ')}`,
    ...told,
    ...(fallback === undefined ? [] : [`\nfallback ${JSON.stringify(fallback)}`]),
  ].join('\n')
}

/** A condition with its answer, those inside it further in. */
const linesOf = ({ says, holds, value, parts = [] }: Answered, indent: string): string[] => [
  `${indent}${markOf(holds)} ${says}${value === undefined ? '' : `, found ${JSON.stringify(value)}`}`,
  ...parts.flatMap((part) => linesOf(part, `${indent}  `)),
]

const markOf = (holds: boolean | undefined): string => {
  if (holds === undefined) return '?'
  return holds ? '✓' : '✗'
}

interface Report {
  readonly offers: readonly Counted[]
  readonly days: readonly (Counted & { readonly day: string })[]
}

interface Counted {
  readonly offer: string
  readonly chosen: number
  readonly shown: number
  readonly clicked: number
}

/** Shows how often the offers of a decision were given, over time. */
export const decisionReport: Command = {
  name: 'decision-report',
  takes: '<decision>',
  about: 'Show how often each offer was chosen, shown and clicked: in all, and by day',
  options: { days: { type: 'string', about: 'How far back; 30 unless given' } },
  run: async (call, { client, out }) => {
    const path = `/decisions/${encodeURIComponent(wordOf(decisionReport, call))}/report`
    const { days = '30' } = call.options
    // As above.
    const told = (await (await client()).call('GET', path, { query: { days } })) as Report
    if (out.isJson) return out.print(JSON.stringify(told, null, 2))
    if (told.offers.length === 0) return out.print('nothing was decided')
    const counts = ['chosen', 'shown', 'clicked'].map(right)
    const countsOf = (of: Counted) => [of.chosen, of.shown, of.clicked]
    out.print(
      tableOf(
        [left('offer'), ...counts],
        told.offers.map((of) => [of.offer, ...countsOf(of)]),
      ),
    )
    out.print('')
    out.print(
      tableOf(
        [left('day'), left('offer'), ...counts],
        told.days.map((of) => [of.day, of.offer, ...countsOf(of)]),
      ),
    )
  },
}
