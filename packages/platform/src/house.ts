import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stoppedClock } from '#kernel/clock.ts'
import type { Config } from '#kernel/config.ts'
import { silentLog } from '#kernel/log.ts'
import { type House, makeLedger, type OpenHouse } from '#trials'
import { openTessera } from './tessera.ts'

// Signs what nobody receives, and opens nothing.
const noSecret = `whsec_${Buffer.from('a test of definitions tells none').toString('base64')}`

/** Opens whole platforms for tests of definitions: each on a folder of its own that is thrown away, with a clock that is moved. */
export const openHouseWith =
  (config: Config): OpenHouse =>
  async (now) => {
    const folder = await mkdtemp(join(tmpdir(), 'tessera-test-'))
    const files = join(folder, 'files')
    await mkdir(files)
    const clock = stoppedClock(now)
    const ledger = makeLedger()
    const expected: House['expected'] = new Map()
    const throwAway = () => rm(folder, { recursive: true, force: true })
    try {
      const { rooms, close } = await openTessera({
        config,
        log: silentLog,
        dataFolder: join(folder, 'data'),
        filesFolder: files,
        allowPrivate: [],
        schedules: 'leave',
        outside: {
          ...ledger,
          clock,
          secret: async () => noSecret,
          expected: (stream) => expected.get(stream) ?? [],
        },
      })
      const end = async () => {
        await close()
        await throwAway()
      }
      return { rooms, ledger, clock, files, expected, close: end }
    } catch (thrown) {
      await throwAway()
      throw thrown
    }
  }
