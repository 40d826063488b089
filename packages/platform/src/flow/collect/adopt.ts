import type { Engine } from '#engine'
import { forgetParked, parkedLines } from '#lake'
import type { About, Collect, Item, Message, Target } from './collect.ts'

/** What is parked together: under a write key that opened nothing, or of a stream that did not receive. */
export interface ParkedPlace {
  /** Empty when events came without any. */
  readonly writeKey: string
  /** Empty unless a stream did not receive. */
  readonly stream: string
}

/** What became of what was parked. */
export interface Adopted {
  readonly adopted: number
  /** Those that had come before under another key. */
  readonly duplicates: number
  /** Those that are among the rejected records of their stream now. */
  readonly rejected: number
}

/** How many were parked. */
export const countOf = ({ adopted, duplicates, rejected }: Adopted): number =>
  adopted + duplicates + rejected

const mostAtOnce = 2000

/**
 * Takes what is parked at a place, piece by piece; each piece leaves it once it is in the log. Done again after a crash, what was
 * taken already is a repetition.
 */
export async function adoptParked(
  { engine, intake }: { readonly engine: Engine; readonly intake: Pick<Collect, 'take'> },
  { writeKey, stream }: ParkedPlace,
  to: { readonly target: Target; readonly about: About },
): Promise<Adopted> {
  const done = { stored: 0, duplicate: 0, rejected: 0, parked: 0 }
  for (;;) {
    const lines = await parkedLines(engine, writeKey, { stream, limit: mostAtOnce })
    const last = lines.at(-1)
    if (!last) return { adopted: done.stored, duplicates: done.duplicate, rejected: done.rejected }
    const verdicts = await intake.take(to.target, lines.map(itemOf), to.about)
    await forgetParked(engine, writeKey, { upTo: last.position, stream })
    for (const { status } of verdicts) done[status]++
  }
}

interface ParkedLine {
  readonly position: number
  readonly kind: string
  readonly body: Message
}

/** What was parked, as it is taken now: the same item, whose place in the log tells a repetition where it has no id. */
function itemOf({ position, kind, body }: ParkedLine): Item {
  const place = `parked ${position}`
  // What belongs to a stream is the body itself; the way in has wrapped the rest.
  if (kind !== 'parked') return { id: place, kind: kind === 'delete' ? kind : 'put', value: body }
  const { message, refused, id } = body
  return {
    id: typeof id === 'string' ? id : place,
    // Parked lines are written by the intake: the message is the object that was sent.
    value: message as Message,
    refused: typeof refused === 'string' ? refused : undefined,
  }
}
