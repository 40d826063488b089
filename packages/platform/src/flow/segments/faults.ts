import { faults } from '#kernel/fault.ts'

/** What can be wrong with a segment. */
export const segmentFaults = faults('segments', {
  unknown: {
    status: 404,
    say: (d: { segment: string; near: string }) => `there is no segment "${d.segment}"${d.near}`,
    help: 'A request or a condition names a segment that is not defined. `GET /api/segments` lists them.',
  },
  not_in: {
    status: 404,
    say: (d: { profile: string; segment: string }) =>
      `${d.profile} is in no segment "${d.segment}"`,
    help: 'Callers who may only read customers are told why somebody is in a segment, and only of those that they are in: `GET /api/segments/stays/:profile` lists them.',
  },
  unknown_field: {
    status: 422,
    say: (d: { on: string; field: string; near: string }) =>
      `${d.on} has no field "${d.field}"${d.near}`,
    help: 'A condition names a field that a person, or the rows it looks at, do not have. `GET /api/segments/subjects` lists what can be asked.',
  },
  leads_nowhere: {
    status: 422,
    say: (d: { on: string; field: string }) =>
      `the field "${d.field}" of ${d.on} is no link, so nothing can be asked beyond it`,
    help: 'A path such as `product_id.category` goes over fields that link to other model objects, and ends with a field of the last one.',
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
  insight_of_other: {
    status: 422,
    say: (d: { insight: string; of: string; on: string }) =>
      `the insight "${d.insight}" is on ${d.of}, and this segment is about "${d.on}"`,
    help: 'A condition compares one value per member. Build an insight with `on` set to what the segment is about, and one dimension that leads to it, such as `product_id`.',
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
  waterfall_within: {
    status: 422,
    say: (d: { segment: string }) => `the segment "${d.segment}" is a waterfall itself`,
    help: 'A waterfall is made of plain segments. Put the parts of the inner one in its place, in their order.',
  },
  child_twice: {
    status: 422,
    say: (d: { segment: string; parent: string }) =>
      `the segment "${d.segment}" is already a part of the waterfall "${d.parent}"`,
    help: 'The members of a part are those whom no earlier part took, so it can stand in one place of one waterfall only.',
  },
  unreadable_given: {
    status: 422,
    say: (d: { found: string }) =>
      `expected values by name as JSON, such as {"city":"Paris"}, found ${d.found}`,
    help: 'In an address the values of parameters are written as one JSON object, in `given`.',
  },
  no_rows: {
    status: 409,
    say: (d: { on: string }) =>
      `there are no rows of "${d.on}" yet; map a stream to it and refresh first`,
    help: 'A segment about a model object needs the table of that object, which is made when something is mapped to it.',
  },
  one_column: {
    status: 422,
    say: (d: { found: string }) =>
      `the query of a segment has the one column profile_id; this one has ${d.found}`,
    help: 'A segment in SQL selects who is meant and nothing else: `select profile_id from ...`.',
  },
  not_an_id: {
    status: 422,
    say: () =>
      'the column profile_id is not made of profile_id alone, so it may be no id of a profile',
    help: 'Select `profile_id` as the relation has it; a computed number would mean other people, or nobody.',
  },
  other_ids: {
    status: 422,
    say: (d: { of: string; on: string }) =>
      `the column profile_id holds ids of "${d.of}", and this segment is about "${d.on}"`,
    help: 'Ids of people and of accounts are other numbers. Select `profile_id` from unified_account for a segment about accounts, and from anything that belongs to people for one about people.',
  },
  no_time: {
    status: 422,
    say: (d: { object: string }) =>
      `the rows of "${d.object}" do not say when they happened, so nothing is first, last or recent among them`,
    help: 'A model object needs a `time` field for `look_back`, for sequences, and for the measures `first` and `last`.',
  },
  never_last: {
    status: 422,
    say: () => 'only the last step of a sequence can be one that never comes, and not the first',
    help: 'A sequence says what came after what; `never: true` at its end says what did not come after all of it.',
  },
  unknown_parameter: {
    status: 422,
    say: (d: { name: string; near: string }) => `there is no parameter "${d.name}"${d.near}`,
    help: 'A value such as `$city` stands for a parameter, which the segment declares under `parameters`. Text that begins with a dollar sign is written with two.',
  },
  missing_value: {
    status: 422,
    say: (d: { name: string }) =>
      `the parameter "${d.name}" has no default, so a value must be given`,
    help: 'Give the value with the request (`given`), or give the parameter a `default`.',
  },
  other_subject: {
    status: 422,
    say: (d: { segment: string; on: string; here: string }) =>
      `the segment "${d.segment}" is about "${d.on}", and this one about "${d.here}"`,
    help: 'Segments can only use segments about the same object: people, accounts, products ...',
  },
  unknown_subject: {
    status: 422,
    say: (d: { on: string; near: string }) => `there is no model object "${d.on}"${d.near}`,
    help: 'A segment is about people (individual), accounts or the rows of any other model object.',
  },
  not_unified: {
    status: 422,
    say: (d: { on: string }) =>
      `no ruleset unifies "${d.on}", so nothing can be a member; define a ruleset with \`on: ${d.on}\``,
    help: 'A segment about accounts has unified accounts as its members, and a ruleset with `on: account` makes them. Define one together with the segment or before it, and remove it only after the segments about accounts.',
  },
  people_only: {
    status: 422,
    say: (d: { what: string; on: string }) =>
      `${d.what} speaks of people, and this segment is about "${d.on}"`,
    help: 'Consent is given by people, and SQL selects people or accounts by their ids; segments about anything else cannot ask for it.',
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
    say: () =>
      '"count" counts rows and takes no "of"; use "where" to count some of them, or "count_distinct"',
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
  unknown_person: {
    status: 404,
    say: (d: { profile: string; on: string }) => `nobody has or had the id ${d.profile} (${d.on})`,
    help: 'A question about one person names a profile that there is not. `GET /api/profiles/find` finds people by whatever is known of them.',
  },
  bad_instant: {
    status: 422,
    say: (d: { found: string }) =>
      `expected a day such as 2026-01-31 or an instant such as 2026-01-31T10:30:00Z, found ${d.found}`,
    help: 'Moments in an address are days or instants in ISO 8601, in UTC unless they say otherwise.',
  },
  not_yet: {
    status: 422,
    say: (d: { at: string }) => `${d.at} has not come yet, so nobody knows its members`,
    help: 'Members are told as of now (leave `at` out) or of a moment that is past.',
  },
  not_published: {
    status: 409,
    say: (d: { segment: string }) => `the segment "${d.segment}" has not been published yet`,
    help: 'Overlaps are those of published members. Publish the segment, or lay over a condition such as `include: { segment: key, use: definition }`.',
  },
  too_many_sets: {
    status: 422,
    say: (d: { found: number; most: number }) =>
      `${d.found} segments cannot be laid over each other; ${d.most} is the most`,
    help: 'Each further segment doubles the number of regions. Choose fewer.',
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
