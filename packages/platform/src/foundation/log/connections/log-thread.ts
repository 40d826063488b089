import { Worker } from 'node:worker_threads'
import { sentenceOf } from '#kernel/fault.ts'
import { logFaults } from '../faults.ts'
import type { Answer, Work } from './messages.ts'

/** A log's file in a thread of its own; what is asked is done in the order of asking. */
export interface LogThread {
  readonly ask: <Kind extends keyof Work>(
    kind: Kind,
    of: Work[Kind]['of'],
    moved?: readonly ArrayBuffer[],
  ) => Promise<Work[Kind]['answer']>
}

interface Waiting {
  readonly resolve: (answer: unknown) => void
  readonly reject: (reason: Error) => void
}

/** Starts the thread. It keeps the process alive only while something asked is not done. */
export function startLogThread(): LogThread {
  // The worker needs Node alone, so it takes over none of the options that the process was started with.
  const worker = new Worker(new URL('./log-worker.ts', import.meta.url), { execArgv: [] })
  const waiting = new Map<number, Waiting>()
  let asked = 0
  let ended: Error | undefined

  const settle = (id: number, act: (one: Waiting) => void) => {
    const one = waiting.get(id)
    waiting.delete(id)
    if (waiting.size === 0) worker.unref()
    if (one) act(one)
  }
  const end = (reason: Error) => {
    ended ??= reason
    for (const id of [...waiting.keys()]) settle(id, ({ reject }) => reject(reason))
  }

  worker.unref()
  worker.on('message', (answer: Answer) => {
    settle(answer.id, ({ resolve, reject }) => {
      if ('error' in answer) reject(errorFrom(answer.error.message, answer.error.errcode))
      else resolve(answer.answer)
    })
  })
  worker.on('error', (thrown) => end(logFaults.trouble({ what: sentenceOf(thrown) })))
  worker.on('exit', () => end(logFaults.trouble({ what: 'the log is closed' })))

  return {
    ask: <Kind extends keyof Work>(
      kind: Kind,
      of: Work[Kind]['of'],
      moved: readonly ArrayBuffer[] = [],
    ) => {
      if (ended) return Promise.reject(ended)
      const { promise, resolve, reject } = Promise.withResolvers<Work[Kind]['answer']>()
      const id = ++asked
      // The worker answers each kind with what `Work` says of it.
      waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
      worker.ref()
      worker.postMessage({ id, kind, of }, moved)
      return promise
    },
  }
}

// What a refusal of the database means.
function errorFrom(message: string, errcode: number | undefined): Error {
  // The low byte is the primary code: https://sqlite.org/rescode.html
  const code = (errcode ?? 0) & 0xff
  if (code === 11 || code === 26) return logFaults.damaged({ what: message })
  return logFaults.trouble({ what: code === 13 ? 'the disk is full' : message })
}
