import type { EventLog } from '#log'

type Reading = Pick<EventLog, 'read' | 'head'>

/** The first position of the log that came at a time or later; the one after the last when nothing did. */
export async function positionAt(log: Reading, at: Date): Promise<number> {
  // Lines are kept in groups that are read whole; the time of a group is that of its last line and never goes back.
  let [low, high] = [1, log.head() + 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [group] = await log.read(middle - 1, { maxBytes: 1 })
    if (!group || group.at >= at.getTime()) high = middle
    else low = group.last + 1
  }
  return low
}
