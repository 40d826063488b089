import type { Command } from '../command.ts'
import { grouped, tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

interface Preview {
  readonly columns: readonly string[]
  readonly members: number
  readonly filtered: Readonly<Record<string, number>>
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

/** Shows what an activation would send. */
export const activationPreview: Command = {
  name: 'activation-preview',
  takes: '<activation>',
  about: 'Show what an activation would send: how many, why others not, and the first 20 rows',
  run: async (call, { client, out }) => {
    const path = `/activations/${encodeURIComponent(wordOf(activationPreview, call))}/preview`
    // The endpoint answers with this shape; see the room activation.
    const told = (await (await client()).call('POST', path)) as Preview
    out.print(out.isJson ? JSON.stringify(told, null, 2) : textOf(told))
  },
}

function textOf({ columns, members, filtered, rows }: Preview): string {
  const table = tableOf(
    columns.map((title) => ({ title })),
    rows.map((row) => columns.map((name) => row[name])),
  )
  const others = Object.entries(filtered).map(([reason, n]) => `${grouped(n)} ${reason}`)
  return [
    ...(rows.length === 0 ? [] : [table]),
    `${grouped(members)} members${others.length === 0 ? '' : `; not sent: ${others.join(', ')}`}`,
  ].join('\n')
}
