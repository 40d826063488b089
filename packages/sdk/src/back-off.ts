/** Bytes by chance. */
export type Random = (bytes: number) => Uint8Array

/** How long to wait after so many failures in a row: doubling, and by chance between half of it and all. */
export function backOffMs(
  failures: number,
  { firstMs, mostMs, random }: { firstMs: number; mostMs: number; random: Random },
): number {
  const whole = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30))
  const [chance = 0] = random(1)
  return whole * (0.5 + chance / 510)
}

/** 128 random bits in writing. */
export const randomId = (random: Random): string =>
  [...random(16)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
