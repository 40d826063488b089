import type { Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { grouped, tableOf } from '../table.ts'

/** A run, as far as it is shown. */
export interface Run {
  readonly number: number
  readonly started_at: string
  readonly duration_ms: number
  readonly changed: boolean
  readonly mode?: 'full' | 'incremental'
  readonly why?: string
  readonly looked_at?: number
  readonly records: number
  readonly profiles: number
  readonly created: number
  readonly merged: number
  readonly split: number
  readonly retired: number
}

/** Lists the runs of a ruleset. */
export const identityRuns: Command = {
  name: 'identity-runs',
  takes: '<ruleset>',
  about: 'List the runs of a ruleset, newest first: whether all records were looked at, and why',
  options: { limit: { type: 'string', about: 'At most so many; 20 unless given' } },
  run: async ({ words: [ruleset], options }, { client, out }) => {
    const { name, takes } = identityRuns
    if (ruleset === undefined) throw cliFaults.missing_word({ command: name, takes })
    const path = `/identity/${encodeURIComponent(ruleset)}/runs`
    const query = { limit: Number(options['limit'] ?? 20) }
    // The endpoint answers with this shape; see its room.
    const runs = (await (await client()).call('GET', path, { query })) as readonly Run[]
    out.print(out.isJson ? JSON.stringify(runs, null, 2) : shown(runs))
  },
}

function shown(runs: readonly Run[]): string {
  if (runs.length === 0) return 'it has not run yet'
  const right = (title: string) => ({ title, align: 'right' as const })
  return tableOf(
    [
      right('run'),
      { title: 'when' },
      right('ms'),
      { title: 'mode' },
      right('looked at'),
      right('records'),
      right('profiles'),
      { title: 'what happened' },
      { title: 'why' },
    ],
    runs.map(({ number, started_at, duration_ms, mode = '', looked_at, ...run }) => [
      number,
      started_at,
      grouped(duration_ms),
      mode,
      looked_at === undefined ? '' : grouped(looked_at),
      grouped(run.records),
      grouped(run.profiles),
      happened(run),
      run.why ?? '',
    ]),
  )
}

/** What a run did to profiles, in words. */
export function happened(
  run: Pick<Run, 'changed' | 'created' | 'merged' | 'split' | 'retired'>,
): string {
  const kinds = (['created', 'merged', 'split', 'retired'] as const).filter((kind) => run[kind] > 0)
  if (kinds.length > 0) return kinds.map((kind) => `${grouped(run[kind])} ${kind}`).join(', ')
  return run.changed ? 'values or links' : 'nothing'
}
