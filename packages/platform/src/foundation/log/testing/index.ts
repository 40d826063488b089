import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import type { EventLog } from '../event-log.ts'
import { type LogSettings, openLog } from '../open.ts'

export { allLines, type Line, linesOf } from './lines.ts'
export { describeLog, type OpenForTest } from './log-contract.ts'

/** A log in a folder of its own, which goes away when the log is closed. */
export async function temporaryLog(
  settings: Partial<LogSettings> = {},
): Promise<EventLog & { readonly file: string; readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-log-'))
  const file = join(folder, 'log.sqlite')
  const log = await openLog({ file, clock: systemClock, log: silentLog, ...settings })
  const close = async () => {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { ...log, file, folder, close, [Symbol.asyncDispose]: close }
}
