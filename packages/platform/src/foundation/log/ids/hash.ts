import { hash } from 'node:crypto'

/** Words of 32 bits that stand for one id. */
export const hashWords = 4

/**
 * Writes 128 bits of SHA-256 of a stream and an id. The first word is never 0, which marks free places in tables. Text of
 * the digest, because a buffer for each would cost twice the time.
 */
export function hashInto(words: Uint32Array, at: number, stream: string, id: string): void {
  const digest = hash('sha256', `${stream}\0${id}`, 'binary')
  for (let word = 0; word < hashWords; word++) {
    const byte = 4 * word
    words[at + word] =
      digest.charCodeAt(byte) |
      (digest.charCodeAt(byte + 1) << 8) |
      (digest.charCodeAt(byte + 2) << 16) |
      (digest.charCodeAt(byte + 3) << 24)
  }
  if (words[at] === 0) words[at] = 1
}
