import { type QueryClient, useQuery } from '@tanstack/react-query'
import { definitionsQuery } from '../../lib/definitions.ts'

type Kind = 'connection' | 'stream'

/** The keys that definitions of a kind have, once they are known. */
export const useKeys = (kind: Kind): readonly string[] | undefined =>
  useQuery({ ...definitionsQuery(kind), select: (all) => all.map(({ key }) => key) }).data

/** The keys that definitions of a kind have at this moment. */
export const askKeys = async (queries: QueryClient, kind: Kind): Promise<readonly string[]> =>
  (await queries.fetchQuery({ ...definitionsQuery(kind), staleTime: 0 })).map(({ key }) => key)
