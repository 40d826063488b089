import { faults } from '#kernel/fault.ts'

/** What can be wrong with a segment. */
export const segmentFaults = faults('segments', {
  unknown: {
    status: 404,
    say: (d: { segment: string; near: string }) => `there is no segment "${d.segment}"${d.near}`,
    help: 'A request or a condition names a segment that is not defined. `GET /api/segments` lists them.',
  },
  unknown_field: {
    status: 422,
    say: (d: { on: string; field: string; near: string }) =>
      `${d.on} has no field "${d.field}"${d.near}`,
    help: 'A condition names a field that a person, or the rows it looks at, do not have. `GET /api/segments/subjects` lists what can be asked.',
  },
  unknown_object: {
    status: 422,
    say: (d: { object: string; near: string }) =>
      `"${d.object}" is no model object whose rows belong to a person${d.near}`,
    help: 'A condition on related rows needs a model object with a link to an individual, its own or that of its parent.',
  },
  unknown_insight: {
    status: 422,
    say: (d: { insight: string; near: string }) => `there is no insight "${d.insight}"${d.near}`,
    help: 'A condition names an insight that is not defined. `GET /api/insights` lists them.',
  },
  unknown_measure: {
    status: 422,
    say: (d: { insight: string; measure: string; near: string }) =>
      `the insight "${d.insight}" has no measure "${d.measure}"${d.near}`,
    help: 'A condition on an insight is written `insight: key.measure`, with one of the measures that the insight gives.',
  },
  several_rows: {
    status: 422,
    say: (d: { insight: string; dimensions: readonly string[] }) =>
      `the insight "${d.insight}" does not have exactly one row per person (its dimensions are ${d.dimensions.join(', ')}); a condition needs an insight with the only dimension profile_id`,
    help: 'A condition compares one value per person. Make an insight whose only dimension is `profile_id`, if need be from the other one.',
  },
  unfit_operator: {
    status: 422,
    say: (d: { op: string; type: string; fitting: readonly string[] }) =>
      `"${d.op}" does not fit ${d.type}; what fits is ${d.fitting.join(', ')}`,
    help: 'Each operator is for some types only: text can be contained, amounts and times can be compared by size, times can lie within days.',
  },
  unfit_value: {
    status: 422,
    say: (d: { expected: string; found: string }) => `expected ${d.expected}, found ${d.found}`,
    help: 'The value of a condition must fit the type of its field and what its operator takes.',
  },
  never_true: {
    status: 422,
    say: (d: { low: string; high: string }) =>
      `nothing lies between ${d.low} and ${d.high}; the smaller value comes first`,
    help: 'The bounds of `between` are the smallest and the largest value that count.',
  },
  no_case: {
    status: 422,
    say: (d: { type: string }) => `"case_sensitive" is for text, and this is ${d.type}`,
    help: 'Only text has upper and lower case.',
  },
  needs_unit: {
    status: 422,
    say: (d: { op: string }) => `"${d.op}" needs "unit": day, week, month, quarter or year`,
    help: 'Operators that count spans of the calendar need to know which, such as `op: within_last, value: 3, unit: month`.',
  },
  pointless: {
    status: 422,
    say: (d: { word: string; op: string }) =>
      `"${d.word}" says nothing beside "${d.op}"; leave it out`,
    help: 'A condition carries something that its operator does not look at, so it may not mean what it seems to.',
  },
  unknown_time_zone: {
    status: 422,
    say: (d: { zone: string; near: string }) => `there is no time zone "${d.zone}"${d.near}`,
    help: 'Time zones are named as in the IANA database, such as Europe/Paris, America/New_York or UTC.',
  },
  needs_of: {
    status: 422,
    say: (d: { measure: string; fields: readonly string[] }) =>
      `"${d.measure}" needs "of": the field it is taken of${d.fields.length > 0 ? ` (${d.fields.join(', ')})` : ''}`,
    help: 'Sum, average, smallest and largest are taken of a field; name it in `of`.',
  },
  count_of: {
    status: 422,
    say: () => '"count" counts rows and takes no "of"; use "where" to count some of them',
    help: 'To count only rows with a value, add `where: { field: …, op: is_filled }`.',
  },
  unfit_measure: {
    status: 422,
    say: (d: { measure: string; field: string; type: string; fields: readonly string[] }) =>
      `"${d.measure}" cannot be taken of "${d.field}" (${d.type})${d.fields.length > 0 ? `; it can of ${d.fields.join(', ')}` : ''}`,
    help: 'Sum and average are for numbers; smallest and largest for numbers, days and instants.',
  },
  too_deep: {
    status: 422,
    say: (d: { most: number }) => `conditions are nested more than ${d.most} deep`,
    help: 'Split the condition: make a segment of a part of it and use `segment: key`.',
  },
  circle: {
    status: 422,
    say: (d: { circle: readonly string[] }) =>
      `segments that need each other in a circle: ${d.circle.join(' → ')}`,
    help: 'A segment cannot be part of its own condition, directly or through others. Take one of the references out.',
  },
  no_profiles: {
    status: 409,
    say: () => 'there are no profiles yet; run identity resolution first',
    help: 'Segments are made of unified people. Define a ruleset and refresh, then try again.',
  },
  no_result: {
    status: 409,
    say: (d: { insight: string }) =>
      `the insight "${d.insight}" has no result yet; refresh it first`,
    help: 'A condition asks for an insight that has not been computed, or whose first run failed.',
  },
})
