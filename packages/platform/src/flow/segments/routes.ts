import { list, problemsOf } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import {
  changesAnswer,
  changesQuery,
  countAnswer,
  countBody,
  limitQuery,
  memberPage,
  membersQuery,
  personSummary,
  profileParams,
  published,
  publishQuery,
  sampleQuery,
  segmentOverview,
  segmentParams,
  segmentSize,
  sizesQuery,
  staysAnswer,
  subjectsAnswer,
  subjectsQuery,
} from './api.ts'
import { type Given, givenSchema } from './definition.ts'
import { segmentFaults } from './faults.ts'
import { overlapAnswer, overlapBody } from './overlap-api.ts'
import type { Segments } from './segments.ts'
import { instantOf, isDay, startOf } from './values.ts'
import { whyAnswer, whyBody, whyParams, whyQuery, whyStayParams } from './why-api.ts'

function givenIn(written: string | undefined): Given | undefined {
  if (written === undefined) return undefined
  const refused = () => segmentFaults.unreadable_given({ found: written }, { at: 'given' })
  try {
    const given: unknown = JSON.parse(written)
    if (problemsOf(givenSchema, given).length > 0) throw refused()
    // Looked at in the line before.
    return given as Given
  } catch (thrown) {
    throw thrown instanceof SyntaxError ? refused() : thrown
  }
}

function momentIn(written: string | undefined, at: string): Date | undefined {
  if (written === undefined) return undefined
  const moment = isDay(written) ? startOf(written) : instantOf(written)
  if (moment === undefined) throw segmentFaults.bad_instant({ found: written }, { at })
  return moment
}

const common = { tag: 'segments', may: 'read' } as const

/** The HTTP face of segments. They are defined with the other definitions, as kind `segment`. */
export const segmentRoutes = (segments: Segments): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/segments',
    summary: 'All segments with their sizes',
    answer: list(segmentOverview),
    run: () => segments.list(),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/segments/subjects',
    summary: 'What conditions can ask, and the operators for each type',
    query: subjectsQuery,
    answer: subjectsAnswer,
    run: ({ query }) => segments.subjects(query.on),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/segments/count',
    summary: 'How many people a condition means',
    body: countBody,
    answer: countAnswer,
    run: ({ body, signal }) => segments.count(body, signal),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/segments/sample',
    summary: 'Some of the people a condition means',
    query: limitQuery,
    body: countBody,
    answer: list(personSummary),
    run: ({ query, body, signal }) => segments.sample(body, query.limit ?? 10, signal),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/segments/why',
    summary: 'Whether a condition that is not kept means somebody, and why',
    body: whyBody,
    answer: whyAnswer,
    run: ({ body, signal }) => segments.whyOf(body, signal),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/segments/overlap',
    summary: 'How many people are in each combination of segments and conditions',
    body: overlapBody,
    answer: overlapAnswer,
    run: ({ body, signal }) => segments.overlap(body, signal),
  }),
  route({
    ...common,
    may: 'read_customers',
    method: 'GET',
    path: '/segments/stays/:profile',
    summary: 'The segments a person is in, and those they were in',
    params: profileParams,
    answer: staysAnswer,
    run: ({ params }) => segments.staysOf(BigInt(params.profile)),
  }),
  route({
    ...common,
    may: 'read_customers',
    method: 'GET',
    path: '/segments/stays/:profile/why/:key',
    summary: 'Why a person is in a segment that they are in, without what it says of others',
    params: whyStayParams,
    answer: whyAnswer,
    run: ({ params, signal }) => segments.whyStay(params.key, BigInt(params.profile), signal),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/segments/:key',
    summary: 'One segment with its size',
    params: segmentParams,
    answer: segmentOverview,
    run: ({ params }) => segments.get(params.key),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/segments/:key/members',
    summary: 'The published members, page by page; also those of a moment that is past',
    params: segmentParams,
    query: membersQuery,
    answer: memberPage,
    run: ({ params, query }) =>
      segments.members(params.key, {
        limit: query.limit ?? 100,
        after: query.after === undefined ? undefined : BigInt(query.after),
        at: momentIn(query.at, 'at'),
      }),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/segments/:key/sample',
    summary: 'Some of the people the segment means now',
    params: segmentParams,
    query: sampleQuery,
    answer: list(personSummary),
    run: ({ params, query, signal }) =>
      segments.sampleOf(params.key, query.limit ?? 10, signal, givenIn(query.given)),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/segments/:key/sizes',
    summary: 'The size after each publish or per span of time, newest first',
    params: segmentParams,
    query: sizesQuery,
    answer: list(segmentSize),
    run: ({ params, query: { limit = 100, per, from, to } }) =>
      segments.sizes(params.key, limit, {
        per,
        from: momentIn(from, 'from'),
        to: momentIn(to, 'to'),
      }),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/segments/:key/changes',
    summary: 'Who entered and who left, newest first',
    params: segmentParams,
    query: changesQuery,
    answer: changesAnswer,
    run: ({ params, query: { limit = 100, after, profile, from, to } }) =>
      segments.changes(params.key, {
        limit,
        after,
        profile: profile === undefined ? undefined : BigInt(profile),
        from: momentIn(from, 'from'),
        to: momentIn(to, 'to'),
      }),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/segments/:key/why/:profile',
    summary: 'Why somebody is in the segment or not: every condition with its answer and evidence',
    params: whyParams,
    query: whyQuery,
    answer: whyAnswer,
    run: ({ params, query, signal }) =>
      segments.why(params.key, BigInt(params.profile), { given: givenIn(query.given), signal }),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/segments/:key/publish',
    summary: 'Make those whom the segment means now its members',
    may: 'write',
    params: segmentParams,
    query: publishQuery,
    answer: published,
    run: ({ params, query, signal }) =>
      segments.publish(params.key, signal, undefined, givenIn(query.given)),
  }),
]
