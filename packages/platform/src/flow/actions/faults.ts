import { faults } from '#kernel/fault.ts'

/** What can be wrong with actions. */
export const actionFaults = faults('action', {
  not_receiving: {
    status: 422,
    say: (d: { stream: string }) =>
      `"${d.stream}" is not a stream of events that only grows; watch the rows that are made of it instead`,
    help: 'Events can be watched in streams that receive and whose mode is `append`. Streams of files, and those whose rows replace each other, are watched with `when: { row: ... }` on the model object they fill.',
  },
  unknown_object: {
    status: 422,
    say: (d: { object: string; near: string }) => `there is no model object "${d.object}"${d.near}`,
    help: 'A trigger on rows names a model object by its key.',
  },
  no_person: {
    status: 422,
    say: (d: { what: string; lacks: string }) =>
      `${d.what} is about no person: there is ${d.lacks}`,
    help: 'Accounts, households, products and what belongs to them are no people. Send fields of their own (`field`); consent is asked of whoever has the address or number that is used: name its attribute with `consent.contact_point`.',
  },
  unknown_field: {
    status: 422,
    say: (d: { on: string; field: string; near: string }) =>
      `${d.on} has no field "${d.field}"${d.near}`,
    help: 'An attribute, or the person of an event, names a field that is not there. Fields of events are known once one of them has come: send one first.',
  },
  no_before: {
    status: 422,
    say: (d: { what: string }) => `${d.what} has nothing that it was before`,
    help: 'Only rows that change were something before. A condition `was` needs `change: changed`; an attribute `was` needs `changed`, or `any`, where it is empty for rows that are new. Rows that are taken away have the values they had last as their fields.',
  },
  duplicate_attribute: {
    status: 422,
    say: (d: { as: string }) => `two attributes are called "${d.as}"; call one of them differently`,
    help: 'Each attribute of an action needs a name of its own; upper and lower case do not make a difference.',
  },
  taken_name: {
    status: 422,
    say: (d: { as: string }) =>
      `every row has a "${d.as}" of its own; call the attribute differently`,
    help: 'A destination gets `profile_id` and `change` (entered, left or updated) with every row, so no attribute that goes there can have these names.',
  },
  unknown_time_zone: {
    status: 422,
    say: (d: { zone: string }) => `there is no time zone "${d.zone}"`,
    help: 'Time zones are named as in the IANA list, such as `Europe/Rome`.',
  },
  no_quiet_time: {
    status: 422,
    say: () => 'quiet hours begin when they end',
    help: 'Give quiet hours two different times; they may go over midnight.',
  },
  turns_true: {
    status: 422,
    say: () => 'an insight fires when its condition turns true; write `often: first`',
    help: 'Insights are computed as a whole, so there is no "each time" apart from turning true.',
  },
  several_rows: {
    status: 422,
    say: (d: { insight: string; by: string }) =>
      `the insight "${d.insight}" does not have one row for each person: its dimensions are ${d.by}`,
    help: 'Only insights whose single dimension is `profile_id` can be watched; make one that sums up the others.',
  },
  nothing_waits: {
    status: 422,
    say: () => 'nothing can be suppressed that is sent at once; say `after` how long it is sent',
    help: 'Suppression cancels firings that still wait. Give the action a delay with `after`.',
  },
  gone_to_destination: {
    status: 422,
    say: (d: { row: string }) =>
      `a destination cannot be told that a row of "${d.row}" was taken away; send it to a webhook`,
    help: 'A destination gets the row of a firing as that of somebody who has come, and would write down or greet what is gone. With `change: deleted` the target is a webhook, whose body says what changed.',
  },
  unknown_contact_point: {
    status: 422,
    say: (d: { as: string; near: string }) => `no attribute is called "${d.as}"${d.near}`,
    help: 'The contact point that consent is asked for is one of the attributes that are sent: name one by its `as`.',
  },
  unknown_form: {
    status: 422,
    say: (d: { form: string; forms: readonly string[] }) =>
      `there is no body form "${d.form}"; there are ${d.forms.join(', ')}`,
    help: 'The body of a webhook is written in our own form, or in one that a protocol has registered.',
  },
  no_parquet: {
    status: 422,
    say: () =>
      'a single firing is not written as Parquet; take a destination with CSV or JSON lines',
    help: 'Destinations of files get a file for each firing of an action. Those are CSV or JSON lines.',
  },
  unknown: {
    status: 404,
    say: (d: { key: string; near: string }) => `there is no action "${d.key}"${d.near}`,
    help: 'No action has this key. `GET /api/actions` lists all.',
  },
  unknown_firing: {
    status: 404,
    say: (d: { id: string }) => `there is no such firing "${d.id}" that could be changed`,
    help: 'Only firings that were given up can be tried again, and only those that wait can be cancelled. `GET /api/action-firings` lists them.',
  },
})
