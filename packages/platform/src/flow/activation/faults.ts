import { faults } from '#kernel/fault.ts'

/** What can be wrong with activations and destinations. */
export const activationFaults = faults('activation', {
  duplicate_attribute: {
    status: 422,
    say: (d: { as: string }) => `two attributes are called "${d.as}"; call one of them differently`,
    help: 'Each attribute of an activation needs a name of its own; upper and lower case do not make a difference, because many receivers ignore it.',
  },
  taken_name: {
    status: 422,
    say: (d: { as: string }) =>
      `every row has a "${d.as}" of its own; call the attribute differently`,
    help: 'The names `profile_id` and `change` are given to every row, so no attribute can have them.',
  },
  unknown_measure: {
    status: 422,
    say: (d: { insight: string; measure: string; near: string }) =>
      `the insight "${d.insight}" has no measure "${d.measure}"${d.near}`,
    help: 'An attribute takes a measure that the insight does not have. Name one of its columns, as in `lifetime_value.total`.',
  },
  not_one_value: {
    status: 422,
    say: (d: { insight: string; on: string; by: string }) =>
      `the insight "${d.insight}" does not have one value for each ${d.on}: its dimensions are ${d.by}`,
    help: 'A member has room for one value. Only insights whose single dimension is `profile_id` can be sent; make one that sums up the other dimensions.',
  },
  no_contact_points: {
    status: 422,
    say: (d: { segment: string; on: string }) =>
      `the segment "${d.segment}" is made of ${d.on}s; only individuals have e-mail addresses and phone numbers of their own`,
    help: 'Contact points belong to individuals. Use a segment on individuals, or a field of the account instead.',
  },
  unknown_activation: {
    status: 404,
    say: (d: { key: string; near: string }) => `there is no activation "${d.key}"${d.near}`,
    help: 'No activation has this key. `GET /api/activations` lists all.',
  },
  unknown_delivery: {
    status: 404,
    say: (d: { id: string }) => `there is no failed delivery "${d.id}"`,
    help: 'Only deliveries that were given up can be tried again, by their id. `GET /api/activations/:key/deliveries?state=dead` lists them.',
  },
  bad_file_name: {
    status: 422,
    say: (d: { why: string }) => d.why,
    help: 'The name of an outgoing file is made of {activation} {segment} {date} {position} and of letters, digits, blanks, dots, hyphens and underscores. Without {activation} and {position} one delivery would overwrite another.',
  },
  folder_outside: {
    status: 422,
    say: (d: { folder: string }) =>
      `files may not be written to ${d.folder}: it lies outside of the folders for outgoing files`,
    help: 'Relative folders of a file destination lie below the folder for outgoing files and may not lead out of it, not by a symbolic link either. An absolute folder has to be allowed by the settings of the server.',
  },
})
