import { cp, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { wordOf } from '../words.ts'
import { refuseFull } from './backup.ts'

/** Puts a backup into an empty data folder. */
export const restore: Command = {
  name: 'restore',
  takes: '<backup folder>',
  about: 'Put a backup into an empty data folder (set with --data)',
  run: async (call, { out, dataFolder }) => {
    const from = wordOf(restore, call)
    const written = await readFile(join(from, 'backup.json'), 'utf8').catch(() => {
      throw cliFaults.no_backup({ folder: from })
    })
    const { format } = JSON.parse(written) as { format?: unknown }
    if (format !== 1) throw cliFaults.newer_backup({ folder: from, format: String(format) })
    await refuseFull(dataFolder)
    await cp(from, dataFolder, { recursive: true })
    out.print(`restored into ${resolve(dataFolder)}; tessera serve starts it`)
  },
}
