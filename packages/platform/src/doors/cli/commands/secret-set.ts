import { text } from 'node:stream/consumers'
import type { Command } from '../command.ts'
import { wordOf } from '../words.ts'

/** Keeps a secret that definitions may name. */
export const secretSet: Command = {
  name: 'secret-set',
  takes: '<name>',
  about: 'Keep a secret that definitions may name; the secret is read from standard input',
  run: async (call, { client, out }) => {
    const name = wordOf(secretSet, call)
    const value = (await text(process.stdin)).replace(/\r?\n$/, '')
    await (await client()).call('PUT', `/secrets/${encodeURIComponent(name)}`, { body: { value } })
    out.print(`secret ${name} is kept, sealed`)
  },
}
