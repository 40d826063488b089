import { runCli } from '#cli'
import type { Client } from '../src/doors/cli/command.ts'
import type { Ended, Server } from './world.ts'

/** The way of commands to a server, over HTTP as ever. */
export const clientOf = ({ call, address }: Server): Client => ({
  call: (method, path, { query = {}, body } = {}) => {
    const words = Object.entries(query).filter(([, value]) => value !== undefined)
    const asked = new URLSearchParams(
      words.map(([name, value]): [string, string] => [name, String(value)]),
    )
    return call(method, `${path}?${asked}`, body)
  },
  dataFolder: '',
  server: address,
  close: async () => {},
})

/** Runs commands against a server without a process for each, which takes much longer than what they ask. */
export function commandsOn(server: Server) {
  const attempt = async (
    args: readonly string[],
    { said, signal }: { said?: (text: string) => void; signal?: AbortSignal } = {},
  ): Promise<Ended> => {
    const [stdout, stderr]: [string[], string[]] = [[], []]
    const code = await runCli({
      args,
      stdout: (text) => {
        stdout.push(text)
        said?.(text)
      },
      stderr: (text) => void stderr.push(text),
      isTerminal: false,
      dataFolder: '',
      definitionsFolder: '',
      connect: async () => clientOf(server),
      serve: () => Promise.reject(new Error('a server is there')),
      openHouse: () => Promise.reject(new Error('nothing is tested')),
      now: () => new Date(),
      signal: signal ?? new AbortController().signal,
    })
    return { code, stdout: stdout.join(''), stderr: stderr.join('') }
  }
  /** What a command printed that has to succeed. */
  const tessera = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await attempt(args)
    if (code === 0) return stdout
    throw new Error(`tessera ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`)
  }
  return {
    attempt,
    tessera,
    // What a test expects of an answer is for the test to say.
    json: async <T>(...args: readonly string[]) =>
      JSON.parse(await tessera(...args, '--json')) as T,
  }
}
