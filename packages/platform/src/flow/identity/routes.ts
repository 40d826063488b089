import { list } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import {
  askedRunAnswer,
  askedRunBody,
  changeSchema,
  changesQuery,
  decisionSchema,
  decisionsQuery,
  explainQuery,
  explanationSchema,
  linkBody,
  measureSchema,
  profileGraphSchema,
  profileParams,
  reviewQuery,
  reviewSchema,
  rulesetParams,
  runSchema,
  runsQuery,
  settleBody,
  statusSchema,
  truthSchema,
  unlinkBody,
  withdrawBody,
} from './api.ts'
import type { AskedRuns } from './asked-runs.ts'
import { feedQuery, feedSchema } from './feed-api.ts'
import type { Identity } from './identity.ts'
import {
  modelParams,
  modelStatusSchema,
  proposalSchema,
  trainAnswer,
  trainBody,
} from './model-api.ts'
import {
  judgeBody,
  labelMeasureSchema,
  labelSchema,
  labelsQuery,
  withdrawLabelsBody,
} from './model-labels-api.ts'
import type { MatchModels } from './models.ts'
import { sampleQuery, sampleSchema } from './sample-api.ts'
import { simulateAnswer, simulateBody } from './simulate-api.ts'
import type { Simulations } from './simulations.ts'
import { sizesSchema, thresholdsBody, thresholdsSchema } from './thresholds-api.ts'

const common = { tag: 'identity', may: 'read', params: rulesetParams } as const

/** The HTTP face of identity. */
export const identityRoutes = (identity: Identity): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/identity/:ruleset',
    summary: 'A ruleset with its last run: counts, and what each rule found',
    answer: statusSchema,
    run: ({ params }) => identity.status(params.ruleset),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/identity/:ruleset/runs',
    summary: 'The runs of a ruleset, newest first',
    query: runsQuery,
    answer: list(runSchema),
    run: ({ params, query }) => identity.runs(params.ruleset, query.limit),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/identity/:ruleset/measure',
    summary: 'How good the profiles are, against a stream of known answers',
    body: truthSchema,
    answer: measureSchema,
    run: ({ params, body, signal }) => identity.measure(params.ruleset, body, { signal }),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/identity/:ruleset/measure/labels',
    summary: 'How good the profiles are, by the pairs that people judged',
    answer: labelMeasureSchema,
    run: ({ params }) => identity.measureLabels(params.ruleset),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/identity/:ruleset/measure/thresholds',
    summary:
      "What the ruleset's model would find at each threshold, against known answers where there are any, and which records it could never link",
    body: thresholdsBody,
    answer: thresholdsSchema,
    run: ({ params, body, signal }) => identity.thresholds(params.ruleset, body, { signal }),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/identity/:ruleset/sample',
    summary:
      "Pairs of the ruleset's model to be judged by people, around its threshold or any; values masked",
    query: sampleQuery,
    answer: sampleSchema,
    run: ({ params, query, signal }) => identity.sample(params.ruleset, query, { signal }),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/identity/:ruleset/sizes',
    summary: 'How large profiles are, and which are much larger than the others',
    answer: sizesSchema,
    run: ({ params }) => identity.sizes(params.ruleset),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/identity/:ruleset/explain',
    summary: 'Why two records are one profile, or not; with what a model says about them',
    query: explainQuery,
    answer: explanationSchema,
    run: ({ params, query, signal }) => identity.explain(params.ruleset, query, { signal }),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/identity/:ruleset/changes',
    summary: 'What happened to profiles: created, merged, split, retired; newest first',
    query: changesQuery,
    answer: list(changeSchema),
    run: ({ params, query }) => identity.changes(params.ruleset, query),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/identity/:ruleset/profiles/:id/graph',
    summary: 'The records of a profile and what holds them together, with its weakest bridge',
    params: profileParams,
    answer: profileGraphSchema,
    run: ({ params }) => identity.graph(params.ruleset, params.id),
  }),
  ...decisionRoutes(identity),
  route({
    method: 'GET',
    path: '/identity/changes',
    summary:
      'What happened to profiles, and what people decided, after a place and in order: for whoever follows it',
    tag: 'identity',
    may: 'read',
    query: feedQuery,
    answer: feedSchema,
    run: ({ query }) => identity.changesAfter(query),
  }),
]

/** The HTTP face of runs that somebody asks for. */
export const askedRunRoutes = (runs: AskedRuns): readonly Route[] => [
  route({
    ...common,
    may: 'write',
    method: 'POST',
    path: '/identity/:ruleset/run',
    summary:
      'Run a ruleset, in the background: over what changed, or over all records; the job tells the run',
    body: askedRunBody,
    answer: askedRunAnswer,
    run: ({ params, body }) => runs.start(params.ruleset, body),
  }),
]

