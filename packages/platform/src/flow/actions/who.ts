import type { Need } from '#definitions'
import type { Condition } from '#segments'
import type { Watch } from './definition.ts'
import type { Met } from './met.ts'

/** An event of somebody: its place in the log, and when it came. */
export interface EventOfPerson {
  readonly stream: string
  /** As the event names them. */
  readonly id: string
  readonly position: number
  readonly at: Date
}

/** Asks live profiles; brought by whoever wires the rooms, as they stand after this one. */
export interface AsksPeople {
  /** Whether a condition held for somebody as their event arrived; undefined where it cannot be told. */
  readonly holds: (who: Condition, of: EventOfPerson) => Promise<boolean | undefined>
}

/** What is asked of the person; nothing where only the event counts. */
export const whoOf = ({ when }: Pick<Watch, 'when'>): Condition | undefined =>
  'event' in when ? when.who : undefined

const counted = 'counter.'

/** The definitions that a condition on a live profile speaks of. */
export function needsOfWho(who: Condition, at: string): readonly Need[] {
  if ('all' in who) return who.all.flatMap((of, i) => needsOfWho(of, `${at}.all[${i}]`))
  if ('any' in who) return who.any.flatMap((of, i) => needsOfWho(of, `${at}.any[${i}]`))
  if ('not' in who) return needsOfWho(who.not, `${at}.not`)
  if ('segment' in who) return [{ kind: 'segment', key: who.segment, at: `${at}.segment` }]
  if ('insight' in who) {
    const [key = ''] = who.insight.split('.')
    return [{ kind: 'insight', key, at: `${at}.insight` }]
  }
  if ('field' in who && who.field.startsWith(counted))
    return [{ kind: 'live_counter', key: who.field.slice(counted.length), at: `${at}.field` }]
  return []
}

/** What was met, each as it holds for the person too; `holds` is undefined where that cannot be told. */
export async function asPeopleAre(
  people: AsksPeople | undefined,
  watch: Watch,
  mets: readonly Met[],
): Promise<readonly (readonly [Met, boolean | undefined])[]> {
  const { when } = watch
  if (!('event' in when) || when.who === undefined) return mets.map((met) => [met, met.holds])
  const { event: stream, who } = when
  return Promise.all(
    mets.map(async (met) => {
      const { cause: id, event: position, at } = met
      // Of nobody nothing holds.
      if (!met.holds || id === '' || position === undefined) return [met, false] as const
      return [met, await people?.holds(who, { stream, id, position, at })] as const
    }),
  )
}
