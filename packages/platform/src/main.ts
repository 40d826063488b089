import { join } from 'node:path'
import { httpClient, inProcessClient, runCli, type Serving, tokenIn } from '#cli'
import { type Config, environment, readConfig } from '#kernel/config.ts'
import { Fault } from '#kernel/fault.ts'
import { jsonLog } from '#kernel/log.ts'
import { listen, makeApp } from '#server'
import { openHouseWith } from './house.ts'
import { openTessera, type Tessera } from './tessera.ts'

const version = '0.1.0'
const consoleFolder = join(import.meta.dirname, '../../console/dist')
const senderScripts = join(import.meta.dirname, '../../sdk/dist')

/** Starts the command line on this process's arguments, environment and streams. */
async function main(): Promise<number> {
  // What is written from here on is about people: only whoever started this may read it.
  process.umask(0o077)
  // Whoever reads what is printed may have seen enough; the command goes on to its end.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'EPIPE') throw thrown
    })
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const stderr = (text: string) => void process.stderr.write(text)
  const config = configOr(stderr)
  if (!config) return 1
  return runCli({
    args: process.argv.slice(2),
    stdout: (text) => void process.stdout.write(text),
    stderr,
    isTerminal: process.stderr.isTTY === true,
    dataFolder: config.dataFolder,
    definitionsFolder: config.definitionsFolder,
    connect: (dataFolder) => connect(config, dataFolder),
    serve: (of) => serve(config, of),
    openHouse: openHouseWith(config),
    now: () => new Date(),
    signal: stop.signal,
  })
}

function configOr(stderr: (text: string) => void): Config | undefined {
  try {
    return readConfig(environment())
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    stderr(`${thrown.message}\n`)
    return undefined
  }
}

const logOf = (config: Config) =>
  jsonLog({
    write: (line) => process.stderr.write(line),
    now: () => new Date(),
    level: config.logLevel,
  })

/** The running server of a data folder, or the folder itself when none holds it. */
async function connect(config: Config, dataFolder: string) {
  try {
    const tessera = await open(config, { dataFolder, schedules: 'leave' })
    const app = await appOf(config, tessera)
    const close = async () => {
      await app.close()
      await tessera.close()
    }
    return inProcessClient({ app, token: tessera.token, dataFolder, close })
  } catch (thrown) {
    const address =
      thrown instanceof Fault && thrown.code === 'store.folder_in_use'
        ? thrown.details['address']
        : undefined
    if (typeof address !== 'string') throw thrown
    return httpClient({ address, token: await tokenIn(dataFolder), dataFolder })
  }
}

type ServeOptions = Parameters<Parameters<typeof runCli>[0]['serve']>[0]

async function serve(config: Config, options: ServeOptions): Promise<Serving> {
  const tessera = await open(config, { ...options, schedules: 'fire' })
  const app = await appOf(config, tessera)
  const { host } = config
  const { address } = await listen(app, {
    host,
    port: options.port ?? config.port,
    log: logOf(config),
  })
  tessera.announce(address)
  const link = `${address}/#token=${tessera.token}`
  return {
    address,
    client: httpClient({ address, token: tessera.token, dataFolder: options.dataFolder }),
    welcome: `console  ${link}\nAPI      ${address}/docs\nstop     Ctrl-C`,
    untilStopped: async (signal) => {
      if (!signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      await app.close()
      await tessera.close()
    },
  }
}

const open = (
  config: Config,
  of: Omit<ServeOptions, 'port'> & { readonly schedules: 'fire' | 'leave' },
) =>
  openTessera({
    config,
    log: logOf(config),
    dataFolder: of.dataFolder,
    filesFolder: of.filesFolder ?? config.filesFolder,
    allowPrivate: of.allowPrivate ?? [],
    schedules: of.schedules,
  })

const appOf = (config: Config, { routes, fronts, access, ids }: Tessera) =>
  makeApp({
    routes,
    fronts,
    access,
    ids,
    log: logOf(config),
    consoleFolder,
    senderScripts,
    version,
  })

process.exitCode = await main()
