import { fileURLToPath } from 'node:url'
import {
  type Client,
  type CliTools,
  httpClient,
  inProcessClient,
  type Serving,
  tokenIn,
} from '#cli'
import type { Config } from '#kernel/config.ts'
import { Fault } from '#kernel/fault.ts'
import { jsonLog } from '#kernel/log.ts'
import { listen, makeApp } from '#server'
import { openTessera, type Tessera } from './tessera.ts'

const version = '0.1.0'
const consoleFolder = fileURLToPath(new URL('../../console/dist', import.meta.url))
const senderScripts = fileURLToPath(new URL('../../sdk/dist', import.meta.url))

const logOf = (config: Config) =>
  jsonLog({
    write: (line) => process.stderr.write(line),
    now: () => new Date(),
    level: config.logLevel,
  })

/** A client of the folder itself; of the server that took hold of it meanwhile, if one did. */
export async function connect(config: Config, dataFolder: string): Promise<Client> {
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

type ServeOptions = Parameters<CliTools['serve']>[0]

/** Serves a data folder until it is told to stop. */
export async function serve(config: Config, options: ServeOptions): Promise<Serving> {
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
