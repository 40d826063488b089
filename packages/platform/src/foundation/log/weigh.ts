import type { Entry } from './event-log.ts'
import { logFaults } from './faults.ts'

const mostEntryBytes = 16 * 1024 * 1024
// What a line has beside stream and body: position, time, kind, tabs.
const lineBytes = 48
const mostStreamsRemembered = 10_000

/**
 * Estimates what entries take, by the length of their text. Refuses what is too large; what would break the lines of the
 * log is a bug of the caller.
 */
export function makeWeigher(mostWaitingBytes: number): (entries: readonly Entry[]) => number {
  const sound = new Set<string>()
  const most = Math.max(mostWaitingBytes, 2 * mostEntryBytes)
  const assertSound = ({ stream, body }: Entry) => {
    if (body.includes('\n') || body.includes('\t')) {
      throw new Error(`an entry of "${stream}" is not on one line`)
    }
    if (sound.has(stream)) return
    if (/\p{Cc}/u.test(stream)) throw new Error('the name of a stream has control characters')
    if (sound.size >= mostStreamsRemembered) sound.clear()
    sound.add(stream)
  }
  return (entries) => {
    let bytes = 0
    for (const entry of entries) {
      assertSound(entry)
      const { length } = entry.body
      if (length > mostEntryBytes) {
        throw logFaults.too_large({ bytes: length, most: mostEntryBytes })
      }
      bytes += length + entry.stream.length + lineBytes
    }
    if (bytes > most) throw logFaults.too_large({ bytes, most })
    return bytes
  }
}
