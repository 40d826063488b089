import { faults } from '#kernel/fault.ts'

/** What can go wrong before a request of a wire is understood. */
export const wireFaults = faults('wire', {
  too_large: {
    status: 413,
    say: (d: { mostBytes: number; what: string }) =>
      `${d.what} is larger than ${d.mostBytes} bytes; send less at a time`,
    help: 'A request may have as many bytes as its wire allows, counted after unpacking. Send the same events in several smaller requests.',
  },
  not_unpacked: {
    status: 400,
    say: (d: { as: string; why: string }) =>
      `the body looks packed with ${d.as} and cannot be unpacked: ${d.why}`,
    help: 'Bodies may be packed with gzip, zlib, deflate or brotli; what arrived is cut off or damaged. Pack it again, or send it unpacked.',
  },
  not_json: {
    status: 400,
    say: (d: { why: string; line: number; column: number; position: number }) =>
      `the body is not JSON: ${d.why} at character ${d.position} (line ${d.line}, column ${d.column})`,
    help: 'The body could not be read as JSON. The message names the first place that is wrong; characters count from 0, lines and columns from 1.',
  },
  not_a_message: {
    status: 400,
    say: (d: { found: string }) =>
      `expected a JSON object, or a list of them in "batch", found ${d.found}`,
    help: 'A request carries one event as a JSON object, or several as `{ "batch": [ ... ] }`.',
  },
  // Also of those who stood still: 408 is right by its name, but half of the client libraries drop what it answers.
  crowded: {
    status: 429,
    say: (d: { openBytes: number; retryAfterSeconds: number }) =>
      `${d.openBytes} bytes are arriving at once, no more are read; send it again in ${d.retryAfterSeconds} s`,
    help: 'Too many bytes of unfinished requests are held in memory. Nothing of this request was kept; send it again after the seconds that Retry-After names.',
  },
  too_many: {
    status: 413,
    say: (d: { found: number; most: number }) =>
      `the request carries ${d.found} messages; ${d.most} are allowed, send them in several requests`,
    help: 'A request may carry so many messages, however small they are: each takes time of everybody else. Send the same ones in several smaller requests.',
  },
  wrong_method: {
    status: 405,
    say: (d: { method: string; path: string; allowed: string }) =>
      `${d.path} is not asked with ${d.method} but with ${d.allowed}`,
    help: 'The address exists, for another method. The header Allow names it.',
  },
  bug: {
    status: 500,
    say: (_: object) => 'something went wrong here, not with the request; send it again',
    help: 'A bug. The log of the server says more. Nothing was acknowledged, so the client sends it again.',
  },
})
