import type { Activation, Alert, GraphNode, IntakeState, Summary } from '@tessera/platform/contract'
import { homeTexts } from '../../lib/texts-home.ts'
import type { Tone } from '../../ui/state-badge.tsx'

const words = homeTexts.attention

/** Something that wants a person: how urgent, what, and where it is dealt with. */
export interface Matter {
  readonly key: string
  readonly tone: Tone
  readonly say: string
  /** More about it: the sentence of a fault, a name. */
  readonly about?: string
  /** The address of the page, with what stands behind the question mark. */
  readonly to: string
}

/** What is known of the house; what did not answer yet is missing. */
export interface House {
  readonly nodes?: readonly GraphNode[] | undefined
  readonly summary?: Summary | undefined
  readonly intake?: IntakeState | undefined
  /** Pairs that wait for review, by ruleset. */
  readonly reviews?: readonly { readonly ruleset: string; readonly pairs: number }[]
  /** Events that nobody could take. */
  readonly parked?: number
  readonly alerts?: readonly Alert[] | undefined
  /** Firings of actions that were given up. */
  readonly deadFirings?: number
  readonly activations?: readonly Activation[] | undefined
  /** What time it is, in milliseconds. */
  readonly now: number
}

/** Events come all the time, and what follows from them is refreshed by itself a little later: only what stays behind wants a person. */
const behindMs = 5 * 60_000

/** Everything that wants a person, the worst first. */
export function mattersOf(house: House): readonly Matter[] {
  const matters = [
    ...intakeMatters(house),
    ...nodeMatters(house),
    ...deadMatters(house),
    ...rejectedMatters(house),
    ...parkedMatters(house),
    ...alertMatters(house),
    ...reviewMatters(house),
    ...waitingMatters(house),
  ]
  const rank = ({ tone }: Matter) => (tone === 'bad' ? 0 : 1)
  return matters.toSorted((a, b) => rank(a) - rank(b))
}

function intakeMatters({ intake }: House): Matter[] {
  const { log, lake } = intake ?? {}
  return [
    ...(log?.trouble === undefined
      ? []
      : [{ key: 'log', tone: 'bad' as const, say: words.log, about: log.trouble, to: '/events' }]),
    ...(lake?.trouble === undefined
      ? []
      : [
          {
            key: 'lake',
            tone: 'bad' as const,
            say: words.lake,
            about: lake.trouble,
            to: '/events',
          },
        ]),
  ]
}

function nodeMatters({ nodes = [], now }: House): Matter[] {
  const failed = nodes.filter(({ state }) => state === 'failed' || state === 'interrupted')
  const stale = nodes.filter(
    ({ state, waits, refreshedAt }) =>
      state === 'stale' &&
      waits === undefined &&
      !(refreshedAt && now - Date.parse(refreshedAt) < behindMs),
  )
  return [
    ...failed.map(
      ({ key, label, fault, state }): Matter => ({
        key: `failed ${key}`,
        tone: 'bad',
        say: state === 'failed' ? words.failed(label) : words.interrupted(label),
        ...(fault === undefined ? {} : { about: fault.say }),
        to: `/?node=${encodeURIComponent(key)}`,
      }),
    ),
    ...(stale.length === 0
      ? []
      : [
          {
            key: 'stale',
            tone: 'wait' as const,
            say: words.stale(stale.length),
            about: stale.map(({ label }) => label).join(', '),
            to: `/?node=${encodeURIComponent(stale[0]?.key ?? '')}`,
          },
        ]),
  ]
}

function deadMatters({ summary, deadFirings = 0 }: House): Matter[] {
  const dead = summary?.deliveries.filter((delivery) => delivery.dead > 0) ?? []
  return [
    ...dead.map(
      ({ activation, label, dead: members }): Matter => ({
        key: `dead ${activation}`,
        tone: 'bad',
        say: words.dead(members, label),
        to: '/activations',
      }),
    ),
    ...(deadFirings === 0
      ? []
      : [
          {
            key: 'dead firings',
            tone: 'bad' as const,
            say: words.deadFirings(deadFirings),
            to: '/actions',
          },
        ]),
  ]
}

const rejectedMatters = ({ summary }: House): Matter[] =>
  (summary?.sources ?? [])
    .filter(({ rejected }) => rejected > 0)
    .map(({ stream, label, rejected }) => ({
      key: `rejected ${stream}`,
      tone: 'wait',
      say: words.rejected(rejected, label),
      to: `/streams/${encodeURIComponent(stream)}?tab=rejected`,
    }))

const parkedMatters = ({ parked = 0 }: House): Matter[] =>
  parked === 0 ? [] : [{ key: 'parked', tone: 'wait', say: words.parked(parked), to: '/senders' }]

const alertMatters = ({ alerts = [] }: House): Matter[] =>
  alerts.map(({ stream, hour, say, kind }) => ({
    key: `alert ${stream} ${hour}`,
    tone: kind === 'low' ? 'bad' : 'wait',
    say,
    to: `/streams/${encodeURIComponent(stream)}?tab=hours&span=7d`,
  }))

const reviewMatters = ({ reviews = [] }: House): Matter[] =>
  reviews
    .filter(({ pairs }) => pairs > 0)
    .map(({ ruleset, pairs }) => ({
      key: `review ${ruleset}`,
      tone: 'wait',
      say: words.review(pairs),
      about: ruleset,
      to: `/identity/${encodeURIComponent(ruleset)}?tab=review`,
    }))

const waitingMatters = ({ activations = [] }: House): Matter[] =>
  activations
    .filter(({ awaiting }) => typeof awaiting === 'number' && awaiting > 0)
    .map(({ key, label = key, awaiting }) => ({
      key: `confirm ${key}`,
      tone: 'wait',
      say: words.confirm(Number(awaiting), label),
      to: '/activations',
    }))
