import { type Route, route } from '#kernel/route.ts'
import { job, jobList, jobParams, jobQuery, scheduleList } from './api.ts'
import type { Jobs } from './jobs.ts'

const common = { tag: 'jobs' } as const

/** The HTTP face of jobs. They are made by the rooms whose work they are, not here. */
export const jobRoutes = (jobs: Jobs): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/jobs',
    summary: 'Jobs, newest first',
    may: 'read',
    query: jobQuery,
    answer: jobList,
    run: ({ query }) => jobs.list(query),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/jobs/:id',
    summary: 'One job with its progress',
    may: 'read',
    params: jobParams,
    answer: job,
    run: ({ params }) => jobs.get(params.id),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/jobs/:id/cancel',
    summary: 'End a waiting job, or tell a running one to stop',
    may: 'write',
    params: jobParams,
    answer: job,
    run: ({ params }) => jobs.cancel(params.id),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/jobs/:id/retry',
    summary: 'Try a failed or cancelled job again',
    may: 'write',
    params: jobParams,
    answer: job,
    run: ({ params }) => jobs.retry(params.id),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/schedules',
    summary: 'What comes round, and when next',
    may: 'read',
    answer: scheduleList,
    run: () => jobs.schedules(),
  }),
]
