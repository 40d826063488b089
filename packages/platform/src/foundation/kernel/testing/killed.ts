import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'

/** Kills a process so many ms after it has said that it is ready; whether it was still at work. */
export async function killedAfter(child: ChildProcess, ms: number): Promise<boolean> {
  const ended = once(child, 'exit')
  await Promise.race([child.stdout && once(child.stdout, 'data'), ended])
  await wait(ms)
  child.kill('SIGKILL')
  const [, signal] = await ended
  return signal === 'SIGKILL'
}
