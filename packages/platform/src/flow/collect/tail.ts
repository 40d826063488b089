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

/** The last events that came through the door, for those who look on. It is a window, not a record: that is the log. */
export interface Tail {
  readonly note: (events: readonly SeenEvent[]) => void
  /** Those that were seen last, newest first; only later than a position when asked. */
  readonly last: (
    filter: TailFilter,
    of: { readonly limit: number; readonly after?: number | undefined },
  ) => readonly SeenEvent[]
}

/** A window over the last `size` events. */
export function makeTail(size: number): Tail {
  const ring: (SeenEvent | undefined)[] = Array.from({ length: size })
  let next = 0
  return {
    note: (events) => {
      for (const event of events.length > size ? events.slice(-size) : events) {
        ring[next] = event
        next = (next + 1) % size
      }
    },
    last: (filter, { limit, after = 0 }) => {
      const found: SeenEvent[] = []
      for (let i = 1; i <= size && found.length < limit; i++) {
        const event = ring[(next - i + size) % size]
        if (event === undefined || event.position <= after) break
        if (isWanted(event, filter)) found.push(event)
      }
      return found
    },
  }
}

function isWanted(event: SeenEvent, { stream, status, contains }: TailFilter): boolean {
  if (stream !== undefined && event.stream !== stream) return false
  if (status !== undefined && event.status !== status) return false
  return contains === undefined || JSON.stringify(event.value).includes(contains)
}
