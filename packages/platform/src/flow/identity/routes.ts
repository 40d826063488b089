import { list } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import {
  changeSchema,
  changesQuery,
  decisionSchema,
  decisionsQuery,
  explainQuery,
  explanationSchema,
  linkBody,
  measureSchema,
  rulesetParams,
  runSchema,
  runsQuery,
  statusSchema,
  truthSchema,
  unlinkBody,
  withdrawBody,
} from './api.ts'
import type { Identity } from './identity.ts'

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
    path: '/identity/:ruleset/explain',
    summary: 'Why two records are one profile',
    query: explainQuery,
    answer: explanationSchema,
    run: ({ params, query }) => identity.explain(params.ruleset, query),
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
  ...decisionRoutes(identity),
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
]
