import type { Activations } from '#activation'
import type { Identity } from '#identity'
import type { Insights } from '#insights'
import type { Segments } from '#segments'
import type { Streams } from '#streams'
import type { Summary } from './api.ts'

/** Who is asked for a summary. */
export interface SummaryTools {
  readonly streams: Pick<Streams, 'list'>
  readonly identity: Pick<Identity, 'status'>
  readonly insights: Pick<Insights, 'list'>
  readonly segments: Pick<Segments, 'list'>
  readonly activations: Pick<Activations, 'list'>
  /** The ruleset that makes people one, when there is one. */
  readonly ruleset: () => Promise<string | undefined>
  /** Streams whose rows become people. */
  readonly peopleStreams: () => Promise<ReadonlySet<string>>
}

/** The whole flow in a few figures, from what each room knows. */
export async function summarise(tools: SummaryTools): Promise<Summary> {
  const ruleset = await tools.ruleset()
  const people = await tools.peopleStreams()
  const run = ruleset === undefined ? undefined : (await tools.identity.status(ruleset)).last_run
  const [records, profiles] = [run?.records ?? 0, run?.profiles ?? 0]
  return {
    sources: (await tools.streams.list()).map(({ key, label, rows, ledger }) => ({
      stream: key,
      label,
      rows,
      rejected: ledger.rejected,
      people: people.has(key),
    })),
    source_records: records,
    profiles,
    consolidation_rate: records === 0 ? 0 : 1 - profiles / records,
    insights: (await tools.insights.list()).map(({ key, label, rows }) => ({
      key,
      label,
      rows: rows ?? 0,
    })),
    segments: (await tools.segments.list()).map(({ key, label, members }) => ({
      key,
      label,
      members: members ?? 0,
    })),
    deliveries: (await tools.activations.list()).map(({ key, label, ledger }) => ({
      activation: key,
      label: label ?? key,
      queued: ledger.queued,
      delivered: ledger.delivered,
      waiting: ledger.waiting,
      dead: ledger.dead,
    })),
  }
}
