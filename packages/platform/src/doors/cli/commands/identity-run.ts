import type { Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { followJob } from '../follow.ts'
import { grouped } from '../table.ts'
import { happened, type Run } from './identity-runs.ts'

/** Runs a ruleset at once, over what changed or over all records. */
export const identityRun: Command = {
  name: 'identity-run',
  takes: '<ruleset>',
  about: 'Run a ruleset at once: over what changed, or over all records',
  options: {
    full: { type: 'boolean', about: 'Look at all records, whatever has changed' },
    confirm: {
      type: 'boolean',
      about: 'Publish what is held back: it changes much, or links strangers',
    },
  },
  run: async ({ words: [ruleset], options }, { client, out }) => {
    const { name: command, takes } = identityRun
    if (ruleset === undefined) throw cliFaults.missing_word({ command, takes })
    const tessera = await client()
    const path = `/identity/${encodeURIComponent(ruleset)}/run`
    const body = { full: options['full'] === true, confirm: options['confirm'] === true }
    // The endpoint answers with this shape, and the job with a run; see the identity room.
    const { job } = (await tessera.call('POST', path, { body })) as { job: string }
    const run = (await followJob(tessera, out, job)) as Run
    out.print(out.isJson ? JSON.stringify(run, null, 2) : shown(run))
  },
}

const shown = (run: Run): string =>
  [
    `run ${run.number}: ${run.mode ?? ''} (${run.why ?? ''})`,
    `looked at ${grouped(run.looked_at ?? 0)} of ${grouped(run.records)} records, in ${grouped(run.duration_ms)} ms`,
    `${grouped(run.profiles)} profiles; ${happened(run)}`,
  ].join('\n')
