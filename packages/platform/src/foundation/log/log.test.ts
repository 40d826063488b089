import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '#kernel/log.ts'
import { openLog } from './index.ts'
import { describeLog } from './testing/index.ts'

describeLog('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-log-'))
  return {
    open: ({ windowMs, ...of }) =>
      openLog({ file: join(folder, 'log.sqlite'), log: silentLog, dedup: { windowMs }, ...of }),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  }
})