const decisionRoutes = (identity: Identity): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/identity/:ruleset/decisions',
    summary: 'What people decided about records: linked, or kept apart; newest first',
    query: decisionsQuery,
    answer: list(decisionSchema),
    run: ({ params, query }) => identity.decisions(params.ruleset, query),
  }),
  route({
    ...common,
    may: 'write',
    method: 'POST',
    path: '/identity/:ruleset/link',
    summary: 'Link two records for good',
    body: linkBody,
    answer: list(decisionSchema),
    run: ({ params, body, caller }) => identity.link(params.ruleset, body, caller),
  }),
  route({
    ...common,
    may: 'write',
    method: 'POST',
    path: '/identity/:ruleset/unlink',
    summary: 'Take a record out of its profile for good',
    body: unlinkBody,
    answer: list(decisionSchema),
    run: ({ params, body, caller }) => identity.unlink(params.ruleset, body, caller),
  }),
  route({
    ...common,
    may: 'write',
    method: 'POST',
    path: '/identity/:ruleset/decisions/withdraw',
    summary: 'Withdraw decisions; the next refresh runs without them',
    body: withdrawBody,
    answer: list(decisionSchema),
    run: ({ params, body, caller }) => identity.withdraw(params.ruleset, body, caller),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/identity/:ruleset/review',
    summary: 'Pairs of profiles that rules would make one, were it not for a guard',
    query: reviewQuery,
    answer: reviewSchema,
    run: ({ params, query }) => identity.review(params.ruleset, query),
  }),
  route({
    ...common,
    may: 'write',
    method: 'POST',
    path: '/identity/:ruleset/review/settle',
    summary: 'Join pairs that wait for review, or keep them apart',
    body: settleBody,
    answer: list(decisionSchema),
    run: ({ params, body, caller }) => identity.settle(params.ruleset, body, caller),
  }),
]

const ofModels = { tag: 'identity', may: 'read', params: modelParams } as const

/** The HTTP face of models. */
export const matchModelRoutes = (models: MatchModels): readonly Route[] => [
  route({
    tag: 'identity',
    may: 'read',
    method: 'GET',
    path: '/identity/models',
    summary: 'The models that weigh pairs of records',
    answer: list(modelStatusSchema),
    run: () => models.list(),
  }),
  route({
    ...ofModels,
    method: 'GET',
    path: '/identity/models/:model',
    summary: 'A model: what each level weighs, its blocks, and what speaks against trusting it',
    answer: modelStatusSchema,
    run: ({ params }) => models.get(params.model),
  }),
  route({
    ...ofModels,
    method: 'POST',
    path: '/identity/models/:model/propose',
    summary: 'The settings that the records propose, without training',
    answer: proposalSchema,
    run: ({ params, signal }) => models.propose(params.model, { signal }),
  }),
  route({
    ...ofModels,
    may: 'write',
    method: 'POST',
    path: '/identity/models/:model/train',
    summary: 'Train a model in the background; what it learns becomes a new version of it',
    body: trainBody,
    answer: trainAnswer,
    run: ({ params, body, caller }) => models.train(params.model, body, caller),
  }),
  route({
    tag: 'identity',
    may: 'read',
    method: 'GET',
    path: '/identity/labels',
    summary: 'Pairs that people judged, for models to learn from; newest first',
    query: labelsQuery,
    answer: list(labelSchema),
    run: ({ query }) => models.labels(query),
  }),
  route({
    tag: 'identity',
    may: 'write',
    method: 'POST',
    path: '/identity/labels',
    summary: 'Say of pairs whether they are one; models learn from it, and no run is bound by it',
    body: judgeBody,
    answer: list(labelSchema),
    run: ({ body, caller }) => models.judge(body, caller),
  }),
  route({
    tag: 'identity',
    may: 'write',
    method: 'POST',
    path: '/identity/labels/withdraw',
    summary: 'Withdraw labels; the next training learns without them',
    body: withdrawLabelsBody,
    answer: list(labelSchema),
    run: ({ body, caller }) => models.withdrawLabels(body, caller),
  }),
]

/** The HTTP face of simulations. */
export const simulationRoutes = (simulations: Simulations): readonly Route[] => [
  route({
    ...common,
    method: 'POST',
    path: '/identity/:ruleset/simulate',
    summary:
      'What a run would publish with other rules or another threshold, in the background; nothing is published',
    body: simulateBody,
    answer: simulateAnswer,
    run: ({ params, body }) => simulations.start(params.ruleset, body),
  }),
]
