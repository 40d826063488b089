import type { Message, Verdict } from './collect.ts'

/** An event as it was seen at the door, with what became of it. */
export interface SeenEvent extends Verdict {
  /** Empty when the write key opened nothing. */
  readonly stream: string
  readonly wire: string
  readonly receivedAt: string
  readonly value: Message
}

/** Which events somebody wants to see. */
export interface TailFilter {
  readonly stream?: string | undefined
  readonly status?: Verdict['status'] | undefined
  /** Only events that hold this text somewhere. */
  readonly contains?: string | undefined
}

/** An event as it is remembered: as text, because thousands of objects a second would be carried from heap to heap. */
export interface Noted {
  readonly verdict: Verdict
  readonly stream: string
  readonly wire: string
  readonly receivedMs: number
  /** JSON of an object. */
  readonly text: string
  /** The member of it that was sent, where it is not the whole. */
  readonly member?: string | undefined
}

/** The last events that came through the door, for those who look on. It is a window, not a record: that is the log. */
export interface Tail {
  readonly note: (event: Noted) => void
  /** Those that were seen last, newest first; only later than a position when asked. */
  readonly last: (
    filter: TailFilter,
    of: { readonly limit: number; readonly after?: number | undefined },
  ) => readonly SeenEvent[]
}

/** A window over the last `size` events. */
export function makeTail(size: number): Tail {
  const ring: (Noted | undefined)[] = Array.from({ length: size })
  let next = 0
  return {
    note: (event) => {
      ring[next] = event
      next = (next + 1) % size
    },
    last: (filter, { limit, after = 0 }) => {
      const found: SeenEvent[] = []
      for (let i = 1; i <= size && found.length < limit; i++) {
        const event = ring[(next - i + size) % size]
        if (event === undefined || event.verdict.position <= after) break
        if (isWanted(event, filter)) found.push(seen(event))
      }
      return found
    },
  }
}

function isWanted(
  { verdict, stream, text }: Noted,
  { stream: wanted, status, contains }: TailFilter,
): boolean {
  if (wanted !== undefined && stream !== wanted) return false
  if (status !== undefined && verdict.status !== status) return false
  return contains === undefined || text.includes(contains)
}

function seen({ verdict, stream, wire, receivedMs, text, member }: Noted): SeenEvent {
  // Text of an object that was written here; what is in it is for the reader to say.
  const whole = JSON.parse(text) as Message
  const value = member === undefined ? whole : whole[member]
  return {
    ...verdict,
    stream,
    wire,
    receivedAt: new Date(receivedMs).toISOString(),
    // What a wire gives is an object.
    value: value as Message,
  }
}
