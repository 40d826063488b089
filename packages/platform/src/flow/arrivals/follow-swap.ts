import { type Collecting, statementsOf, type Target } from '#collect'
import type { Engine } from '#engine'
import { eventsOfSwap } from '#lake'
import type { Entry, EventLog } from '#log'
import { memberOf } from './fate.ts'
import { type Line, linesBetween } from './lines.ts'
import { objectIn } from './mended-record.ts'
import type { ReplayWindow } from './replay-lines.ts'

/** What it takes to go on behind a swap. */
export interface FollowTools {
  readonly engine: Engine
  readonly events: Pick<EventLog, 'read' | 'head'>
  readonly collecting: Pick<Collecting, 'follow'>
}

const mostAtOnce = 5000

/**
 * Does what the way in would have done for events that were rejected there and became rows by a swap: takes their ids, so that
 * what is sent again is a repetition, and says what they say of people, accounts and orders. What was said of the same things
 * after them is said again behind, or the older word would be the last. Done twice, it changes nothing.
 */
export async function followSwap(
  { engine, events, collecting }: FollowTools,
  { id, target, window }: { readonly id: string; target: Target; readonly window: ReplayWindow },
): Promise<void> {
  const swapped = await eventsOfSwap(engine, { ...window, as: id })
  const added: Line[] = []
  for await (const line of linesBetween(events, window))
    if (line.kind === 'rejected' && swapped.has(line.position)) added.push(line)
  const said = added.flatMap((line) => saidBy(target, line))
  const from = Math.min(...added.map(({ position }) => position)) + 1
  const idOf = (position: number) => `again ${position} ${id}`
  const later = said.length === 0 ? [] : await laterOn(events, { said, from, idOf })
  const inOrder = [...said, ...later].toSorted((a, b) => a.position - b.position)
  const entries = [...added.map(noteOf), ...inOrder.map(({ entry }) => entry)]
  for (let at = 0; at < entries.length; at += mostAtOnce)
    await collecting.follow(entries.slice(at, at + mostAtOnce))
}

/** A statement, and where in the log it was said. */
export interface Said {
  readonly position: number
  /** What it is about. */
  readonly thing: string
  readonly entry: Entry
}

/** What a statement of a stream is about. */
export const thingOf = (stream: string, id: unknown): string => JSON.stringify([stream, id])

/** The id that an event came with, or one of its own. */
function idOf(line: Line): string {
  const sent = memberOf(line, 'id')
  return typeof sent === 'string' ? sent : `again ${line.position}`
}

function noteOf(line: Line): Entry {
  const id = idOf(line)
  return { stream: line.stream, kind: 'duplicate', id, body: JSON.stringify({ id }) }
}

/** As the way in derives them. */
function saidBy({ statements = {} }: Target, line: Line): readonly Said[] {
  const { position } = line
  return statementsOf(objectIn(memberOf(line, 'raw')) ?? {}).flatMap(({ about, value }) => {
    const stream = statements[about]
    if (stream === undefined) return []
    const id = `${idOf(line)} ${value.id}`
    const entry: Entry = { stream, kind: 'merge', id, body: JSON.stringify(value) }
    return [{ position, thing: thingOf(stream, value.id), entry }]
  })
}

/** What was said of the same things from a place in the log on, to be said again under ids of their own. */
export async function laterOn(
  events: FollowTools['events'],
  of: {
    readonly said: readonly Said[]
    readonly from: number
    readonly idOf: (position: number, thing: string) => string
  },
): Promise<readonly Said[]> {
  const things = new Set(of.said.map(({ thing }) => thing))
  const streams = new Set(of.said.map(({ entry }) => entry.stream))
  const found: Said[] = []
  for await (const line of linesBetween(events, { from: of.from, to: events.head() })) {
    const { stream, kind, body, position } = line
    if (kind !== 'merge' || !streams.has(stream)) continue
    const thing = thingOf(stream, memberOf(line, 'id'))
    if (!things.has(thing)) continue
    found.push({ position, thing, entry: { stream, kind, id: of.idOf(position, thing), body } })
  }
  return found
}
