import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { makeFolder } from '../../testing/index.ts'
import { describeTables } from '../sql/testing/database-contract.ts'
import { makeSqlite } from './sqlite.ts'

describeTables('sqlite', async () => {
  const folder = await makeFolder()
  // The app to which the file belongs.
  const app = new DatabaseSync(join(folder, 'shop.db'))
  onTestFinished(() => app.close())
  app.exec('pragma journal_mode = wal')
  const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
  const tools = { baseFolder: folder, closedFolders: [], clock }
  return {
    make: (limits) => makeSqlite(tools, limits),
    settings: { folder: '.', file: 'shop.db' },
    schema: 'main',
    run: async (text) => app.exec(text),
    isThinking: async () => process.getActiveResourcesInfo().includes('ProcessWrap'),
    quote: '"',
    time: 'datetime',
    move: clock.move,
  }
})
