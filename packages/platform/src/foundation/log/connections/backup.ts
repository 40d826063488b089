import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { sentenceOf } from '#kernel/fault.ts'
import { logFaults } from '../faults.ts'

/** Copies a log's file, in a thread of its own: commits go on meanwhile. */
export async function backUp(source: string, file: string): Promise<void> {
  const part = `${file}.part`
  for (const name of [file, part]) {
    if (existsSync(name)) throw logFaults.already_there({ file: name })
  }
  try {
    await copyInThread(source, part)
    await flush(part)
    await rename(part, file)
  } catch (thrown) {
    await rm(part, { force: true })
    throw logFaults.trouble({ what: sentenceOf(thrown) }, { cause: thrown })
  }
}

async function copyInThread(source: string, part: string): Promise<void> {
  const workerData = { source, part }
  const script = new URL('./backup-worker.ts', import.meta.url)
  // What is thrown in there ends the waiting with it.
  await once(new Worker(script, { workerData, execArgv: [] }), 'exit')
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.sync().finally(() => handle.close())
}
