import type { Client, Command, Out } from '../command.ts'
import { followJob } from '../follow.ts'
import { grouped, tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

interface Difference {
  readonly same: number
  readonly changed: number
  readonly added: number
  readonly missing: number
  readonly fields: readonly {
    field: string
    changed: number
    examples: readonly { event: number; was?: string; is?: string }[]
  }[]
}

interface Replay {
  readonly id: string
  readonly stream: string
  readonly state: string
  readonly window: { readonly from: number; readonly to: number }
  readonly lake?: Difference & { readonly rejected: number }
  readonly model?: readonly (Difference & { readonly label: string })[]
}

/** Runs events of the log again, through the shapes and mappings of today. */
export const replay: Command = {
  name: 'replay',
  takes: '<stream>',
  about: 'Run events of the log again as things are defined today, and see what would differ',
  options: {
    from: { type: 'string', about: 'From this time on, such as 2026-01-31T10:00:00Z' },
    to: { type: 'string', about: 'Up to this time' },
    rejected: { type: 'boolean', about: 'Only events that were rejected' },
    swap: {
      type: 'boolean',
      about: 'Make it so: what was compared takes the place of what is there',
    },
  },
  run: async (call, { client, out }) => {
    const stream = wordOf(replay, call)
    const { from, to, rejected, swap } = call.options
    const tessera = await client()
    const started = (await tessera.call('POST', '/replays', {
      body: { stream, ...set({ from, to, rejected }) },
    })) as { id: string; job: string }
    await followJob(tessera, out, started.job)
    const path = `/replays/${started.id}`
    const found = (await tessera.call('GET', path)) as Replay
    if (swap !== true) return show(out, found)
    await swapNow(tessera, out, path)
    show(out, (await tessera.call('GET', path)) as Replay)
  },
}

const set = (of: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined))

async function swapNow(tessera: Client, out: Out, path: string): Promise<void> {
  const { job } = (await tessera.call('POST', `${path}/swap`)) as { job?: string }
  if (job !== undefined) await followJob(tessera, out, job)
}

function show(out: Out, of: Replay): void {
  out.print(out.isJson ? JSON.stringify(of, null, 2) : replayText(of))
}

/** What a replay would change, as a person reads it. */
function replayText({ id, stream, state, window, lake, model = [] }: Replay): string {
  const differences = [
    ...(lake ? [{ label: 'lake', ...lake }] : []),
    ...model.map((one) => ({ ...one, label: `model: ${one.label}` })),
  ]
  const number = { align: 'right' } as const
  const counts = tableOf(
    [
      { title: 'rows of' },
      { title: 'same', ...number },
      { title: 'changed', ...number },
      { title: 'added', ...number },
      { title: 'missing', ...number },
    ],
    differences.map((one) => [one.label, one.same, one.changed, one.added, one.missing]),
  )
  const fields = differences.flatMap(({ label, fields: of }) =>
    of.map(({ field, changed, examples }) => {
      const [first] = examples
      const example = first ? `, such as "${first.was ?? ''}" → "${first.is ?? ''}"` : ''
      return `  ${label}, ${field}: ${grouped(changed)}${example}`
    }),
  )
  return [
    `replay ${id} of ${stream}, events ${window.from} to ${window.to}: ${state}`,
    counts,
    ...(fields.length === 0 ? [] : [`fields that differ:\n${fields.join('\n')}`]),
  ].join('\n\n')
}
