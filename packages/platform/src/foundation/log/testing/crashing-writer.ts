import { join } from 'node:path'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import type { Entry } from '../event-log.ts'
import { openLog } from '../open.ts'

// A process of its own, to be killed at any moment: `node crashing-writer.ts <folder> <round>`. Many append at once, and
// whatever was acknowledged is said: position, whether it was a repetition, id.

const [folder = '', round = ''] = process.argv.slice(2)
const callers = 20
const log = await openLog({
  file: join(folder, 'log.sqlite'),
  clock: systemClock,
  log: silentLog,
  dedup: { memoryBytes: 65_536 },
})
process.stdout.write('ready\n')

await Promise.all(Array.from({ length: callers }, (_, caller) => appendForEver(caller)))

async function appendForEver(caller: number): Promise<void> {
  for (let n = 0; ; n++) {
    const entries = Array.from({ length: 1 + (n % 5) }, (_, i): Entry => {
      const id = `${round}-${caller}-${n}-${i}`
      return { stream: 'a', kind: 'put', id, body: JSON.stringify({ id }) }
    })
    const kept = await log.append(entries)
    const said = kept.map(
      ({ position, duplicate }, i) => `${position} ${duplicate} ${entries[i]?.id}\n`,
    )
    process.stdout.write(said.join(''))
  }
}
