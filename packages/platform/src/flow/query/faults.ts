import { faults } from '#kernel/fault.ts'

/** What can be wrong with SQL or a formula that a user wrote. The place (line and column) stands in `at`. */
export const queryFaults = faults('query', {
  syntax: {
    status: 422,
    say: (d: { near: string; why: string }) =>
      d.near === ''
        ? `the text ends too early: ${d.why}`
        : `cannot be read near "${d.near}": ${d.why}`,
    help: 'The text is not SQL as we read it. Look just before the place that is named: a comma, a bracket or a quote is often missing.',
  },
  too_large: {
    status: 422,
    say: (d: { why: string }) => `the text is too large or nested too deeply: ${d.why}`,
    help: 'Length and nesting are limited, so that checking stays quick. Move inner queries to the front with `with name as (…)`, or split the text.',
  },
  not_a_select: {
    status: 422,
    say: (d: { found: string }) => `only one SELECT statement can be run, found ${d.found}`,
    help: 'Queries only read. Write exactly one statement that begins with SELECT, FROM or WITH; data is changed by streams, mappings and apps.',
  },
  nothing_selected: {
    status: 422,
    say: () => 'nothing is selected; name columns, or write *',
    help: 'After SELECT come the columns of the answer, such as `select id, name from individual`, or `*` for all of them.',
  },
  unknown_relation: {
    status: 422,
    say: (d: { name: string; hint: string }) => `there is no relation "${d.name}"${d.hint}`,
    help: 'A query can read the relations of the catalogue and its own `with` parts, nothing else: no files, no system tables. `GET /relations` lists them with their columns.',
  },
  unknown_column: {
    status: 422,
    say: (d: { name: string; of: string; hint: string }) =>
      `${d.of === '' ? 'nothing here has a' : `"${d.of}" has no`} column "${d.name}"${d.hint}`,
    help: 'The column is in none of the relations that can be seen from that place. Texts stand in single quotes, names in double quotes.',
  },
  not_allowed_function: {
    status: 422,
    say: (d: { name: string; hint: string }) => `the function ${d.name} cannot be used${d.hint}`,
    help: 'Only functions that compute something from values are allowed; those that reach files, settings or the engine itself are not. The list is in the documentation of the query room.',
  },
  not_allowed: {
    status: 422,
    say: (d: { what: string }) => `${d.what} cannot be used here`,
    help: 'This part of SQL is not on the list of what is allowed. Write it with plain SELECT, joins, sub-queries, aggregates and windows.',
  },
  bad_formula: {
    status: 422,
    say: (d: { why: string }) => d.why,
    help: 'A formula is one expression over the fields of one row. Types must fit: cast first, for example `cast(amount as decimal)`.',
  },
  bad_limit: {
    status: 422,
    say: (d: { limit: number; most: number }) =>
      `the limit must be a whole number from 1 to ${d.most}, found ${d.limit}`,
    help: 'An answer for people has a limited number of rows. To use all rows, make an insight or a segment of the query, or save it to a file.',
  },
})
