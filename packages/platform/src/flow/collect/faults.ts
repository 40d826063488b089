import { faults } from '#kernel/fault.ts'

/** What can go wrong where events are taken in. */
export const collectFaults = faults('collect', {
  bad_contract: {
    status: 422,
    say: (d: { why: string }) => `the contract is not a JSON Schema: ${d.why}`,
    help: 'The schema of a stream\u2019s contract cannot be used. Correct the place that is named.',
  },
  unknown_write_key: {
    status: 404,
    say: (d: { key: string }) => `there is no write key "${d.key}"`,
    help: 'The key was never made, or is of another installation. `GET /api/write-keys` lists those there are.',
  },
  not_a_sender: {
    status: 422,
    say: (d: { connection: string; near: string }) =>
      d.connection === ''
        ? 'say with "connection" which connection of events it was meant for'
        : `"${d.connection}" is no connection that events come through${d.near}`,
    help: 'Write keys belong to connections of the connector `events`. Define one, or name another.',
  },
  nothing_parked: {
    status: 404,
    say: (d: { writeKey: string; stream: string }) =>
      d.stream === ''
        ? `nothing is parked under "${d.writeKey}"`
        : `nothing of "${d.stream}" is parked`,
    help: 'What was parked was adopted, or was older than seven days and is gone. `GET /api/parked` lists what there is.',
  },
  not_received: {
    status: 409,
    say: (d: { stream: string }) => `"${d.stream}" does not receive events; define it first`,
    help: 'What is parked belongs to a stream that is not defined, or is read from its source. Once it receives, its events can be adopted.',
  },
})
