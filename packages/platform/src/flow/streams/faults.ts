import { faults } from '#kernel/fault.ts'

/** What can be wrong with a stream. */
export const streamFaults = faults('streams', {
  no_key: {
    status: 422,
    say: (d: { mode: string }) =>
      `mode "${d.mode}" needs "primary_key": the fields that tell rows apart`,
    help: 'A stream that replaces rows by key has to know the key. Name its fields in `primary_key`, or use mode `full` or `append`.',
  },
  unknown_connection: {
    status: 422,
    say: (d: { connection: string; near: string }) =>
      `there is no connection "${d.connection}"${d.near}`,
    help: 'A stream names a connection that is not defined. Define it (kind `connection`), or correct the name.',
  },
  key_not_in_source: {
    status: 422,
    say: (d: { stream: string; field: string; near: string }) =>
      `${d.stream}: the source has no field "${d.field}"${d.near}`,
    help: 'A field of `primary_key` or `fields` is not among the fields of the source. Field names are the snake_case ones that `tessera status` and the stream\u2019s page show.',
  },
  nothing_there: {
    status: 409,
    say: (d: { stream: string }) =>
      `${d.stream}: nothing to take was found, and nothing was taken before`,
    help: 'The source matches no file (or an empty one). Check the connection\u2019s folder and the stream\u2019s path.',
  },
  unknown_stream: {
    status: 404,
    say: (d: { stream: string; near: string }) => `there is no stream "${d.stream}"${d.near}`,
    help: 'A request names a stream that is not defined. `GET /api/streams` lists them all.',
  },
  bad_time: {
    status: 422,
    say: (d: { name: string; text: string }) =>
      `${d.name}: "${d.text}" is no time; write it as 2026-01-31T10:00:00Z`,
    help: 'A time in the address cannot be read. Write it as ISO 8601, such as 2026-01-31T10:00:00Z.',
  },
  wrong_mode: {
    status: 422,
    say: (d: { mode: string; receives: boolean }) =>
      d.receives
        ? `a stream that receives never holds everything at once, so its mode cannot be "${d.mode}"; use append, upsert or merge`
        : `only a stream that receives can have the mode "${d.mode}"; use full, upsert or append`,
    help: 'Streams that are read know full, upsert and append; streams that receive know append, upsert and merge.',
  },
  no_copies: {
    status: 422,
    say: (d: { has: string }) =>
      `"same_file" is for rows without a key that only come once (mode append); this stream has ${d.has}`,
    help: 'Leave `same_file` out: rows with a key are known again by it, and mode `full` takes what is there.',
  },
  not_read: {
    status: 422,
    say: (d: { what: string }) => `"${d.what}" is for streams that are read; this one receives`,
    help: 'What is received comes when it comes; there is nothing to look for by a schedule.',
  },
  empty_source: {
    status: 422,
    say: (d: { connector: string }) =>
      `the connection (${d.connector}) answers, but there is nothing to look at in this source yet`,
    help: 'Somebody looked into a source that holds no file and no row. Choose another one, or define the stream anyway: it takes what comes later.',
  },
  no_answer: {
    status: 504,
    say: (d: { connector: string; seconds: number }) =>
      `the system (${d.connector}) did not answer within ${d.seconds} seconds; check its address and that it may be reached from here`,
    help: 'A connection was tried out and the other side stayed silent. Nothing was defined.',
  },
})
