import { queryOptions } from '@tanstack/react-query'
import type {
  DefinitionAnswer,
  InsightLineage,
  InsightOverview,
  QueryAnswer,
} from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'
import { fieldsIn, type Use } from '../uses.ts'

const mostRows = 50

/** The first rows of an object. */
export const rowsQuery = (object: string) =>
  queryOptions({
    queryKey: ['model', object, 'rows'],
    queryFn: ({ signal }) =>
      ask<QueryAnswer>('/query', {
        method: 'POST',
        body: { sql: `select * from ${object}`, limit: mostRows },
        signal,
      }),
  })

/** What the insights, segments and activations ask of the model, field by field. */
export const usesQuery = queryOptions({
  queryKey: ['definitions', 'uses'],
  queryFn: async ({ signal }): Promise<readonly Use[]> => {
    const [segments, activations, insights] = await Promise.all([
      ask<DefinitionAnswer[]>('/definitions/segment', { signal }),
      ask<DefinitionAnswer[]>('/definitions/activation', { signal }),
      ask<InsightOverview[]>('/insights', { signal }),
    ])
    const asked = (kind: Use['kind']) => (of: DefinitionAnswer) => ({
      kind,
      key: of.key,
      fields: fieldsIn(of.body, 'individual'),
    })
    return [
      ...segments.map(asked('segment')),
      ...activations.map(asked('activation')),
      ...(await Promise.all(insights.map(({ key }) => insightUse(key, signal)))),
    ]
  },
  staleTime: 30_000,
})

async function insightUse(key: string, signal: AbortSignal): Promise<Use> {
  const path = `/insights/${encodeURIComponent(key)}/lineage`
  const { columns } = await ask<InsightLineage>(path, { signal })
  const fields = columns.flatMap(({ from }) =>
    from.map(({ relation, column }) => `${relation}.${column}`),
  )
  return { kind: 'insight', key, fields: new Set(fields) }
}
