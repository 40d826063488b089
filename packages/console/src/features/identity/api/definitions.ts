import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  DefinitionAnswer,
  DefinitionChanged,
  DefinitionPlan,
  DefinitionVersion,
  FieldType,
} from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'
import type { Body } from '../body.ts'

/** All rulesets as they are published. */
export const rulesetsQuery = queryOptions({
  queryKey: ['definitions', 'ruleset'],
  queryFn: ({ signal }) => ask<DefinitionAnswer[]>('/definitions/ruleset', { signal }),
  staleTime: 10_000,
})

const pathOf = (key: string) => `/definitions/ruleset/${encodeURIComponent(key)}`

/** A ruleset as it is published. */
export const rulesetQuery = (key: string) =>
  queryOptions({
    queryKey: ['definitions', 'ruleset', key],
    queryFn: ({ signal }) => ask<DefinitionAnswer>(pathOf(key), { signal }),
    refetchInterval: 10_000,
  })

/** Everything that a ruleset has been, newest first. */
export const versionsQuery = (key: string) =>
  queryOptions({
    queryKey: ['definitions', 'ruleset', key, 'versions'],
    queryFn: ({ signal }) => ask<DefinitionVersion[]>(`${pathOf(key)}/versions`, { signal }),
    staleTime: 10_000,
  })

/** What the text of a definition would change, and everything that speaks against it; nothing is changed by asking. */
export const planQuery = (text: string) =>
  queryOptions({
    queryKey: ['definitions', 'plan', text],
    queryFn: ({ signal }) =>
      ask<DefinitionPlan>('/definitions/plan', {
        method: 'POST',
        body: { files: [{ file: 'ruleset.yaml', text }] },
        signal,
      }),
    // The last verdict stays while one types on.
    placeholderData: keepPreviousData,
    gcTime: 30_000,
  })

/** Publishes a ruleset over the version that the writer has seen. */
export const putRuleset = (of: {
  readonly key: string
  readonly body: unknown
  readonly over: number
}): Promise<DefinitionChanged> =>
  ask(pathOf(of.key), { method: 'PUT', body: { body: of.body, over: of.over } })

/** Makes the reverse of a change. */
export const undoChange = (number: number): Promise<DefinitionChanged> =>
  ask(`/changes/${number}/undo`, { method: 'POST' })

/** What definitions may hold; it changes only with the program. */
export const schemaQuery = queryOptions({
  queryKey: ['definitions-schema'],
  queryFn: ({ signal }) => ask<Body>('/definitions-schema', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** What rules need to know of an object of the model. */
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
