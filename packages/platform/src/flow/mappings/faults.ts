import { faults } from '#kernel/fault.ts'

/** What can be wrong with a mapping. */
export const mappingFaults = faults('mappings', {
  unknown_stream: {
    status: 422,
    say: (d: { stream: string; near: string }) => `there is no stream "${d.stream}"${d.near}`,
    help: 'A mapping names a stream that is not defined. Define it (kind `stream`), or correct the name.',
  },
  no_id: {
    status: 422,
    say: (d: { object: string }) =>
      `${d.object} needs "id": the key that the source gives its rows`,
    help: 'Every mapping to a model object fills `id`; without it rows could not be told apart or linked to.',
  },
  not_a_link: {
    status: 422,
    say: (d: { object: string; field: string }) =>
      `${d.object}.${d.field} holds no key of another object, so it takes no qualifier`,
    help: 'Only fields that link to another object take a `qualifier`: it names the source whose key they hold.',
  },
  twice: {
    status: 422,
    say: (d: { stream: string; other: string }) =>
      `"${d.stream}" is mapped by "${d.other}" already`,
    help: 'A stream has one mapping, which may fill several model objects. Put both into one definition.',
  },
  key_collision: {
    status: 500,
    say: (d: { object: string; one: string; other: string }) =>
      `two keys of ${d.object} have the same hash: "${d.one}" and "${d.other}"`,
    help: 'Two different keys have the same 64-bit hash, which happens about once in a billion billion pairs. Nothing was changed; give one of them another key qualifier.',
  },
  nothing_arrived: {
    status: 409,
    say: (d: { stream: string }) =>
      `"${d.stream}" has not taken any rows yet, so its fields are not known`,
    help: 'Run the stream first: its fields are inferred from the first batch.',
  },
})
