import { faults } from '#kernel/fault.ts'

/** What can be wrong with a run. */
export const runFaults = faults('runs', {
  key_taken: {
    status: 409,
    say: (d: { key: string; holds: string }) =>
      `the stream "${d.key}" holds ${d.holds} already; send this file with another key (--key), or with --key ${d.key} if it replaces a sent file of another name`,
    help: 'A sent file would take the place of a stream that is something else. Only a file of the same name replaces one that was sent before; whatever else is meant needs a key.',
  },
  all_or_nodes: {
    status: 422,
    say: () => 'a run is of the nodes that are named or of all, not both; leave one of them out',
    help: 'A run that names nodes makes these, whatever they wait for, with what is stale above them. One of all makes everything that is stale.',
  },
  nothing_in_it: {
    status: 422,
    say: (d: { file: string }) => `${d.file} holds nothing that can be read`,
    help: 'The file that was sent is empty or of a kind that is not known. Delimited text, JSON, Parquet and Excel workbooks can be read, text also with gzip.',
  },
})
