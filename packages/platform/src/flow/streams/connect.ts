import type { Connectors, Spool } from '#connectors'
import type { Engine } from '#engine'
import { Fault } from '#kernel/fault.ts'
import type { ConnectorView, SourceLook, TriedConnection } from './api.ts'
import { streamFaults } from './faults.ts'

/** What setting up a connection needs. */
export interface ConnectTools {
  readonly connectors: Connectors
  readonly engine: Pick<Engine, 'survey'>
  readonly spool: Spool
  /** How long a system may take to answer while somebody waits. */
  readonly patienceMs?: number
}

/** Settings of a connection that need not be defined yet. */
export interface Trying {
  readonly connector: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly signal: AbortSignal
}

/** The connectors there are, with the schemas of what they ask for. */
export const connectorViews = ({ connectors }: ConnectTools): readonly ConnectorView[] =>
  connectors.list().map(({ key, label, about, settings, source, receives }) => ({
    key,
    label,
    about,
    // A schema is plain data; its type says no more than that it is an object.
    settings: settings as Record<string, unknown>,
    source: source as Record<string, unknown>,
    receives: receives !== undefined,
  }))

/** Asks a system what could be taken; that it answers is the test of the connection. */
export const tryConnection = (tools: ConnectTools, of: Trying): Promise<TriedConnection> =>
  inTime(tools, of, async (signal) => {
    const offers = await tools.connectors.get(of.connector).list({ settings: of.settings, signal })
    return {
      offers: offers.slice(0, mostOffers).map(({ name, source, rows, sizeBytes, changedAt }) => ({
        name,
        source,
        ...(rows === undefined ? {} : { rows }),
        ...(sizeBytes === undefined ? {} : { size_bytes: sizeBytes }),
        ...(changedAt === undefined ? {} : { changed_at: changedAt.toISOString() }),
      })),
      all: offers.length,
    }
  })

const mostOffers = 500

/** Looks into the first batch of a source: its fields with their types and examples. Nothing is kept. */
export const lookAtSource = (
  tools: ConnectTools,
  of: Trying & { readonly source: Readonly<Record<string, unknown>> },
): Promise<SourceLook> =>
  inTime(tools, of, async (signal) => {
    const { connectors, engine, spool } = tools
    const batches = connectors.get(of.connector).read({
      settings: of.settings,
      source: of.source,
      known: () => false,
      spool,
      signal,
    })
    for await (const { name, file } of batches) {
      const { fields } = await engine.survey({ ...file, name }, signal)
      return {
        batch: name,
        fields: fields.map(({ examples, ...of }) => ({ ...of, examples: [...examples] })),
      }
    }
    throw streamFaults.empty_source({ connector: of.connector })
  })

async function inTime<T>(
  { patienceMs = 20_000 }: ConnectTools,
  { signal, connector }: Trying,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = AbortSignal.timeout(patienceMs)
  try {
    return await work(AbortSignal.any([signal, limit]))
  } catch (thrown) {
    if (thrown instanceof Fault || !limit.aborted) throw thrown
    throw streamFaults.no_answer({ connector, seconds: Math.round(patienceMs / 1000) })
  }
}
