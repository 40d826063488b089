import { faults } from '#kernel/fault.ts'

/** What can go wrong with matching. */
export const matchingFaults = faults('matching', {
  unknown_column: {
    status: 422,
    say: (d: { column: string; near: string }) =>
      `the records have no column "${d.column}"${d.near}`,
    help: 'Comparisons and blocks name columns of the table of records, or lists of identifiers that were given beside it.',
  },
  compared_twice: {
    status: 422,
    say: (d: { column: string }) =>
      `"${d.column}" is compared twice; its evidence would count twice`,
    help: 'Weights of comparisons are added, so each column has one comparison. Put all its levels into that one.',
  },
  only_single: {
    status: 422,
    say: (d: { column: string; what: string }) =>
      `"${d.column}" holds lists of values, and ${d.what} needs one value per record`,
    help: 'Lists of identifiers can be compared by their own values only, without a second column.',
  },
  not_compared: {
    status: 422,
    say: (d: { column: string; near: string }) =>
      `"${d.column}" is not compared, so nothing can depend on it${d.near}`,
    help: 'depends_on names columns that have a comparison of their own.',
  },
  depends_on_itself: {
    status: 422,
    say: (d: { column: string }) => `"${d.column}" would depend on itself, through depends_on`,
    help: 'Of columns that follow from each other, one depends on the other and not both.',
  },
  too_many_levels: {
    status: 422,
    say: () => 'there are too many comparisons with too many levels; leave some out',
    help: 'The pattern of agreement is kept as one whole number, which holds about fifteen comparisons of six levels.',
  },
  too_few_records: {
    status: 422,
    say: (d: { records: number; least: number }) =>
      `there are ${d.records} records, and weights are not learned from fewer than ${d.least}`,
    help: 'Learned weights are shares of pairs; from a handful of records they would be chance. Use match rules instead.',
  },
  nothing_filled: {
    status: 422,
    say: (d: { columns: string }) => `no column is filled often enough to compare: ${d.columns}`,
    help: 'Map more fields, or more streams, so that records can be compared at all.',
  },
  nothing_identifying: {
    status: 422,
    say: (d: { bits: number; needed: number }) =>
      `all columns together tell ${d.bits} bits about a record, and ${d.needed} are needed to tell this many records apart`,
    help: 'The filled columns are too alike from record to record: add names, dates of birth, e-mail addresses or numbers.',
  },
  no_block: {
    status: 422,
    say: () => 'no column divides the records into blocks that are small enough to compare',
    help: 'Candidates come from records that share a value. Add a column with many different values.',
  },
  no_candidates: {
    status: 422,
    say: () => 'no two records share a block, so there is nothing to learn from',
    help: 'Choose blocks on columns that are filled, or raise largest_block: oversized blocks are left out.',
  },
  no_labels: {
    status: 422,
    say: () => 'none of the labelled pairs is a match, so nothing can be learned from them',
    help: 'Labelled pairs need records that are really one, by their numbers.',
  },
  unknown_pair: {
    status: 404,
    say: (d: { left: number; right: number }) =>
      `there are no two records ${d.left} and ${d.right} to compare`,
    help: 'A pair is named by the numbers of two different records of the same table.',
  },
})
