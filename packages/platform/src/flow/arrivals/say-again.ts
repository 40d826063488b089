import { type Message, statementsOf, type Target } from '#collect'
import { type FollowTools, laterOn, type Said, thingOf } from './follow-swap.ts'

/** An event that was mended and taken. */
export interface Taken {
  /** What it was rejected under. */
  readonly reject: string
  /** Where in the log it came first, and was rejected. */
  readonly from: number
  /** Where in the log it was taken. */
  readonly at: number
  readonly value: Message
}

interface Mended extends Said {
  readonly of: Taken
}

/**
 * Puts what mended events say in its place: what was said later of the same people, accounts and orders is said again behind
 * them, or the older word would be the last. Done twice, it changes nothing.
 */
export async function sayLaterAgain(
  { events, collecting }: Pick<FollowTools, 'events' | 'collecting'>,
  target: Target,
  taken: readonly Taken[],
): Promise<void> {
  const said = taken.flatMap((one) => saidBy(target, one))
  if (said.length === 0) return
  const byThing = Map.groupBy(said, ({ thing }) => thing)
  const idOf = (position: number, thing: string) =>
    `again ${position} mended ${byThing.get(thing)?.[0]?.of.reject}`
  const from = Math.min(...said.map(({ position }) => position)) + 1
  const isOwn = ({ position, thing, entry }: Said) =>
    byThing.get(thing)?.some(({ of, entry: own }) => {
      const mostAfter = statementsOf(of.value).length
      const isBehind = position > of.at && position <= of.at + mostAfter
      return isBehind && own.body === entry.body
    })
  const later = (await laterOn(events, { said, from, idOf })).filter(
    (one) => !isOwn(one) && (byThing.get(one.thing) ?? []).some((of) => of.position < one.position),
  )
  const touched = new Set(later.map(({ thing }) => thing))
  const again = said.filter(({ thing }) => touched.has(thing))
  const inOrder = [...again, ...later].toSorted((a, b) => a.position - b.position)
  for (let at = 0; at < inOrder.length; at += mostAtOnce)
    await collecting.follow(inOrder.slice(at, at + mostAtOnce).map(({ entry }) => entry))
}

const mostAtOnce = 5000

/** What an event says beside that somebody is there, which is never older than what is known. */
function saidBy({ statements = {} }: Target, of: Taken): readonly Mended[] {
  return statementsOf(of.value).flatMap(({ about, value, isMention }) => {
    const stream = statements[about]
    if (stream === undefined || isMention) return []
    const thing = thingOf(stream, value.id)
    const id = `again ${of.from} mended ${of.reject} ${value.id}`
    const entry = { stream, kind: 'merge' as const, id, body: JSON.stringify(value) }
    return [{ of, position: of.from, thing, entry }]
  })
}
