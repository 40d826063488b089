// The server heeds a decision by itself, soon but not at once.
const echoesMs = [1_000, 3_000, 8_000]

/** Renews what is shown now, and again when the server may have followed what was decided. */
export function renewWithEchoes(renew: () => Promise<unknown>): Promise<unknown> {
  for (const ms of echoesMs) setTimeout(() => void renew(), ms)
  return renew()
}
