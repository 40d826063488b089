import { queryOptions } from '@tanstack/react-query'
import type { DefinitionAnswer, QueryAnswer } from '@tessera/platform/contract'
import { isBody, textAt } from '../../../lib/body.ts'
import { ask } from '../../../lib/client.ts'
import type { ModelObjectFacts } from '../../../lib/model.ts'
import { mayPass, Refusal } from '../../../lib/refusal.ts'
import {
  type Asked,
  askedBySql,
  askedIn,
  type QueryRead,
  type Use,
  type UseKind,
  useKinds,
} from '../uses.ts'

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

/** What a checked query tells. */
interface Reads {
  readonly reads: readonly QueryRead[]
}

/** What is read; nothing of a query with which something is wrong, as that says nothing of the others. */
async function readsOf(asking: Promise<Reads>): Promise<readonly QueryRead[]> {
  try {
    return (await asking).reads
  } catch (thrown) {
    const isWrong = thrown instanceof Refusal && thrown.status >= 400 && thrown.status < 500
    if (isWrong && !mayPass(thrown)) return []
    throw thrown
  }
}

/** What everything defined asks of the model, field by field. */
export const usesQuery = (model: readonly ModelObjectFacts[]) =>
  queryOptions({
    queryKey: ['definitions', 'uses'],
    queryFn: async ({ signal }): Promise<readonly Use[]> =>
      (await Promise.all(useKinds.map((kind) => usesOfKind(kind, model, signal)))).flat(),
    staleTime: 30_000,
  })

async function usesOfKind(
  kind: UseKind,
  model: readonly ModelObjectFacts[],
  signal: AbortSignal,
): Promise<readonly Use[]> {
  const all = await ask<DefinitionAnswer[]>(`/definitions/${kind}`, { signal })
  return Promise.all(
    all.map(async ({ key, body }) => {
      const label = isBody(body) ? textAt(body, ['label']) || key : key
      const asks = new Set([
        ...askedIn(kind, body, model),
        ...(await askedInSql({ kind, key, body }, model, signal)),
      ])
      return { kind, key, label, asks }
    }),
  )
}

/** What is asked in SQL; of an insight the server tells it, however it is written. */
async function askedInSql(
  { kind, key, body }: Pick<Use, 'kind' | 'key'> & { readonly body: unknown },
  model: readonly ModelObjectFacts[],
  signal: AbortSignal,
): Promise<Asked> {
  if (kind === 'insight') {
    const path = `/insights/${encodeURIComponent(key)}/lineage`
    return askedBySql(await readsOf(ask<Reads>(path, { signal })), model)
  }
  const sql = isBody(body) ? textAt(body, ['sql']) : ''
  if (sql === '') return new Set()
  const checked = ask<Reads>('/query/check', { method: 'POST', body: { sql }, signal })
  return askedBySql(await readsOf(checked), model)
}
