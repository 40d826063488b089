import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises'
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
    await readFile(join(from, 'backup.json'), 'utf8').catch(() => {
      throw cliFaults.no_backup({ folder: from })
    })
    await refuseFull(dataFolder)
    await mkdir(dataFolder, { recursive: true, mode: 0o700 })
    for (const name of await readdir(from)) await copyFile(join(from, name), join(dataFolder, name))
    out.print(`restored into ${resolve(dataFolder)}; tessera serve starts it`)
  },
}
