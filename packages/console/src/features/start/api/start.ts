import { queryOptions } from '@tanstack/react-query'
import type {
  Activation,
  CountAnswer,
  DefinitionAnswer,
  DefinitionChanged,
  ImportAnswer,
  SegmentOverview,
  StreamOverview,
  Summary,
} from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'
import { definitionQuery } from '../../../lib/definitions.ts'
import { Refusal } from '../../../lib/refusal.ts'
import { sendFile } from '../../../lib/upload.ts'
import type { Attribute } from '../attributes.ts'
import {
  type Counted,
  type Frequent,
  type Suggestion,
  suggestionsFor,
  worthwhile,
} from '../suggest.ts'

/** What taking in a file answered; kept for as long as the page is open. */
export const importedKey = (stream: string) => ['imports', stream]

/** Takes in a file. */
export const takeIn = (of: {
  readonly file: File
  readonly signal: AbortSignal
  readonly onProgress: (sentBytes: number) => void
}): Promise<ImportAnswer> => sendFile('/imports', { ...of, query: { name: of.file.name } })

/** Brings everything up to date. */
export const runAll = (): Promise<{ readonly job: string }> =>
  ask('/run', { method: 'POST', body: {} })

/** The stream that a file became. */
export const streamQuery = (key: string) =>
  queryOptions({
    queryKey: ['streams', key],
    queryFn: ({ signal }) => ask<StreamOverview>(`/streams/${encodeURIComponent(key)}`, { signal }),
    enabled: key !== '',
  })

/** The flow in a few figures. */
export const summaryQuery = queryOptions({
  queryKey: ['summary'],
  queryFn: ({ signal }) => ask<Summary>('/summary', { signal }),
})

/** A suggestion with how many it means, and whether a segment of its name is there already. */
export type CountedSuggestion = Suggestion & Counted & { readonly isThere: boolean }

/** Segments that could be made of the customers there are. */
export const suggestionsQuery = queryOptions({
  queryKey: ['start', 'suggestions'],
  queryFn: async ({ signal }): Promise<readonly CountedSuggestion[]> => {
    const [country, city, there] = await Promise.all([
      mostFrequent('country', signal),
      mostFrequent('city', signal),
      ask<SegmentOverview[]>('/segments', { signal }),
    ])
    const frequent: Frequent = {
      ...(country === undefined ? {} : { country }),
      ...(city === undefined ? {} : { city }),
    }
    const counted = await Promise.all(
      suggestionsFor(frequent).map(async (one) => ({
        ...one,
        ...(await countOf(one, signal)),
        isThere: there.some(({ key }) => key === one.key),
      })),
    )
    return worthwhile(counted)
  },
})

async function mostFrequent(
  field: 'country' | 'city',
  signal: AbortSignal,
): Promise<string | undefined> {
  const sql = `select ${field} as found, count(*) as times from unified_individual
    where ${field} is not null group by ${field} order by times desc, found limit 1`
  const { rows } = await ask<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>(
    '/query',
    { method: 'POST', body: { sql }, signal },
  )
  const found = rows[0]?.['found']
  return typeof found === 'string' ? found : undefined
}

const countOf = ({ include }: Suggestion, signal: AbortSignal): Promise<CountAnswer> =>
  ask('/segments/count', { method: 'POST', body: { on: 'individual', include }, signal })

/** Makes a segment of a suggestion, and begins to find its members. */
export async function makeSegment({ key, label, about, include, isThere }: CountedSuggestion) {
  if (!isThere)
    await ask<DefinitionChanged>(`/definitions/segment/${key}`, {
      method: 'PUT',
      body: { body: { label, about, on: 'individual', include }, over: 0 },
    })
  return ask<{ readonly job: string }>('/run', {
    method: 'POST',
    body: { nodes: [`segment:${key}`] },
  })
}

/** A segment with its size. */
export const segmentQuery = (key: string) =>
  queryOptions({
    queryKey: ['segments', key],
    queryFn: ({ signal }) =>
      ask<SegmentOverview>(`/segments/${encodeURIComponent(key)}`, { signal }),
    enabled: key !== '',
    refetchInterval: 5_000,
  })

/** An activation as the guide makes it: one segment, into a file. */
export interface FileActivation {
  readonly key: string
  readonly segment: string
  readonly label: string
  readonly folder: string
  readonly format: 'csv' | 'json' | 'parquet'
  readonly attributes: readonly Attribute[]
}

/** Defines a destination and an activation as one change, and begins to send. */
export async function makeActivation(of: FileActivation) {
  const destination = `${of.key}_folder`
  const wanted = [
    {
      kind: 'destination',
      key: destination,
      label: of.folder,
      type: 'file',
      settings: { folder: of.folder, format: of.format },
    },
    {
      kind: 'activation',
      key: of.key,
      label: of.label,
      segment: of.segment,
      destination,
      send: 'everything',
      attributes: of.attributes,
    },
  ]
  // What is JSON is YAML too.
  const files = wanted.map((one) => ({ file: one.key, text: JSON.stringify(one) }))
  await ask<DefinitionChanged>('/definitions/apply', { method: 'POST', body: { files } })
  return ask<{ readonly job: string }>('/run', {
    method: 'POST',
    body: { nodes: [`activation:${of.key}`] },
  })
}

/** An activation with its ledger; nothing as long as there is none of this name. */
export const activationQuery = (key: string) =>
  queryOptions({
    queryKey: ['activations', key],
    queryFn: ({ signal }) =>
      ask<Activation>(`/activations/${encodeURIComponent(key)}`, { signal }).catch(
        (thrown: unknown) => {
          if (thrown instanceof Refusal && thrown.status === 404) return null
          throw thrown
        },
      ),
    enabled: key !== '',
    refetchInterval: 2_000,
  })

/** The folder that a destination writes into. */
export const folderQuery = (destination: string) => ({
  ...definitionQuery('destination', destination),
  select: ({ body }: DefinitionAnswer): string | undefined => settingIn(body, 'folder'),
})

function settingIn(body: unknown, name: string): string | undefined {
  // Every destination has settings; which ones is its type's to say.
  const { settings } = body as { readonly settings: Readonly<Record<string, unknown>> }
  const value = settings[name]
  return typeof value === 'string' ? value : undefined
}
