import type { Command } from '../command.ts'
import { wordOf } from '../words.ts'

/** Takes a change of definitions back. */
export const undo: Command = {
  name: 'undo',
  takes: '<change>',
  about: 'Take a change of definitions back (tessera changes lists them)',
  run: async (call, { client, out }) => {
    const number = wordOf(undo, call)
    const change = await (await client()).call(
      'POST',
      `/changes/${encodeURIComponent(number)}/undo`,
    )
    out.print(out.isJson ? JSON.stringify(change, null, 2) : `change ${number} was taken back`)
  },
}

/** Lists the changes of definitions. */
export const changes: Command = {
  name: 'changes',
  takes: '',
  about: 'List the changes of definitions, newest first',
  run: async (_, { client, out }) => {
    const list = await (await client()).call('GET', '/changes')
    out.print(JSON.stringify(list, null, 2))
  },
}
