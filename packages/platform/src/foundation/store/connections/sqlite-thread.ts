import { Worker } from 'node:worker_threads'
import { sentenceOf } from '#kernel/fault.ts'
import { storeFaults } from '../faults.ts'
import type { Answer, Question, Result } from './messages.ts'
import { errorFrom } from './sql-error.ts'

/** A SQLite database in a thread of its own; questions are answered in the order they were asked. */
export interface SqliteThread {
  readonly ask: (question: Question) => Promise<Result>
}

interface Waiting {
  readonly sql: string
  readonly resolve: (result: Result) => void
  readonly reject: (reason: Error) => void
}

/** Starts the thread. It keeps the process alive only while a question is unanswered. */
export function startSqliteThread(file: string): SqliteThread {
  // The worker needs Node alone, so it takes over none of the options that the process was started with.
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), {
    workerData: file,
    execArgv: [],
  })
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
    settle(answer.id, ({ sql, resolve, reject }) => {
      if ('result' in answer) resolve(answer.result)
      else reject(errorFrom(answer.error.message, answer.error.errcode, sql))
    })
  })
  worker.on('error', (thrown: Error & { errcode?: number }) =>
    end(errorFrom(sentenceOf(thrown), thrown.errcode, '')),
  )
  worker.on('exit', () => end(storeFaults.trouble({ what: 'it is closed' })))

  return {
    ask: (question) => {
      if (ended) return Promise.reject(ended)
      const { promise, resolve, reject } = Promise.withResolvers<Result>()
      const id = ++asked
      waiting.set(id, { sql: 'sql' in question ? question.sql : '', resolve, reject })
      worker.ref()
      worker.postMessage({ ...question, id })
      return promise
    },
  }
}
