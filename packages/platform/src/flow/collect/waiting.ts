/** How many lines of each stream are in the log and not in the lake yet, by the hour in which they came. */
export interface Waiting {
  /** Lines that came at a moment; later ones never come at an earlier one. */
  readonly add: (lines: readonly { readonly stream: string }[], at: number) => void
  /** The oldest have come into the lake. */
  readonly take: (stream: string, lines: number) => void
  readonly of: (stream: string) => number
  readonly hoursOf: (stream: string) => readonly WaitingHour[]
}

/** An hour, by the millisecond in which it begins, with what waits of it. */
export interface WaitingHour {
  readonly hour: number
  readonly lines: number
}

const hourMs = 3_600_000

interface Cell {
  readonly hour: number
  lines: number
}

/** Counts from nothing; whoever opens the log adds what waits there. */
export function makeWaiting(): Waiting {
  const cells = new Map<string, Cell[]>()
  // What came into the lake before its sender was told that it is in the log.
  const early = new Map<string, number>()

  const add = (stream: string, hour: number) => {
    const ahead = early.get(stream)
    if (ahead !== undefined) {
      if (ahead === 1) early.delete(stream)
      else early.set(stream, ahead - 1)
      return
    }
    const hours = cells.get(stream)
    const last = hours?.at(-1)
    if (last?.hour === hour) last.lines++
    else if (hours) hours.push({ hour, lines: 1 })
    else cells.set(stream, [{ hour, lines: 1 }])
  }
  const hoursOf = (stream: string): readonly Cell[] => cells.get(stream) ?? []

  return {
    add: (lines, at) => {
      const hour = at - (at % hourMs)
      for (const { stream } of lines) add(stream, hour)
    },
    take: (stream, lines) => {
      const hours = cells.get(stream) ?? []
      let left = lines
      for (let [oldest] = hours; left > 0 && oldest; [oldest] = hours) {
        const taken = Math.min(left, oldest.lines)
        oldest.lines -= taken
        left -= taken
        if (oldest.lines === 0) hours.shift()
      }
      if (left > 0) early.set(stream, (early.get(stream) ?? 0) + left)
    },
    of: (stream) => hoursOf(stream).reduce((sum, { lines }) => sum + lines, 0),
    hoursOf: (stream) => hoursOf(stream).map((cell) => ({ ...cell })),
  }
}
