import { isAscii, isUtf8 } from 'node:buffer'

/** Looks for the first byte that is not UTF-8, chunk by chunk. */
export interface Utf8Watch {
  /** The position of the first bad byte, once there is one. */
  readonly look: (chunk: Uint8Array) => number | undefined
  /** The same for what was left unfinished. */
  readonly end: () => number | undefined
  /** Whether any letter before took several bytes, as proof that UTF-8 was meant. */
  readonly sawLetters: () => boolean
}

/** Starts at the beginning of a text. */
export function watchUtf8(): Utf8Watch {
  let unfinished: Uint8Array = new Uint8Array()
  let position = 0
  let sawLetters = false
  const check = (bytes: Uint8Array) => {
    const good = isUtf8(bytes) ? bytes.length : firstBad(bytes)
    sawLetters ||= !isAscii(bytes.subarray(0, good))
    position += good
    return good < bytes.length ? position : undefined
  }
  return {
    look: (chunk) => {
      const bytes = unfinished.length > 0 ? Buffer.concat([unfinished, chunk]) : chunk
      const whole = wholeLength(bytes)
      // Copied, because streams use their buffers again.
      unfinished = Uint8Array.from(bytes.subarray(whole))
      return check(bytes.subarray(0, whole))
    },
    end: () => (unfinished.length > 0 ? position : undefined),
    sawLetters: () => sawLetters,
  }
}

/** How much of some bytes is whole letters: all but a last letter that is not finished. */
function wholeLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) return bytesOfLetter(byte) > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

function bytesOfLetter(first: number): number {
  if (first >= 0xf0) return 4
  return first >= 0xe0 ? 3 : 2
}

/** Where bytes that are not all UTF-8 stop being it, by halving. */
function firstBad(bytes: Uint8Array): number {
  const isGood = (length: number) => isUtf8(bytes.subarray(0, wholePart(length)))
  const wholePart = (length: number) => wholeLength(bytes.subarray(0, length))
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isGood(middle)) good = middle
    else bad = middle
  }
  return wholePart(good)
}
