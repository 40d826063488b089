import { faults } from '#kernel/fault.ts'

/** What can be wrong with an insight. */
export const insightFaults = faults('insights', {
  unknown: {
    status: 404,
    say: (d: { insight: string; near: string }) => `there is no insight "${d.insight}"${d.near}`,
    help: 'A request names an insight that is not defined. `GET /api/insights` lists them.',
  },
  taken_name: {
    status: 422,
    say: (d: { name: string }) =>
      `"${d.name}" is already the name of a relation; give the insight another key`,
    help: 'Queries name insights like model objects, so an insight needs a key of its own.',
  },
  unknown_column: {
    status: 422,
    say: (d: { column: string; near: string }) =>
      `the answer of the SQL has no column "${d.column}"${d.near}`,
    help: 'Dimensions and measures are columns of the answer. Name them in the SQL with `as`.',
  },
  no_measures: {
    status: 422,
    say: () => 'every column is a dimension; select at least one measure besides',
    help: 'An insight gives values (measures) by dimensions. Add an aggregate such as `count(*) as orders`.',
  },
  both: {
    status: 422,
    say: (d: { column: string }) => `"${d.column}" is both a dimension and a measure`,
    help: 'A column either tells rows apart or holds a value. List it once.',
  },
  bad_name: {
    status: 422,
    say: (d: { column: string; better: string }) =>
      `the column "${d.column}" needs a plain name; write \`as ${d.better}\``,
    help: 'Columns of an insight are named in conditions and queries: small letters, digits and underscores, beginning with a letter.',
  },
  no_person: {
    status: 422,
    say: () => 'an insight on individuals needs "profile_id" among its columns and dimensions',
    help: 'Select `profile_id` from a model object or from unified_individual, group by it and list it in `dimensions`.',
  },
  circle: {
    status: 422,
    say: (d: { circle: readonly string[] }) =>
      `insights that read each other in a circle: ${d.circle.join(' → ')}`,
    help: 'An insight cannot be computed from itself, directly or through others. Take one of the references out.',
  },
  doubled_key: {
    status: 422,
    say: (d: { dimensions: readonly string[]; example: string; rows: number }) =>
      `${d.dimensions.length === 0 ? 'without dimensions there is one row' : `${d.dimensions.join(', ')} should tell rows apart`}, but ${d.rows} rows have ${d.example}`,
    help: 'The dimensions of an insight must be different in every row. Group by all of them, or list those that are missing.',
  },
  person_type: {
    status: 422,
    say: (d: { type: string }) => `"profile_id" should hold ids of people, but is ${d.type}`,
    help: 'Take `profile_id` as it is in the relations, without a cast or a calculation.',
  },
  cannot_run: {
    status: 422,
    say: (d: { why: string }) => `the SQL cannot run on this data: ${d.why}`,
    help: 'The SQL is sound, but a value in the data does not fit, for example text that is cast to a number. Use `try_cast`, or leave such rows out.',
  },
  no_result: {
    status: 409,
    say: (d: { insight: string }) => `the insight "${d.insight}" has no result yet; refresh it`,
    help: 'The insight has not been computed yet, or its first run failed.',
  },
})
