import { faults } from '#kernel/fault.ts'

/** What can be wrong with a run. */
export const runFaults = faults('runs', {
  nothing_in_it: {
    status: 422,
    say: (d: { file: string }) => `${d.file} holds nothing that can be read`,
    help: 'The file that was sent is empty or of a kind that is not known. Delimited text, JSON and Parquet can be read, also with gzip.',
  },
})
