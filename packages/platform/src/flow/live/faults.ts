import { faults } from '#kernel/fault.ts'

/** What can be wrong with live profiles and their counters. */
export const liveFaults = faults('live', {
  not_receiving: {
    status: 422,
    say: (d: { stream: string }) =>
      `"${d.stream}" is not a stream of events that only grows, so its events cannot be counted as they come`,
    help: 'A live counter names a stream that receives events and whose mode is `append`.',
  },
  not_live: {
    status: 422,
    say: (d: { why: string }) => `this cannot be answered as events come: ${d.why}`,
    help: 'Live counters ask fields of the event itself, with operators that one event answers. Other questions are segments or insights.',
  },
  unknown_fact: {
    status: 422,
    say: (d: { field: string; near: string }) => `a live profile has no "${d.field}"${d.near}`,
    help: 'Conditions on live profiles ask attributes by their names, `counter.<key>`, `segment.<key>`, `insight.<key>.<measure>`, and `context.<name>` where it is declared.',
  },
  whom: {
    status: 422,
    say: (d: { given: number }) =>
      `say whom by exactly one identifier; ${d.given} were given (profile, email, phone, user, anonymous, record or identification)`,
    help: 'A live profile is read by one identifier at a time.',
  },
  bad_record: {
    status: 422,
    say: (d: { record: string }) =>
      `"${d.record}" does not name a record; write it as source:id, such as shop:u-17`,
    help: 'A record is named by its source or stream, a colon, and its id there.',
  },
  nobody: {
    status: 404,
    say: (d: { by: string }) => `nobody is known by ${d.by}, and no event has named them`,
    help: 'No unified profile has this identifier, and no event of such a visitor has been seen.',
  },
  several: {
    status: 409,
    say: (d: { by: string; profiles: readonly string[] }) =>
      `${d.by} belongs to ${d.profiles.length} profiles: ${d.profiles.join(', ')}; ask for one of them`,
    help: 'Several profiles share the identifier, and identity has not made them one. Ask by the id of the profile.',
  },
})
