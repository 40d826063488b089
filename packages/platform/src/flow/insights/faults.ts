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
    say: () =>
      'an insight on individuals or accounts needs "profile_id" among its columns and dimensions',
    help: 'Select `profile_id` from a model object, unified_individual or, for accounts, unified_account, group by it and list it in `dimensions`.',
  },
  unknown_subject: {
    status: 422,
    say: (d: { on: string; near: string }) => `there is no model object "${d.on}"${d.near}`,
    help: 'An insight is on people, or on a model object by its key.',
  },
  no_subject: {
    status: 422,
    say: (d: { on: string }) =>
      `an insight on "${d.on}" needs one dimension, a link that leads to "${d.on}"`,
    help: 'Whose values these are is told by a single dimension without a grain: a link such as `product_id`, also over others, such as `individual_id.primary_household_id`, or the `id` of the object itself.',
  },
  no_accounts: {
    status: 422,
    say: () => 'no ruleset unifies accounts, so there are none to have values',
    help: 'Define a ruleset with `on: account` and run it. Then insights can be on accounts, by a link that leads to them.',
  },
  only_built: {
    status: 422,
    say: (d: { on: string }) => `an insight on "${d.on}" is built, not written in SQL`,
    help: 'The keys of rows cannot be named in SQL. Use `build` with a dimension that leads to the object.',
  },
  other_ids: {
    status: 422,
    say: (d: { on: string; of: string }) =>
      `the insight is on "${d.on}", but its "profile_id" are ids of "${d.of}"`,
    help: 'Ids of people and of accounts are other numbers. Take `profile_id` from what belongs to people, or from unified_account, and set `on` to match.',
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
  sql_or_build: {
    status: 422,
    say: (d: { both: boolean }) =>
      d.both
        ? 'an insight has either `sql` or `build`, not both'
        : 'an insight needs `sql` or `build`',
    help: 'Write the insight as SQL, or build it from a model object with measures and dimensions.',
  },
  only_sql: {
    status: 422,
    say: (d: { part: string }) =>
      `\`${d.part}\` belongs to insights in SQL; a built one says it in \`build\``,
    help: 'Dimensions and measures of a built insight stand in `build`, and how they roll up follows from how they are made.',
  },
  unknown_start: {
    status: 422,
    say: (d: { from: string; near: string }) =>
      `there is no model object or insight "${d.from}"${d.near}`,
    help: 'An insight is built over one model object or over another insight.',
  },
  unknown_field: {
    status: 422,
    say: (d: { object: string; field: string; near: string }) =>
      `"${d.object}" has no field "${d.field}"${d.near}`,
    help: 'Fields are named as in the model; a dot follows a link, such as `product_id.category`.',
  },
  no_link: {
    status: 422,
    say: (d: { object: string; field: string }) =>
      `"${d.field}" of "${d.object}" is no link, so nothing can follow the dot`,
    help: 'A dot follows fields that hold the id of another object, and `profile_id`, which leads to the unified person.',
  },
  too_far: {
    status: 422,
    say: (d: { path: string; most: number }) => `"${d.path}" goes over more than ${d.most} links`,
    help: 'Paths over many links are slow and hard to read. Build an insight on an insight instead, or write SQL.',
  },
  bad_expression: {
    status: 422,
    say: (d: { text: string }) =>
      `"${d.text}" is not one expression: brackets and quotes must be closed, without comments`,
    help: 'Each measure, dimension and condition is one expression over fields.',
  },
  bad_call: {
    status: 422,
    say: (d: { name: string }) => `${d.name} takes four values: (amount, from, to, day)`,
    help: '`convert(amount, from, to, day)` gives an amount in another currency, `rate_missing` with the same values whether there was no rate.',
  },
  no_rates: {
    status: 422,
    say: (d: { lacking: string }) =>
      `amounts cannot be converted: the model has no object "exchange_rate" with ${d.lacking}`,
    help: 'Define a model object `exchange_rate` with `from_currency`, `to_currency`, `day` and `rate`, and map a stream of rates to it.',
  },
  needs_name: {
    status: 422,
    say: (d: { of: string }) => `the dimension "${d.of}" needs a plain name: { name: …, of: … }`,
    help: 'A formula has no name by itself; names are small letters, digits and underscores.',
  },
  needs_value: {
    status: 422,
    say: (d: { name: string; how: string }) => `"${d.name}" needs \`of\`: the ${d.how} of what?`,
    help: 'Only a count can be of rows as such; every other measure is of a field or a formula.',
  },
  no_number: {
    status: 422,
    say: (d: { field: string; type: string; how: string }) =>
      `"${d.field}" holds ${d.type}, so there is no ${d.how} of it`,
    help: 'Sums and averages are of numbers. Cast first: `cast(size as decimal)`.',
  },
  no_time: {
    status: 422,
    say: (d: { field: string; type: string }) => `"${d.field}" holds ${d.type} and not a time`,
    help: 'Only dates and instants can be cut by hour, day, week, month, quarter or year, or lie in windows.',
  },
  no_zone: {
    status: 422,
    say: (d: { zone: string }) => `there is no time zone "${d.zone}"`,
    help: 'Time zones are called as in the IANA list, such as `Europe/Rome` or `UTC`.',
  },
  doubled_name: {
    status: 422,
    say: (d: { name: string }) => `two columns are called "${d.name}"`,
    help: 'Give one of them another `name`.',
  },
  no_event_time: {
    status: 422,
    say: (d: { object: string }) => `"${d.object}" has no event time, so it has no windows`,
    help: 'Windows are over model objects of the category engagement, or over one whose `time` is named.',
  },
  bad_window: {
    status: 422,
    say: (d: { why: string }) => d.why,
    help: 'A tumbling window has a size; a sliding one also says every how long another begins.',
  },
  not_finite: {
    status: 422,
    say: (d: { measure: string; rows: number; example: string }) =>
      `"${d.measure}" is infinite or no number in ${d.rows} rows, such as ${d.example}; is there a division by zero?`,
    help: 'Divide by `nullif(x, 0)`: nothing is a better answer than infinity.',
  },
  unknown_part: {
    status: 422,
    say: (d: { name: string; near: string }) =>
      `the insight has no dimension or measure "${d.name}"${d.near}`,
    help: 'A question to an insight names its dimensions and measures. `GET /api/insights/:key` lists them.',
  },
  no_rollup: {
    status: 422,
    say: (d: { measure: string; why: string }) =>
      `"${d.measure}" cannot be rolled up to fewer groups: ${d.why}`,
    help: 'Counts, sums, smallest and largest values can be put together from those of smaller groups; averages and distinct counts cannot. Ask for all dimensions, or make an insight with these.',
  },
  not_coarser: {
    status: 422,
    say: (d: { dimension: string; by: string; why: string }) =>
      `"${d.dimension}" cannot be put together by ${d.by}: ${d.why}`,
    help: 'A time dimension can be made coarser, such as days to months. Weeks lie in two months, so they can only be weeks.',
  },
  bad_refresh: {
    status: 422,
    // Whoever reads schedules names what was written.
    say: (d: { cron: string; why: string }) => d.why,
    help: 'A schedule has five parts: minute, hour, day, month, day of the week, such as `0 6 * * *`.',
  },
  unknown_template: {
    status: 404,
    say: (d: { template: string; near: string }) =>
      `there is no ready-made insight "${d.template}"${d.near}`,
    help: '`GET /api/insights/templates` lists them.',
  },
  template_lacks: {
    status: 422,
    say: (d: { template: string; lacks: readonly string[] }) =>
      `"${d.template}" cannot be made here: ${d.lacks.join('; ')}`,
    help: 'A ready-made insight needs objects of the model that something fills. Map a stream to them first.',
  },
  no_rows_behind: {
    status: 422,
    say: (d: { insight: string; clause: string; reads: readonly string[] }) =>
      `which rows a row of the insight "${d.insight}" was made of cannot be told exactly because of ${d.clause}; it reads ${d.reads.join('; ')}`,
    help: 'The rows behind a number are followed through joins, groups, sub-queries in FROM, WITH, set operations and windows, but not through the part that is named. Write that part otherwise, or ask the relations that are read; `GET /api/insights/:key/lineage` tells which fields a column is made of.',
  },
  unknown_table: {
    status: 422,
    say: (d: { insight: string; table: string; tables: readonly string[] }) =>
      `the insight "${d.insight}" reads no table "${d.table}"; it reads ${d.tables.join(', ')}`,
    help: 'Rows are shown of one table that the insight reads, by the name that its SQL gives it; tables of sub-queries stand behind a dot.',
  },
  missing_dimension: {
    status: 422,
    say: (d: { insight: string; dimension: string }) =>
      `the insight "${d.insight}" has the dimension "${d.dimension}", so its value must be given (null for an empty one)`,
    help: 'One row of an insight is named by the values of all its dimensions.',
  },
  unfit_dimension: {
    status: 422,
    say: (d: { dimension: string; type: string; found: string }) =>
      `"${d.dimension}" is of the type ${d.type}, which ${d.found} is not`,
    help: 'The value of a dimension is written as the insight shows it; whole numbers beyond 2^53 as digits in quotes.',
  },
  no_result: {
    status: 409,
    say: (d: { insight: string }) => `the insight "${d.insight}" has no result yet; refresh it`,
    help: 'The insight has not been computed yet, or its first run failed.',
  },
})
