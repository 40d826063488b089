import { type Route, route } from '#kernel/route.ts'
import { auditEntries, auditQuery } from './api.ts'
import type { Audit } from './audit.ts'

/** The HTTP face of the audit: it can be read, never changed. */
export const auditRoutes = (audit: Audit): readonly Route[] => [
  route({
    method: 'GET',
    path: '/audit',
    summary: 'Who did what, newest first',
    tag: 'audit',
    may: 'admin',
    query: auditQuery,
    answer: auditEntries,
    run: ({ query }) => audit.list(query),
  }),
]
