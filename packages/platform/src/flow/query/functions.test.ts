import { expect, test } from 'vitest'
import { sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { checkQuery } from './check.ts'
import { functionNamesAllowed, renamed } from './functions.ts'

const engine = await memoryEngine()

/** Words of the grammar rather than functions. */
const grammar = [
  'coalesce',
  'grouping',
  'if',
  'ifnull',
  'nullif',
  'position',
  'try',
  'percentile_cont',
  'percentile_disc',
  'typeof',
]

test('every function on the list is one of the engine, or written otherwise', async () => {
  const rows = await engine.rows(sql`select distinct function_name as name from duckdb_functions()`)
  const known = new Set([
    ...rows.map((row) => String(row['name'])),
    ...grammar,
    ...Object.keys(renamed),
    'first_value',
    'last_value',
    'lag',
    'lead',
    'nth_value',
    'ntile',
    'rank',
    'dense_rank',
    'percent_rank',
    'cume_dist',
    'row_number',
  ])
  expect(functionNamesAllowed.filter((name) => !known.has(name))).toEqual([])
})

/** One use of everything that the parser keeps in a form of its own, and what it gives. */
test.each([
  ["lower('A') || upper('b') || lcase('C') || ucase('d') || initcap('eF')", 'aBcDEf'],
  ["trim(' a ') || trim('xax', 'x') || ltrim('xa', 'x') || trim(trailing 'x' from 'ax')", 'aaaa'],
  ["substring('abc', 2) || substr('abc', 1, 1) || substring('abc' from 3 for 1)", 'bcac'],
  [
    "length('abc') + len('ab') + strpos('abc', 'c') + instr('abc', 'b') + position('a' in 'abc')",
    11,
  ],
  ["contains('abc', 'b') and starts_with('abc', 'a') and ends_with('abc', 'c')", true],
  ['abs(-1) + ceil(1.2) + ceiling(0.1) + floor(1.9) + sqrt(4) + exp(0) + ln(1) + log(100)', 10],
  ['log(2, 8) + pow(2, 2) + 2 ^ 2 + 2 ** 2 + mod(5, 3) + 5 % 3', 19],
  [
    'round(sin(0) + cos(0) + tan(0) + asin(0) + acos(1) + atan(0) + atan2(0, 1) + degrees(0) + radians(0))',
    1,
  ],
  ['coalesce(null, ifnull(null, nvl(null, if(true, 1, 2))))', 1],
  [
    'year(d) + month(d) + day(d) + quarter(d) + dayofyear(d) + weekofyear(d) + dayofmonth(d)',
    2026 + 2 + 1 + 1 + 32 + 5 + 1,
  ],
  ['dayofweek(d) + isodow(d) * 10 + hour(d) + minute(d) + second(d)', 70],
  ['last_day(d)', '2026-02-28'],
  ["date_diff('day', d, date '2026-03-01') + datediff('month', d, date '2026-03-01')", 29],
  ["date_trunc('year', d)::date", '2026-01-01'],
  ["strftime(d, '%d.%m.%Y')", '01.02.2026'],
  ["to_date('2026-02-30')", null],
  ["'abc' ~ 'a.c' and not 'abc' ~ 'b' and 'abc' similar to 'a.c'", true],
  ["json_extract_string('{\"a\":{\"b\":1}}', '$.a.b') || ('{\"a\":2}' ->> 'a')", '12'],
  ["json_array_length('[1,2]') + array_length([1]) + len([1, 2])", 5],
  ['list_contains([1], 1) and array_contains([1], 1)', true],
  ["date_part('year', d) + extract(doy from d)", 2058],
  ['1 = (not (false))', true],
])('%s', async (expression, expected) => {
  const { text } = checkQuery(
    `select ${expression} as v from (select date '2026-02-01' as d) t`,
    [],
  )
  const { rows } = await engine.checked(text)
  expect(rows[0]?.['v']).toEqual(expected)
})

test.each([
  ['sum(a) + avg(a) + min(a) + max(a) + median(a) + count(a) + count(*) + count_if(a > 1)', 22],
  ['first(a order by a) + last(a order by a) + any_value(1) + mode(1)', 6],
  ['bit_and(a) + bit_or(a) + bit_xor(a)', 3],
  ['bool_and(a > 0) and bool_or(a > 2)', true],
  ["string_agg(a::text, '-' order by a desc)", '3-2-1'],
  ['array_agg(a order by a)', [1, 2, 3]],
  ['round(stddev(a) + stddev_samp(a) + variance(a) + var_samp(a) + var_pop(a) * 3)', 6],
  ['arg_max(a, -a) + quantile_cont(a, 0.5) + percentile_cont(0.5) within group (order by a)', 5],
  ['approx_count_distinct(a) > 0', true],
])('aggregate %s', async (expression, expected) => {
  const { text } = checkQuery(`select ${expression} as v from (values (1), (2), (3)) t(a)`, [])
  const { rows } = await engine.checked(text)
  expect(rows[0]?.['v']).toEqual(expected)
})

test.each([
  ['row_number() over (order by a desc)', [3, 2, 1]],
  ['rank() over (order by a) + dense_rank() over (order by a)', [2, 4, 6]],
  ['percent_rank() over (order by a) + cume_dist() over (order by a) > 0', [true, true, true]],
  ['ntile(3) over (order by a)', [1, 2, 3]],
  ['lag(a, 1, 0) over (order by a) + lead(a, 1, 0) over (order by a)', [2, 4, 2]],
  ['first_value(a) over w + last_value(a) over w + nth_value(a, 1) over w', [3, 4, 5]],
  ['sum(a) over (order by a rows 1 preceding)', [1, 3, 5]],
])('window %s', async (expression, expected) => {
  const { text } = checkQuery(
    `select ${expression} as v from (values (1), (2), (3)) t(a) window w as (order by a) order by a`,
    [],
  )
  const { rows } = await engine.checked(text)
  expect(rows.map((row) => row['v'])).toEqual(expected)
})
