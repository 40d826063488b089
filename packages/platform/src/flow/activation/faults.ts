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
      `the segment "${d.segment}" is made of ${d.on}s, which e-mail addresses and phone numbers do not lead to`,
    help: 'Contact points are those of people, and of the accounts and households that their records name or that a contact point links to. Of anything else send a field instead.',
  },
  source_nowhere: {
    status: 422,
    say: (d: { source: string; near: string }) =>
      `no mapping has the qualifier "${d.source}" yet${d.near}; until one has, it is preferred in vain`,
    help: 'The sources of a contact point are the qualifiers of mappings, the most trusted first. One that no mapping has is allowed, as the mapping may come later; addresses of the others are taken meanwhile.',
  },
  shared_place: {
    status: 422,
    say: (d: { place: string; activations: string }) =>
      `${d.place} can hold the members of one activation, and ${d.activations} send there; give each a table of its own`,
    help: "A table is kept as the members of one activation: who leaves is deleted. Two activations would delete and overwrite each other's members. Make a destination with another table for each.",
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
  unknown_destination: {
    status: 404,
    say: (d: { key: string; near: string }) => `there is no destination "${d.key}"${d.near}`,
    help: 'No destination has this key. `GET /api/destinations` lists all.',
  },
  too_many_members: {
    status: 422,
    say: (d: { key: string; members: number; most: number }) =>
      `"${d.key}" would send ${d.members} members at once; at most ${d.most} may be sent`,
    help: 'The activation has a limit, `most_members`, and nothing was sent. Look at the segment: it may have grown by mistake. If so many are meant, raise the limit.',
  },
  nothing_to_confirm: {
    status: 409,
    say: (d: { key: string }) => `"${d.key}" does not wait for anybody`,
    help: 'Only a sending that is larger than `confirm_above` waits for a confirmation, once a refresh has counted its members.',
  },
  other_count: {
    status: 409,
    say: (d: { key: string; members: number; awaiting: number }) =>
      `${d.members} members were confirmed for "${d.key}", but ${d.awaiting} are waiting`,
    help: 'The confirmation names the count that was looked at, so that nobody says yes to more than they saw. Look at the count again and confirm that one.',
  },
  consent_of_people: {
    status: 422,
    say: (d: { segment: string; on: string }) =>
      `the segment "${d.segment}" is about "${d.on}"; consent is asked of people`,
    help: 'Only people agree and refuse. Where members are no people, consent is asked of whoever has the address that mails go to; anywhere else leave `consent` out, and use a destination that asks for none.',
  },
  no_purpose_field: {
    status: 422,
    say: (d: { object: string }) => `"${d.object}" has no field "usage_type"`,
    help: 'The purpose of a contact point is read from its field `usage_type`.',
  },
  not_related: {
    status: 422,
    say: (d: { object: string; on: string }) => `no field of "${d.object}" leads to "${d.on}"`,
    help: 'A related list takes rows of an object that belongs to the members, such as orders of individuals.',
  },
  filter_not_boolean: {
    status: 422,
    say: (d: { type: string }) => `should be true or false, but gives ${d.type}`,
    help: "A filter is a condition, such as `country = 'NL'`.",
  },
  updates_of_everything: {
    status: 422,
    say: () => 'updates are told of changes; everything is sent anew anyway',
    help: 'Leave `updates` out, or send `changes`.',
  },
  bad_template: {
    status: 422,
    say: (d: { why: string }) => d.why,
    help: 'Templates hold {placeholders} that are names of attributes, or `profile_id`.',
  },
  bad_address: {
    status: 422,
    say: (d: { address: string }) => `"${d.address}" is no e-mail address`,
    help: 'Write an address such as `shop@example.com`, or `Shop <shop@example.com>`.',
  },
  half_login: {
    status: 422,
    say: () => '`user` and `password` belong together, and one is missing',
    help: 'A mail server is signed in to with both, or with neither.',
  },
  open_password: {
    status: 422,
    say: () => 'a password is not sent over a connection that everybody can read',
    help: 'Use `tls` or `starttls` with a login.',
  },
  only_changes: {
    status: 422,
    say: (d: { label: string }) => `to ${d.label} only changes can be sent`,
    help: 'Sending everything again and again would write to everybody each time. Use `send: changes`.',
  },
  missing_attribute: {
    status: 422,
    say: (d: { destination: string; as: string; near: string }) =>
      `the destination "${d.destination}" needs an attribute "${d.as}"${d.near}`,
    help: 'The settings of the destination speak of an attribute that the activation does not send. Add it, or change the settings.',
  },
  not_of_type: {
    status: 422,
    say: (d: { column: string; type: string; example: string }) =>
      `the column "${d.column}" cannot be written as ${d.type} in Parquet: ${d.example}`,
    help: 'A column of a Parquet file has one type; a decimal there has at most 14 digits before the point and 4 after it. Round the value in a formula or in the insight, or send it as a number or as text: `formula: "cast(x as text)"`.',
  },
  missing_columns: {
    status: 422,
    say: (d: { table: string; columns: readonly string[] }) =>
      `the table ${d.table} lacks ${d.columns.join(', ')}`,
    help: 'Add the columns, or let the destination do so with `create: true`.',
  },
  not_taken: {
    status: 422,
    say: (d: { at: string; why: string }) => `${d.at} ${d.why}`,
    help: 'The receiver did not answer a signed batch without members with a status of 2xx. Its own words follow its status.',
  },
  no_answer: {
    status: 422,
    say: (d: { seconds: number }) => `nothing was heard within ${d.seconds} seconds`,
    help: 'A test of a connection waits for a person, so it gives up early. Look at the address, the port, and what stands between.',
  },
  test_failed: {
    status: 422,
    say: (d: { why: string }) => d.why,
    help: 'A test of a connection met something that nobody has foreseen. The words are those of the system.',
  },
  database_refused: {
    status: 422,
    say: (d: { at: string; why: string }) => `${d.at} refuses: ${d.why}`,
    help: 'The database does not take what it is sent, or does not let this user do it. The words are those of the database.',
  },
  database_trouble: {
    status: 502,
    say: (d: { at: string; why: string }) => `${d.at} cannot take anything: ${d.why}`,
    help: 'The connection broke off, or the database is busy or starting. It is tried again.',
  },
  mail_trouble: {
    status: 502,
    say: (d: { at: string; why: string }) => `${d.at} takes no mail: ${d.why}`,
    help: 'The connection broke off, or the mail server asks to come back later. It is tried again.',
  },
  mail_refused: {
    status: 422,
    say: (d: { at: string; why: string }) => `${d.at} refuses: ${d.why}`,
    help: 'The mail server does not accept the login, the sender or the kind of connection. The words are those of the server.',
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
