import { faults } from '#kernel/fault.ts'

/** What can go wrong between us and the lake. */
export const lakeFaults = faults('lake', {
  unknown_field: {
    status: 404,
    say: (d: { stream: string; field: string }) => `the stream ${d.stream} has no field ${d.field}`,
    help: 'A decision was about a field that the stream does not have. Look at the fields of the stream; a column beside another is named by the other.',
  },
  stream_moved: {
    status: 409,
    say: (d: { stream: string }) =>
      `the fields of the stream ${d.stream} changed while its events were read again`,
    help: 'Rows can only be replaced by what was read with the same fields. Read the events again and compare once more.',
  },
})
