/** How many lines of each stream are in the log and not yet in the lake. */
export interface Waiting {
  readonly add: (lines: readonly { readonly stream: string }[]) => void
  readonly take: (stream: string, lines: number) => void
  readonly of: (stream: string) => number
}

/** Counts from nothing; whoever opens the log adds what waits there. */
export function makeWaiting(): Waiting {
  const counts = new Map<string, number>()
  const change = (stream: string, by: number) => counts.set(stream, (counts.get(stream) ?? 0) + by)
  return {
    add: (lines) => {
      for (const { stream } of lines) change(stream, 1)
    },
    take: (stream, lines) => void change(stream, -lines),
    of: (stream) => Math.max(0, counts.get(stream) ?? 0),
  }
}
