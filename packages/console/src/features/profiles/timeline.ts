import type { Profile, TimelineEvent } from '@tessera/platform/contract'
import { texts } from '../../lib/texts.ts'
import type { IconName } from '../../ui/icons.tsx'

/** The events of one month. */
export interface Month {
  readonly name: string
  readonly events: readonly TimelineEvent[]
}

/** Events as they came, put together by month. */
export function monthsOf(events: readonly TimelineEvent[], timeZone?: string): readonly Month[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    month: 'long',
    year: 'numeric',
    ...(timeZone === undefined ? {} : { timeZone }),
  })
  const months: { name: string; events: TimelineEvent[] }[] = []
  for (const event of events) {
    const name =
      event.at === undefined ? texts.customers.timeline.undated : format.format(new Date(event.at))
    const last = months.at(-1)
    if (last?.name === name) last.events.push(event)
    else months.push({ name, events: [event] })
  }
  return months
}

/** The kinds of events that a timeline can be narrowed to: objects whose rows happened at some time. */
export const eventKinds = (counts: Profile['counts']): Profile['counts'] =>
  counts.filter(({ happens }) => happens)

/** How a kind of event is drawn. */
export interface EventLook {
  readonly icon: IconName
  readonly colour: string
}

const looks: readonly (readonly [RegExp, EventLook])[] = [
  [/order|purchase|return/, { icon: 'order', colour: '--t-stone-activation' }],
  [/case|ticket/, { icon: 'help', colour: '--t-stone-segment' }],
  [/email|mail/, { icon: 'mail', colour: '--t-stone-insight' }],
  [/lead/, { icon: 'people', colour: '--t-stone-identity' }],
  [/engagement|visit|event/, { icon: 'engagement', colour: '--t-stone-profile' }],
]

const plain: EventLook = { icon: 'other', colour: '--t-stone-other' }

/** The picture and colour of a kind of event, by the name of its object. */
export const lookOf = (object: string): EventLook =>
  looks.find(([pattern]) => pattern.test(object))?.[1] ?? plain
