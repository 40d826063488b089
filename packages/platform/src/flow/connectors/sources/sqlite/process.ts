import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Answer, Question, Refusal, Result } from './messages.ts'

/** A process that reads one database. Questions are asked one after the other. */
export interface ReadingProcess {
  readonly ask: (question: Question) => Promise<Result>
  readonly close: () => Promise<void>
}

/** How its troubles are said. */
export interface Troubles {
  readonly refused: (refusal: Refusal) => Error
  readonly ended: () => Error
}

const goodbyeMs = 2000

/**
 * Starts the process. A thread would not do: SQLite cannot be interrupted from Node, and a thread that thinks cannot be
 * ended, not even with the program. It is given no environment, where secrets may be.
 */
export function startReading(signal: AbortSignal, troubles: Troubles): ReadingProcess {
  signal.throwIfAborted()
  const child = fork(new URL('./reading-process.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: [],
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let waiting: PromiseWithResolvers<Answer> | undefined
  const gone = once(child, 'exit').catch(() => {})
  const fail = () => waiting?.reject(signal.aborted ? signal.reason : troubles.ended())
  const stop = () => void child.kill('SIGKILL')
  child.on('message', (answer: Answer) => waiting?.resolve(answer))
  child.on('error', fail)
  child.on('exit', fail)
  signal.addEventListener('abort', stop, { once: true })
  return {
    ask: async (question) => {
      signal.throwIfAborted()
      if (!child.connected) throw troubles.ended()
      waiting = Promise.withResolvers<Answer>()
      // Whatever keeps it from being sent is told by the end of the process.
      child.send(question, () => {})
      const answer = await waiting.promise
      if ('refusal' in answer) throw troubles.refused(answer.refusal)
      return answer.result
    },
    close: async () => {
      signal.removeEventListener('abort', stop)
      if (child.connected) child.disconnect()
      const timer = setTimeout(stop, goodbyeMs)
      await gone
      clearTimeout(timer)
    },
  }
}
