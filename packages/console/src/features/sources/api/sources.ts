import { queryOptions } from '@tanstack/react-query'
import type {
  ConnectorView,
  DefinitionChanged,
  SourceLook,
  TriedConnection,
} from '@tessera/platform/contract'
import type { Body } from '../../../lib/body.ts'
import { ask } from '../../../lib/client.ts'
import { definitionsOf, type Wanted } from '../wanted.ts'

/** The systems there are, with what each asks for; changes only with the program. */
export const connectorsQuery = queryOptions({
  queryKey: ['connectors'],
  queryFn: ({ signal }) => ask<ConnectorView[]>('/connectors', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** A system that is tried. */
export interface Tried {
  readonly connector: string
  readonly settings: Body
}

/** Asks a system what could be taken. */
export const tryConnection = (body: Tried): Promise<TriedConnection> =>
  ask('/connections/try', { method: 'POST', body })

/** Looks into a source. */
export const lookInto = (body: Tried & { readonly source: Body }): Promise<SourceLook> =>
  ask('/connections/look', { method: 'POST', body })

/** Defines a connection and a stream of it as one change. */
export const define = (wanted: Wanted): Promise<DefinitionChanged> =>
  ask('/definitions/apply', {
    method: 'POST',
    // What is JSON is YAML too.
    body: {
      files: definitionsOf(wanted).map((one) => ({
        file: `${one.kind} ${one.key}`,
        text: JSON.stringify(one),
      })),
    },
  })

/** Takes what is there into the stream. */
export const runStream = (stream: string): Promise<{ readonly job: string }> =>
  ask('/run', { method: 'POST', body: { nodes: [`stream:${stream}`] } })
