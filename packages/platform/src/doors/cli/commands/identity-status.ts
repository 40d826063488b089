import type { Command } from '../command.ts'
import { grouped, tableOf } from '../table.ts'
import { wordOf } from '../words.ts'
import { happened, type Run } from './identity-runs.ts'

interface Status {
  readonly ruleset: string
  readonly label?: string
  readonly on: string
  readonly last_run?: Run & {
    readonly consolidation_rate: number
    readonly for_review?: number
    readonly rules: readonly {
      readonly rule: string
      readonly label?: string
      readonly links: number
      readonly refused?: number
      readonly left_out_blocks: number
    }[]
  }
}

interface Sizes {
  readonly profiles: number
  readonly records: number
  readonly sizes: readonly { readonly records: number; readonly profiles: number }[]
  readonly outliers: readonly {
    readonly profile: string
    readonly records: number
    readonly deviations: number
  }[]
}

const right = (title: string) => ({ title, align: 'right' as const })

/** Shows a ruleset with its last run. */
export const identityStatus: Command = {
  name: 'identity-status',
  takes: '<ruleset>',
  about: 'Show a ruleset with its last run, and what each rule found',
  run: async (call, { client, out }) => {
    const path = `/identity/${encodeURIComponent(wordOf(identityStatus, call))}`
    // The endpoint answers with this shape; see the identity room.
    const status = (await (await client()).call('GET', path)) as Status
    out.print(out.isJson ? JSON.stringify(status, null, 2) : shownStatus(status))
  },
}

function shownStatus({ ruleset, label, on, last_run: run }: Status): string {
  const head = `${label ?? ruleset}, on ${on}`
  if (!run) return `${head}: it has not run yet`
  const rate = `consolidation ${(run.consolidation_rate * 100).toFixed(1)} %`
  return [
    `${head}: run ${run.number}, at ${run.started_at}, in ${grouped(run.duration_ms)} ms`,
    `${grouped(run.records)} records → ${grouped(run.profiles)} profiles (${rate}); ${happened(run)}`,
    `${grouped(run.for_review ?? 0)} links wait for review`,
    '',
    tableOf(
      [{ title: 'rule' }, right('links'), right('refused'), right('blocks left out')],
      run.rules.map((of) => [of.label ?? of.rule, of.links, of.refused ?? 0, of.left_out_blocks]),
    ),
  ].join('\n')
}

/** Counts profiles by their size. */
export const identitySizes: Command = {
  name: 'identity-sizes',
  takes: '<ruleset>',
  about: 'Count profiles by size, and name those much larger than the others',
  run: async (call, { client, out }) => {
    const path = `/identity/${encodeURIComponent(wordOf(identitySizes, call))}/sizes`
    // As above.
    const sizes = (await (await client()).call('GET', path)) as Sizes
    out.print(out.isJson ? JSON.stringify(sizes, null, 2) : shownSizes(sizes))
  },
}

const shownSizes = ({ profiles, records, sizes, outliers }: Sizes): string =>
  [
    `${grouped(records)} records, ${grouped(profiles)} profiles`,
    '',
    tableOf(
      [right('records'), right('profiles')],
      sizes.map((of) => [of.records, of.profiles]),
    ),
    ...(outliers.length === 0
      ? []
      : [
          '',
          tableOf(
            [{ title: 'much larger' }, right('records'), right('deviations')],
            outliers.map((of) => [of.profile, of.records, of.deviations.toFixed(1)]),
          ),
        ]),
  ].join('\n')
