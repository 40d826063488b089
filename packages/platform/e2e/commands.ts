import { join } from 'node:path'
import { type Client, httpClient, runCli } from '#cli'
import type { Ended, Server } from './world.ts'

/** The way of commands to a server, over HTTP as ever. */
export const clientOf = ({ address, token }: Server): Client =>
  httpClient({ address, token, dataFolder: '' })

/**
 * Runs commands against a server without a process for each, which takes much longer than what they ask. Definitions are read from
 * where they stand in a world.
 */
export function commandsOn(server: Server, { folder }: { readonly folder?: string } = {}) {
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
      definitionsFolder: folder === undefined ? '' : join(folder, 'definitions'),
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

/** Commands in this process against a server. */
export type Commands = ReturnType<typeof commandsOn>
