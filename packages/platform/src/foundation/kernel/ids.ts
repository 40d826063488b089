/** Makes ids. Comes in as an argument, so that tests repeat. */
export interface Ids {
  /** A new id that sorts by time of making: 26 letters and digits. */
  readonly next: () => string
  /** Letters and digits that cannot be guessed: 32 random bytes, base64url. */
  readonly secret: () => string
}

/** Ids from the machine's randomness, after ULID: 48 bits of milliseconds, then 80 random bits, Crockford base 32. */
export function randomIds(now: () => Date, random: (bytes: number) => Uint8Array): Ids {
  return {
    next: () => {
      const bits = [...random(10)].reduce(
        (sum, byte) => (sum << 8n) | BigInt(byte),
        BigInt(now().getTime()),
      )
      return base32(bits)
    },
    secret: () => Buffer.from(random(32)).toString('base64url'),
  }
}

/** Ids that count up; for tests. */
export function countedIds(prefix = 'id'): Ids {
  let n = 0
  const next = () => `${prefix}${String(++n).padStart(6, '0')}`
  return { next, secret: next }
}

const letters = '0123456789abcdefghjkmnpqrstvwxyz'

function base32(bits: bigint): string {
  let left = bits
  let out = ''
  for (let i = 0; i < 26; i++) {
    out = letters.charAt(Number(left & 31n)) + out
    left >>= 5n
  }
  return out
}
