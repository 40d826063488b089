import type { Entry, Kept } from './event-log.ts'
import { hashWords } from './ids/hash.ts'

/** Who waits for a group. */
export interface Waiter {
  readonly kept: readonly Kept[]
  readonly resolve: (kept: readonly Kept[]) => void
  readonly reject: (reason: unknown) => void
}

/** Entries gathered while the disk is busy, as the text that will be kept. */
export interface GatheredGroup {
  readonly first: number
  readonly ran: number
  at: number
  count: number
  lines: Buffer<ArrayBuffer>
  bytes: number
  ids: Uint32Array<ArrayBuffer>
  idCount: number
  readonly waiters: Waiter[]
}

const firstLineBytes = 256 * 1024
const firstIds = 256

/** Begins a group at a position, in a buffer that was used before if there is one. */
export function makeGroup(of: {
  readonly first: number
  readonly ran: number
  readonly spare: ArrayBuffer | undefined
}): GatheredGroup {
  return {
    first: of.first,
    ran: of.ran,
    at: 0,
    count: 0,
    lines: Buffer.from(of.spare ?? new ArrayBuffer(firstLineBytes)),
    bytes: 0,
    ids: new Uint32Array(firstIds * hashWords),
    idCount: 0,
    waiters: [],
  }
}

/** The hashes of the ids that a group brings. */
export const idsOf = (group: GatheredGroup): Uint32Array<ArrayBuffer> =>
  group.ids.subarray(0, group.idCount * hashWords)

/** The last position of a group. */
export const lastOf = ({ first, count }: GatheredGroup): number => first + count - 1

/** The line of an entry. */
export const printLine = (position: number, at: number, { stream, kind, body }: Entry): string =>
  `${position}\t${at}\t${stream}\t${kind}\t${body}\n`

/** The line of an entry that came before. */
export const printDuplicate = (position: number, at: number, { stream, id }: Entry): string =>
  `${position}\t${at}\t${stream}\tduplicate\t${JSON.stringify({ id })}\n`

/** Puts whole lines at the end of a group. */
export function putText(group: GatheredGroup, text: string): void {
  // A unit of text is at most three bytes.
  if (group.bytes + text.length * 3 > group.lines.length) {
    makeRoom(group, Buffer.byteLength(text))
  }
  group.bytes += group.lines.write(text, group.bytes)
}

function makeRoom(group: GatheredGroup, bytes: number): void {
  if (group.bytes + bytes <= group.lines.length) return
  const length = Math.max(group.lines.length * 2, group.bytes + bytes)
  const larger = Buffer.from(new ArrayBuffer(length))
  group.lines.copy(larger, 0, 0, group.bytes)
  group.lines = larger
}

/** Notes the hash of an id that the group brings for the first time. */
export function putId(group: GatheredGroup, hashes: Uint32Array, at: number): void {
  const place = group.idCount * hashWords
  if (place === group.ids.length) {
    const larger = new Uint32Array(group.ids.length * 2)
    larger.set(group.ids)
    group.ids = larger
  }
  for (let word = 0; word < hashWords; word++) group.ids[place + word] = hashes[at + word] ?? 0
  group.idCount++
}
