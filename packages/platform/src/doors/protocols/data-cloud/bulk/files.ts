import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** The folders of bulk jobs: one each, below the folder of this room. */
export interface JobFiles {
  readonly pathOf: (job: string, file: string) => string
  /** Makes the folder of a job, on disk when it settles. */
  readonly makeFolder: (job: string) => Promise<void>
  /** Makes sure that the name of a new file is on disk as well. */
  readonly sync: (job: string) => Promise<void>
  readonly removeFile: (job: string, file: string) => Promise<void>
  readonly removeFolder: (job: string) => Promise<void>
  readonly folders: () => Promise<readonly string[]>
  readonly filesOf: (job: string) => Promise<readonly string[]>
}

/** The files of bulk jobs below a folder. */
export function jobFiles(folder: string): JobFiles {
  return {
    pathOf: (job, file) => join(folder, job, file),
    makeFolder: async (job) => {
      await mkdir(join(folder, job), { recursive: true, mode: 0o700 })
      await syncFolder(folder)
    },
    sync: (job) => syncFolder(join(folder, job)),
    removeFile: (job, file) => rm(join(folder, job, file), { force: true }),
    removeFolder: (job) => rm(join(folder, job), { recursive: true, force: true }),
    folders: () => namesIn(folder),
    filesOf: (job) => namesIn(join(folder, job)),
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return []
    throw thrown
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
