import type { TimelineEntry } from '../../lib/api-types.ts'
import type { IconName } from '../../ui/icons.tsx'

/** The entries of one month. */
export interface Month {
  readonly name: string
  readonly entries: readonly TimelineEntry[]
}

/** Entries as they came, put together by month. */
export function monthsOf(entries: readonly TimelineEntry[], timeZone?: string): readonly Month[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    month: 'long',
    year: 'numeric',
    ...(timeZone === undefined ? {} : { timeZone }),
  })
  const months: { name: string; entries: TimelineEntry[] }[] = []
  for (const entry of entries) {
    const name = format.format(new Date(entry.at))
    const last = months.at(-1)
    if (last?.name === name) last.entries.push(entry)
    else months.push({ name, entries: [entry] })
  }
  return months
}

/** How a kind of event is drawn. */
export interface EventLook {
  readonly icon: IconName
  readonly colour: string
}

const looks: readonly (readonly [RegExp, EventLook])[] = [
  [/order|purchase|return/, { icon: 'order', colour: '--t-stone-activation' }],
  [/case|ticket/, { icon: 'help', colour: '--t-stone-segment' }],
  [/email|mail/, { icon: 'mail', colour: '--t-stone-insight' }],
  [/engagement|visit|event/, { icon: 'engagement', colour: '--t-stone-profile' }],
]

const plain: EventLook = { icon: 'other', colour: '--t-stone-other' }

/** The picture and colour of a kind of event, by the name of its object. */
export const lookOf = (object: string): EventLook =>
  looks.find(([pattern]) => pattern.test(object))?.[1] ?? plain
