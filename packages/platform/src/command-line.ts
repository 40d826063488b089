import { type Client, httpClient, runCli, tokenIn } from '#cli'
import { type Config, environment, readConfig } from '#kernel/config.ts'
import { Fault } from '#kernel/fault.ts'
import { serverOf } from '#store'

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
    serve: async (of) => (await program()).serve(config, of),
    openHouse: async (now) => (await import('./house.ts')).openHouseWith(config)(now),
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

/** The running server of a data folder, or the folder itself when none holds it. */
async function connect(config: Config, dataFolder: string): Promise<Client> {
  const address = serverOf(dataFolder)
  if (address === undefined) return (await program()).connect(config, dataFolder)
  return httpClient({ address, token: await tokenIn(dataFolder), dataFolder })
}

// Read only where it is needed: beside a server, a command has begun before all of it were read.
const program = () => import('./program.ts')

process.exitCode = await main()
