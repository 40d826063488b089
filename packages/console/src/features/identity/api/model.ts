import { queryOptions } from '@tanstack/react-query'
import type {
  MatchModelStatus,
  ProfileSizes,
  SimulateBody,
  Thresholds,
  ThresholdsBody,
} from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'
import { identityKey } from './identity.ts'

const pathOfModel = (model: string) => `/identity/models/${encodeURIComponent(model)}`
const pathOf = (ruleset: string) => `/identity/${encodeURIComponent(ruleset)}`

/** What a model has learned. */
export const matchModelQuery = (model: string) =>
  queryOptions({
    queryKey: [...identityKey, 'models', model],
    queryFn: ({ signal }) => ask<MatchModelStatus>(pathOfModel(model), { signal }),
    enabled: model !== '',
    staleTime: 10_000,
  })

/** Trains a model in the background; the job to follow. */
export const train = (model: string): Promise<{ readonly job: string }> =>
  ask(`${pathOfModel(model)}/train`, { method: 'POST', body: {} })

/** What the model of a ruleset would find at each threshold; nothing is asked until there is a body. */
export const thresholdsQuery = (ruleset: string, body: ThresholdsBody) =>
  queryOptions({
    queryKey: [...identityKey, ruleset, 'thresholds', body],
    queryFn: ({ signal }) =>
      ask<Thresholds>(`${pathOf(ruleset)}/measure/thresholds`, { method: 'POST', body, signal }),
    staleTime: 60_000,
  })

/** How large the published profiles are. */
export const sizesQuery = (ruleset: string) =>
  queryOptions({
    queryKey: [...identityKey, ruleset, 'sizes'],
    queryFn: ({ signal }) => ask<ProfileSizes>(`${pathOf(ruleset)}/sizes`, { signal }),
    staleTime: 30_000,
  })

/** Works out in the background what a run would publish; the job to follow. */
export const simulate = (of: {
  readonly ruleset: string
  readonly body: SimulateBody
}): Promise<{ readonly job: string }> =>
  ask(`${pathOf(of.ruleset)}/simulate`, { method: 'POST', body: of.body })
