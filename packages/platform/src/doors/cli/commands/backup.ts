import { cp, mkdir, readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { followJob } from '../follow.ts'

/** Writes everything to a folder, as of one moment, beside a running server. */
export const backup: Command = {
  name: 'backup',
  takes: '[<folder>]',
  about: 'Write everything to a folder, as of one moment; a running server goes on',
  run: async ({ words: [folder] }, { client, out }) => {
    if (folder !== undefined) await refuseFull(folder)
    const tessera = await client()
    const { job } = (await tessera.call('POST', '/backups')) as { job: string }
    const made = (await followJob(tessera, out, job)) as { folder: string; bytes: number }
    if (folder !== undefined) await cp(made.folder, folder, { recursive: true })
    const at = resolve(folder ?? made.folder)
    out.print(
      out.isJson
        ? JSON.stringify({ ...made, folder: at })
        : `backup in ${at} (${(made.bytes / 1e6).toFixed(1)} MB)`,
    )
  },
}

/** Refuses a folder that holds anything. */
export async function refuseFull(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).length > 0) throw cliFaults.not_empty({ folder })
}
