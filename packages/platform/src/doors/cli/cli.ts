import { parseArgs } from 'node:util'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { OpenHouse } from '#trials'
import type { Call, Client, Command, Option, Out, ServeOptions, Serving } from './command.ts'
import { commands } from './commands/index.ts'
import { cliFaults } from './faults.ts'
import { usage, usageOf } from './usage.ts'

/** What the command line is given by the program. */
export interface CliTools {
  readonly args: readonly string[]
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** Whether a person is looking, so that progress may be drawn. */
  readonly isTerminal: boolean
  readonly dataFolder: string
  readonly definitionsFolder: string
  /** Reaches the platform on a data folder. */
  readonly connect: (dataFolder: string) => Promise<Client>
  /** Serves a data folder. */
  readonly serve: (of: ServeOptions & { readonly dataFolder: string }) => Promise<Serving>
  readonly openHouse: OpenHouse
  readonly now: () => Date
  readonly signal: AbortSignal
}

const everywhere = {
  data: { type: 'string' },
  definitions: { type: 'string' },
  json: { type: 'boolean' },
} as const

/** Runs one command; gives the exit code. */
export async function runCli(tools: CliTools): Promise<number> {
  const out = outOf(tools)
  try {
    const [name, ...rest] = tools.args
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      out.print(rest[0] === undefined ? usage(commands) : usageOf(find(rest[0])))
      return 0
    }
    const command = find(name)
    if (asksForHelp(rest)) out.print(usageOf(command))
    else await runCommand(command, rest, { tools, out })
    return 0
  } catch (thrown) {
    out.progress('')
    tools.stderr(`${messageOf(thrown)}\n`)
    return thrown instanceof Fault ? 1 : 2
  }
}

// After `--` come words, which may be any.
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  return options.includes('--help') || options.includes('-h')
}

async function runCommand(
  command: Command,
  args: readonly string[],
  of: { tools: CliTools; out: Out },
): Promise<void> {
  const { tools } = of
  const call = callOf(command, args)
  const dataFolder = textOr(call.options['data'], tools.dataFolder)
  let client: Promise<Client> | undefined
  let serving: Serving | undefined
  const connect = () => {
    client ??= tools.connect(dataFolder)
    return client
  }
  try {
    await command.run(call, {
      client: connect,
      serve: async (options = {}) => {
        serving = await tools.serve({ dataFolder, ...options })
        return serving
      },
      openHouse: tools.openHouse,
      out: { ...of.out, isJson: call.options['json'] === true },
      dataFolder,
      definitionsFolder: textOr(call.options['definitions'], tools.definitionsFolder),
      now: tools.now,
      signal: tools.signal,
    })
  } catch (thrown) {
    // A command that fails leaves no server behind.
    await serving?.untilStopped(AbortSignal.abort())
    throw thrown
  } finally {
    await (await client?.catch(() => undefined))?.close()
  }
}

const textOr = (of: string | boolean | undefined, otherwise: string) =>
  typeof of === 'string' ? of : otherwise

function find(name: string): Command {
  const found = commands.find((command) => command.name === name)
  if (found) return found
  throw cliFaults.unknown_command({
    name,
    near: didYouMean(
      name,
      commands.map((command) => command.name),
    ),
  })
}

function callOf({ options = {} }: Command, args: readonly string[]): Call {
  const known: Record<string, { type: Option['type'] }> = { ...everywhere }
  for (const [name, { type }] of Object.entries(options)) known[name] = { type }
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: known,
      allowPositionals: true,
    })
    return { words: positionals, options: values as Call['options'] }
  } catch (thrown) {
    throw cliFaults.bad_option({ why: sentenceOf(thrown) })
  }
}

function outOf({ stdout, stderr, isTerminal }: CliTools): Out {
  let shown = 0
  const clear = () => {
    if (shown > 0) stderr(`\r${' '.repeat(shown)}\r`)
    shown = 0
  }
  return {
    isJson: false,
    print: (text) => {
      clear()
      stdout(`${text}\n`)
    },
    progress: (line) => {
      if (!isTerminal) return
      clear()
      stderr(line)
      shown = line.length
    },
  }
}

const messageOf = (thrown: unknown): string =>
  thrown instanceof Fault
    ? `${thrown.message}  [${thrown.code}]`
    : `this is a mistake in the program: ${sentenceOf(thrown)}`
