import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

/** A whole number from 0 to below this one. */
export type Random = (below: number) => number

/** Writes a delimited file line by line; the same numbers at every run. */
export async function writeCsv(
  file: string,
  of: {
    readonly header: string
    readonly rows: number
    readonly line: (n: number, random: Random) => string
  },
): Promise<void> {
  const out = createWriteStream(file)
  let state = 1
  // The lower bits of such a generator come round too soon.
  const random: Random = (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 2 ** 31) * below)
  }
  let text = `${of.header}\n`
  for (let n = 0; n < of.rows; n++) {
    text += `${of.line(n, random)}\n`
    if (text.length < 1_000_000) continue
    if (!out.write(text)) await once(out, 'drain')
    text = ''
  }
  out.end(text)
  await once(out, 'finish')
}
