import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { environment } from '../src/foundation/kernel/config.ts'
import type { LoadOrder, LoadReport } from './events-load.ts'

/** A server in a process of its own. */
export interface Served {
  readonly port: number
  readonly pid: number
  readonly stop: () => Promise<void>
}

/** The platform with a sender of events. */
export interface ServedPlatform extends Served {
  readonly writeKey: string
  readonly token: string
  readonly call: (method: string, path: string, body?: unknown) => Promise<unknown>
}

const patienceMs = 30_000

/** Starts the program on a data folder and sets up the sender `site`. */
export async function startPlatform(
  folder: string,
  flags: readonly string[] = [],
  settings: Readonly<Record<string, string>> = {},
): Promise<ServedPlatform> {
  const { PATH = '', HOME = '' } = environment()
  const main = join(import.meta.dirname, '../src/main.ts')
  const child = spawn(
    process.execPath,
    [...flags, main, 'serve', '--data', folder, '--port', '0'],
    {
      // What follows from events is refreshed later: here it is measured how they come in.
      env: {
        PATH,
        HOME,
        UV_THREADPOOL_SIZE: '16',
        TESSERA_LOG: 'error',
        TESSERA_FOLLOW_MS: '3600000',
        ...settings,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const address = await addressIn(folder, child)
  const token = readFileSync(join(folder, 'token'), 'utf8').trim()
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${address}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const said = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${said}`)
    return said === '' ? undefined : JSON.parse(said)
  }
  const { write_key: writeKey } = (await call('POST', '/senders', {
    key: 'site',
    // The endpoint answers with this shape; see the runs room.
  })) as { write_key: string }
  const platform: ServedPlatform = {
    ...servedBy(child, Number(new URL(address).port)),
    writeKey,
    token,
    call,
  }
  await makeReadable(platform)
  return platform
}

/** Refreshes everything and waits until that is done, however long it takes. */
export async function untilRefreshed({ call }: ServedPlatform): Promise<void> {
  // The endpoints answer with these shapes; see the runs and jobs rooms.
  const { job } = (await call('POST', '/run', {})) as { job: string }
  for (;;) {
    const { state } = (await call('GET', `/jobs/${job}`)) as { state: string }
    if (state === 'done') return
    if (state === 'failed' || state === 'cancelled') throw new Error(`the run ${state}`)
    await sleep(200)
  }
}

/** Sends a first event and waits until the lake can be asked for it. */
async function makeReadable({ port, writeKey, call }: ServedPlatform): Promise<void> {
  await fetch(`http://127.0.0.1:${port}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${writeKey}:`)}` },
    body: JSON.stringify({ event: 'First', anonymousId: 'first', messageId: 'first' }),
  })
  await call('POST', '/run', { nodes: ['stream:site'] })
  const ask = () => call('POST', '/query', { sql: 'select count(*) as n from lake.site' })
  for (const since = Date.now(); Date.now() - since < patienceMs; await sleep(100)) {
    const isThere = await ask().then(
      () => true,
      () => false,
    )
    if (isThere) return
  }
  throw new Error('the lake does not answer')
}

async function addressIn(folder: string, child: ChildProcess): Promise<string> {
  const file = join(folder, 'server.json')
  for (const since = Date.now(); Date.now() - since < patienceMs; await sleep(50)) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    if (existsSync(file)) {
      const { address } = JSON.parse(readFileSync(file, 'utf8'))
      const isThere = await fetch(`${address}/api/health`).then(
        ({ ok }) => ok,
        () => false,
      )
      if (isThere) return address
    }
  }
  throw new Error('the server does not answer')
}

/** Starts a server that only reads JSON and puts it at the end of a file. */
export async function startBare(file: string): Promise<Served> {
  const child = fork(join(import.meta.dirname, 'events-bare.ts'), [file])
  const [{ port }] = await once(child, 'message')
  return servedBy(child, port)
}

function servedBy(child: ChildProcess, port: number): Served {
  const ended = once(child, 'exit')
  // Whatever ends this program, the servers that it started end too.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  return {
    port,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGINT')
      const patience = setTimeout(kill, patienceMs)
      await ended
      clearTimeout(patience)
      process.off('exit', kill)
    },
  }
}

/** Something that sends, in a process of its own. */
export interface Sender {
  readonly send: (order: LoadOrder) => Promise<LoadReport>
  /** The core that it keeps to, for the figures. */
  readonly core: string
  readonly stop: () => void
}

/** Starts what sends; on the last core, where a process can be kept to one. */
export function startSender(): Sender {
  const file = join(import.meta.dirname, 'events-load.ts')
  const core = availableParallelism() - 1
  const child = spawnSender(file, core)
  return {
    core: existsSync(taskset) ? `core ${core}` : 'any core',
    send: async (order) => {
      child.send(order)
      const [{ report, failed }] = await once(child, 'message')
      if (report === undefined) throw new Error(`the load broke off: ${failed}`)
      return report
    },
    stop: () => child.kill(),
  }
}

const taskset = '/usr/bin/taskset'

function spawnSender(file: string, core: number): ChildProcess {
  if (!existsSync(taskset)) return fork(file)
  return spawn(taskset, ['-c', String(core), process.execPath, file], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

/** The processor seconds that a process has used, and its memory at most, in bytes. */
export function usageOf(pid: number): { readonly seconds: number; readonly peakBytes: number } {
  if (!existsSync('/proc/self/stat')) return { seconds: Number.NaN, peakBytes: Number.NaN }
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024
  return { seconds: (Number(fields[11]) + Number(fields[12])) / 100, peakBytes: peak }
}
