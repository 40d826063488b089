import { faults } from '#kernel/fault.ts'

/** What can go wrong when one record is looked up. */
export const resolverFaults = faults('resolver', {
  not_loaded: {
    status: 503,
    say: (d: { ruleset: string }) =>
      `the profiles of "${d.ruleset}" are not in memory yet; ask again in a moment`,
    help: 'After a start the keys of all records are loaded in the background. Until then nobody can be looked up. Ask again.',
  },
  nothing_published: {
    status: 409,
    say: (d: { ruleset: string }) =>
      `"${d.ruleset}" has never run, so there are no profiles to find; run it`,
    help: 'Records are looked up among published profiles. Refresh the ruleset once.',
  },
  not_loadable: {
    status: 503,
    say: (d: { ruleset: string; why: string }) =>
      `the profiles of "${d.ruleset}" could not be loaded: ${d.why}`,
    help: 'The cause is told. Loading is tried again after the next run.',
  },
  unknown_object: {
    status: 422,
    say: (d: { object: string; near: string }) => `there is no model object "${d.object}"${d.near}`,
    help: 'Rows are given by model object: individual, contact_point_email, contact_point_phone and so on.',
  },
  unknown_field: {
    status: 422,
    say: (d: { object: string; field: string; near: string }) =>
      `${d.object} has no field "${d.field}"${d.near}`,
    help: 'The rows of a model object have its fields.',
  },
  bad_value: {
    status: 422,
    say: (d: { type: string; found: string }) => `expected ${d.type}, found ${d.found}`,
    help: 'A value must fit the type of its field. Days are written 2026-01-31, instants as ISO 8601.',
  },
  too_many_rows: {
    status: 422,
    say: (d: { most: number }) => `a record has at most ${d.most} rows of one object`,
    help: 'One record is looked up at a time. Rows of many records go through a stream.',
  },
})
