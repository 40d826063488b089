import type { Command } from '../command.ts'
import { grouped, tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

interface Preview {
  readonly columns: readonly string[]
  readonly members: number
  readonly filtered: Readonly<Record<string, number>>
  readonly undivided: Readonly<Record<string, number>>
  readonly in_segment: number
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
    out.print(out.isJson ? JSON.stringify(told, null, 2) : previewText(told))
  },
}

/** What is told of a preview. */
export function previewText(told: Preview): string {
  const { columns, members, filtered, rows, in_segment: inSegment, undivided } = told
  const table = tableOf(
    columns.map((title) => ({ title })),
    rows.map((row) => columns.map((name) => row[name])),
  )
  const others = Object.entries(filtered).map(([reason, n]) => `${grouped(n)} ${reason}`)
  const isAllTold = members === 0 && others.length === 0 && inSegment > 0
  return [
    ...(rows.length === 0 ? [] : [table]),
    ...Object.entries(undivided).map(
      ([as, n]) => `"${as}" is empty for ${grouped(n)}: its formula divides by zero`,
    ),
    `${grouped(members)} members${others.length === 0 ? '' : `; not sent: ${others.join(', ')}`}`,
    ...(isAllTold
      ? [
          `nothing has changed since the last delivery; the segment has ${grouped(inSegment)} members`,
        ]
      : []),
  ].join('\n')
}
