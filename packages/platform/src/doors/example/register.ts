/** Remembers what is taken, so that no two strangers are given one mailbox or one number. */
export interface Register {
  /** Takes the key; false if it was, or may have been, taken before. */
  readonly take: (key: string) => boolean
}

const bitsPerEntry = 32

/**
 * Opens a register of a fixed size, however long the keys are. It keeps one bit per hash, so it
 * sometimes refuses a free key, which costs another try, but never gives away a taken one.
 */
export function openRegister(entries: number): Register {
  const bits = 2 ** Math.max(16, Math.min(32, Math.ceil(Math.log2(entries * bitsPerEntry))))
  const words = new Uint32Array(bits / 32)
  return {
    take(key) {
      const place = hashOf(key) % bits
      const word = words[place >>> 5] ?? 0
      const bit = 1 << (place & 31)
      if (word & bit) return false
      words[place >>> 5] = word | bit
      return true
    },
  }
}

/** FNV-1a, with the last mixing step of MurmurHash3 because we use the low bits. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
