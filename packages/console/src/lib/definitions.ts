import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  DefinitionAnswer,
  DefinitionChanged,
  DefinitionPlan,
  DefinitionVersion,
  FieldType,
} from '@tessera/platform/contract'
import type { Body } from './body.ts'
import { ask } from './client.ts'

/** All definitions of a kind as they are published. */
export const definitionsQuery = (kind: string) =>
  queryOptions({
    queryKey: ['definitions', kind],
    queryFn: ({ signal }) => ask<DefinitionAnswer[]>(`/definitions/${kind}`, { signal }),
    staleTime: 10_000,
  })

const pathOf = (kind: string, key: string) => `/definitions/${kind}/${encodeURIComponent(key)}`

/** A definition as it is published. */
export const definitionQuery = (kind: string, key: string) =>
  queryOptions({
    queryKey: ['definitions', kind, key],
    queryFn: ({ signal }) => ask<DefinitionAnswer>(pathOf(kind, key), { signal }),
    refetchInterval: 10_000,
  })

/** Everything that a definition has been, newest first. */
export const versionsQuery = (kind: string, key: string) =>
  queryOptions({
    queryKey: ['definitions', kind, key, 'versions'],
    queryFn: ({ signal }) => ask<DefinitionVersion[]>(`${pathOf(kind, key)}/versions`, { signal }),
    staleTime: 10_000,
  })

/** What the text of a definition would change of a version, and everything that speaks against it; nothing is changed by asking. */
export const planQuery = (text: string, version?: number) =>
  queryOptions({
    queryKey: ['definitions', 'plan', text, version],
    queryFn: ({ signal }) =>
      ask<DefinitionPlan>('/definitions/plan', {
        method: 'POST',
        body: { files: [{ file: 'draft.yaml', text }] },
        signal,
      }),
    // The last verdict stays while one types on.
    placeholderData: keepPreviousData,
    gcTime: 30_000,
  })

/** Publishes a definition over the version that the writer has seen; over none, a new one. */
export const putDefinition = (of: {
  readonly kind: string
  readonly key: string
  readonly body: unknown
  readonly over: number
}): Promise<DefinitionChanged> =>
  ask(pathOf(of.kind, of.key), { method: 'PUT', body: { body: of.body, over: of.over } })

/** Takes a definition away. */
export const removeDefinition = (of: {
  readonly kind: string
  readonly key: string
}): Promise<DefinitionChanged> => ask(pathOf(of.kind, of.key), { method: 'DELETE' })

/** Makes the reverse of a change. */
export const undoChange = (number: number): Promise<DefinitionChanged> =>
  ask(`/changes/${number}/undo`, { method: 'POST' })

/** What definitions may hold; it changes only with the program. */
export const schemaQuery = queryOptions({
  queryKey: ['definitions-schema'],
  queryFn: ({ signal }) => ask<Body>('/definitions-schema', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** What forms need to know of an object of the model. */
export interface ModelObject {
  readonly key: string
  readonly label: string
  readonly fields: Readonly<
    Record<
      string,
      {
        readonly type: FieldType
        readonly label?: string
        /** The object whose rows this field names. */
        readonly links_to?: string
      }
    >
  >
}

/** The model; it changes only with its definitions. */
export const modelQuery = queryOptions({
  queryKey: ['model'],
  queryFn: ({ signal }) => ask<{ readonly objects: readonly ModelObject[] }>('/model', { signal }),
  staleTime: 60_000,
})
