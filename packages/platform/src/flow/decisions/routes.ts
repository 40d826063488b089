import { type Route, route } from '#kernel/route.ts'
import { askedFrom } from '#live'
import {
  decideBody,
  decidedSchema,
  decisionParams,
  decisionsAnswer,
  outcomeAnswer,
  outcomeBody,
  recordedAnswer,
  recordedQuery,
  recordParams,
  reportQuery,
  reportSchema,
  triedSchema,
  tryBody,
} from './api.ts'
import type { Decisions } from './decisions.ts'

const common = { tag: 'decisions' } as const

/** The HTTP face of decisions, for those who have a token. */
export const decisionRoutes = (decisions: Decisions): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/decisions',
    may: 'read',
    summary: 'The decisions, with how often their offers were chosen, shown and clicked',
    answer: decisionsAnswer,
    run: () => decisions.list(),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/decisions/recorded',
    may: 'read',
    summary: 'What was decided for whom, and why, newest first',
    query: recordedQuery,
    answer: recordedAnswer,
    run: ({ query }) => decisions.recorded(query),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/decisions/:key',
    may: 'read',
    summary: 'Which offer for this person now, with the reason for each one',
    params: decisionParams,
    body: decideBody,
    answer: decidedSchema,
    run: ({ params, body: { identifier, context = {}, limit } }) =>
      decisions.decide(params.key, {
        asked: [askedFrom(identifier)],
        context,
        limit,
        by: 'caller',
      }),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/decisions/:key/try',
    may: 'read',
    summary: 'What this person would get now and why, also by a draft; nothing is recorded',
    params: decisionParams,
    body: tryBody,
    answer: triedSchema,
    run: ({ params, body: { identifier, context = {}, limit, body } }) =>
      decisions.tryOut(params.key, {
        asked: [askedFrom(identifier)],
        context,
        limit,
        by: 'caller',
        body,
      }),
  }),
  ...(['shown', 'clicked'] as const).map((outcome) =>
    route({
      ...common,
      method: 'POST',
      path: `/decisions/:id/${outcome}`,
      may: 'write',
      summary: `Notes that offers of a decision were ${outcome}; once, however often it is told`,
      params: recordParams,
      body: outcomeBody,
      answer: outcomeAnswer,
      run: async ({ params, body }) => ({
        counted: await decisions.note(outcome, params.id, { offers: body.offers, by: 'caller' }),
      }),
    }),
  ),
  route({
    ...common,
    method: 'GET',
    path: '/decisions/:key/report',
    may: 'read',
    summary: 'How often each offer was chosen, shown and clicked, in all and by day',
    params: decisionParams,
    query: reportQuery,
    answer: reportSchema,
    run: ({ params, query: { days = 30 } }) => decisions.report(params.key, days),
  }),
]
