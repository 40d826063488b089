import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { environment } from '#kernel/config.ts'

const main = join(import.meta.dirname, '../src/main.ts')
const nodeModule = createRequire(import.meta.url).resolve('node/package.json')
const node = join(dirname(nodeModule), 'bin', 'node')
// Longer than the longest file of tests takes where others work too; whatever is still there then has been forgotten.
const mostMs = 900_000

/** The folder of definitions of the example tenants. */
export const examples = join(import.meta.dirname, '../../../examples')

/** How a command ended, and all that it said. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command that runs; `ended` resolves however it ends. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Ends it at once, without a chance to tidy up. */
  readonly kill: () => Promise<void>
}

/** A server that answers. */
export interface Server extends Running {
  readonly address: string
  /** What opens it to whoever administers it. */
  readonly token: string
  readonly call: (method: string, path: string, body?: unknown) => Promise<unknown>
  /** Asks it to stop, as Ctrl-C does. */
  readonly stop: () => Promise<Ended>
}

/** A person's folder: definitions, files, a data folder, and the command line in between. */
export interface World {
  readonly folder: string
  readonly data: string
  /** Writes a file below the folder. */
  readonly write: (path: string, content: string | Uint8Array) => string
  /** Runs a command to its end, whatever the end is. */
  readonly attempt: (...args: readonly string[]) => Promise<Ended>
  /** Runs a command that has to succeed; what it printed. */
  readonly tessera: (...args: readonly string[]) => Promise<string>
  /** Runs a command that has to succeed and reads this from its standard input. */
  readonly feed: (input: string, ...args: readonly string[]) => Promise<string>
  /** Runs a command that has to succeed with --json; what it answered. */
  readonly json: <T>(...args: readonly string[]) => Promise<T>
  readonly start: (...args: readonly string[]) => Running
  readonly serve: () => Promise<Server>
  /** Calls endpoints in a server that lives as long as `use`. */
  readonly served: <T>(use: (server: Server) => Promise<T>) => Promise<T>
  readonly remove: () => Promise<void>
}

/** Settings of the world, as they stand in the environment. */
export type Settings = Readonly<Record<`TESSERA_${string}`, string>> & {
  readonly NODE_OPTIONS?: string
}

/**
 * Settings of a server that refreshes nothing by itself: what is asked for is all that happens, as without a server. Commands
 * beside it take a third of the time that they need to open the folder themselves.
 */
export const onlyAsked: Settings = { TESSERA_FOLLOW_MS: '3600000' }

/** Makes an empty world; it goes away with `remove`. */
export function makeWorld(settings: Settings = {}, data?: string): World {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-e2e-'))
  const dataFolder = data ?? join(folder, 'data')
  const running = new Set<Running>()
  const { PATH = '', HOME = '' } = environment()
  const env = {
    PATH,
    HOME,
    UV_THREADPOOL_SIZE: '16',
    // The program is compiled once, not at each of its many starts.
    NODE_COMPILE_CACHE: join(tmpdir(), 'tessera-e2e-compiled'),
    TESSERA_DATA: dataFolder,
    TESSERA_FILES: folder,
    TESSERA_DEFINITIONS: join(folder, 'definitions'),
    TESSERA_LOG: 'error',
    ...settings,
  }

  const startWith = (input: string, args: readonly string[]): Running => {
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', main, ...args], {
      cwd: folder,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdin?.end(input)
    const patience = setTimeout(() => child.kill('SIGKILL'), mostMs)
    const ended = endOf(child).finally(() => {
      clearTimeout(patience)
      running.delete(one)
    })
    const kill = async () => {
      child.kill('SIGKILL')
      await ended
    }
    const one = { child, ended, kill }
    running.add(one)
    return one
  }

  const start = (...args: readonly string[]) => startWith('', args)
  const attempt = (...args: readonly string[]) => start(...args).ended
  const feed = async (input: string, ...args: readonly string[]) => {
    const { code, stdout, stderr } = await startWith(input, args).ended
    if (code === 0) return stdout
    throw new Error(`tessera ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`)
  }
  const tessera = (...args: readonly string[]) => feed('', ...args)

  const serve = async (): Promise<Server> => {
    const server = start('serve', '--port', '0')
    const address = await addressOf(server, dataFolder)
    const token = readFileSync(join(dataFolder, 'token'), 'utf8').trim()
    return {
      ...server,
      address,
      token,
      call: (method, path, body) => callAt({ address, token, method, path, body }),
      stop: () => {
        server.child.kill('SIGINT')
        return server.ended
      },
    }
  }

  return {
    folder,
    data: dataFolder,
    write: (path, content) => {
      const file = join(folder, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      return file
    },
    start,
    attempt,
    tessera,
    feed,
    // What a test expects of an answer is for the test to say.
    json: async <T>(...args: readonly string[]) =>
      JSON.parse(await tessera(...args, '--json')) as T,
    serve,
    served: async (use) => {
      const server = await serve()
      try {
        return await use(server)
      } finally {
        await server.stop()
      }
    },
    remove: async () => {
      for (const one of running) await one.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A world that goes away with the test that asked for it. */
export function worldOfTest(settings: Settings = {}, data?: string): World {
  const world = makeWorld(settings, data)
  onTestFinished(world.remove)
  return world
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('the command was started without pipes')
  const [out, err, [code]] = await Promise.all([text(stdout), text(stderr), once(child, 'close')])
  return { code, stdout: out, stderr: err }
}

/** Waits until a server has said where it is and answers there. */
async function addressOf({ ended }: Running, data: string): Promise<string> {
  let end: Ended | undefined
  ended.then((of) => {
    end = of
  })
  for (const since = Date.now(); Date.now() - since < 120_000; ) {
    if (end) throw new Error(`the server ended with ${end.code}:\n${end.stdout}\n${end.stderr}`)
    const address = announcedIn(data)
    if (address !== undefined && (await isHealthy(address))) return address
    await sleep(50)
  }
  throw new Error('the server does not answer')
}

const isHealthy = (address: string) =>
  fetch(`${address}/api/health`).then(
    ({ ok }) => ok,
    () => false,
  )

function announcedIn(data: string): string | undefined {
  try {
    return JSON.parse(readFileSync(join(data, 'server.json'), 'utf8')).address
  } catch {
    return undefined
  }
}

async function callAt(of: {
  address: string
  token: string
  method: string
  path: string
  body: unknown
}): Promise<unknown> {
  const answer = await fetch(`${of.address}/api${of.path}`, {
    method: of.method,
    headers: {
      authorization: `Bearer ${of.token}`,
      ...(of.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(of.body === undefined ? {} : { body: JSON.stringify(of.body) }),
  })
  const said = await answer.text()
  if (!answer.ok) throw new Error(`${of.method} ${of.path} answered ${answer.status}: ${said}`)
  return said === '' ? undefined : JSON.parse(said)
}
