import { faults } from '#kernel/fault.ts'

/** What can go wrong between us and the engine. */
export const engineFaults = faults('engine', {
  not_in_dialect: {
    status: 422,
    say: (d: { fn: string; dialect: string; gap: string }) =>
      `${d.fn} cannot be had in ${d.dialect}: ${d.gap}`,
    help: 'The engine underneath lacks this function. The message says what to use instead.',
  },
  took_too_long: {
    status: 503,
    say: (d: { seconds: number }) => `the query was stopped after ${d.seconds} s`,
    help: 'A query ran into its time limit. Narrow it (fewer rows, fewer joins), or raise TESSERA_QUERY_TIMEOUT_MS.',
  },
  out_of_memory: {
    status: 503,
    say: (d: { what: string }) => `${d.what} needs more memory and spill space than is allowed`,
    help: 'Work did not fit into memory or the spill folder. Raise TESSERA_MEMORY_BYTES or TESSERA_SPILL_BYTES, or make the work smaller. Nothing was changed.',
  },
  disk_full: {
    status: 503,
    say: (d: { what: string }) => `the disk is full: ${d.what} was not done`,
    help: 'The disk that holds the data folder is full. Nothing half-done was kept; free some space and run again.',
  },
  bad_sql: {
    status: 422,
    say: (d: { why: string }) => `the query cannot run: ${d.why}`,
    help: 'The engine refused a query, for example because types do not fit or a number is divided by text. The message is the engine\u2019s own.',
  },
  unreadable_file: {
    status: 422,
    say: (d: { name: string; why: string }) => `${d.name} cannot be read: ${d.why}`,
    help: 'A file is not sound JSON or Parquet, most often because it was cut off on its way. Nothing of it was taken: fetch it anew, or have it written again. In a file of one JSON object to a line, only the lines that do not hold are rejected.',
  },
  damaged: {
    status: 500,
    say: (d: { what: string }) =>
      `the engine's file is damaged: ${d.what}; restore the last backup into an empty data folder`,
    help: 'The file of the engine is not a sound database any more. Keep a copy of it, then restore the last backup.',
  },
  newer_files: {
    status: 500,
    say: (d: { found: number; known: number }) =>
      `the data folder has engine format ${d.found}, this program knows ${d.known}`,
    help: 'The data folder was written by a newer version. Use that version, or restore a backup made by this one.',
  },
})
