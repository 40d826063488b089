import { faults } from '#kernel/fault.ts'

/** What can be wrong with a request as such. */
export const serverFaults = faults('server', {
  unknown_route: {
    status: 404,
    say: (d: { method: string; path: string }) => `there is no ${d.method} ${d.path}`,
    help: 'The address does not exist. All endpoints are listed at `/docs`.',
  },
  bad_body: {
    status: 400,
    say: (d: { why: string }) => `the body of the request cannot be read: ${d.why}`,
    help: 'The body is not valid JSON, too large, or of a type that is not taken here. Send `content-type: application/json`.',
  },
  bug: {
    status: 500,
    say: (d: { request: string }) =>
      `something went wrong inside; the server\u2019s log says what, under request ${d.request}`,
    help: 'A mistake in the program. Nothing half-done was kept. Please report it with the log lines of the request.',
  },
  shutting_down: {
    status: 503,
    say: (_: Record<string, never>) => 'the server is shutting down',
    help: 'Try again when the server is up.',
  },
})
