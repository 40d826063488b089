import { kindOf, type Node, open, type Parts } from './tree.ts'

/** A call of a function, however the parser keeps it. */
export interface Call {
  /** In lower case. */
  readonly name: string
  readonly args: readonly Node[]
  readonly star: boolean
  readonly distinct: boolean
  readonly ignoreNulls: boolean
  readonly filter: Node | undefined
  readonly orderBy: readonly Parts[]
  readonly node: Node
}

/** The call that a node is, or undefined when it is something else. `rest` of the parts is still to be looked at. */
export function callOf(node: Node): { call: Call; parts: Parts } | undefined {
  const kind = kindOf(node)
  const spelled = kind === 'function' || kind === 'aggregate_function'
  if (!spelled && !Object.hasOwn(parsedCalls, kind)) return undefined
  const parts = open(node)
  const { name, args } = spelled
    ? { name: parts.word('name').toLowerCase(), args: parts.nodes('args') }
    : knownCall(parts)
  for (const part of ['name', 'quoted', 'no_parens']) parts.take(part)
  const call = {
    name,
    args,
    star: parts.flag('star'),
    distinct: parts.flag('distinct'),
    ignoreNulls: parts.flag('ignore_nulls'),
    filter: parts.node('filter'),
    orderBy: parts.inners('order_by'),
    node,
  }
  return { call, parts }
}

function knownCall(parts: Parts): { name: string; args: readonly Node[] } {
  const [name = '', ...members] = parsedCalls[parts.kind] ?? []
  const spelled = parts.kind === 'trim' ? (trims[parts.word('position')] ?? name) : name
  const args = members.flatMap((member) => parts.node(member) ?? parts.nodes(member))
  return { name: spelled, args: args.filter((arg) => kindOf(arg) !== 'nothing') }
}

const trims: Readonly<Record<string, string>> = {
  Both: 'trim',
  Leading: 'ltrim',
  Trailing: 'rtrim',
}

const one = (name: string) => [name, 'this']
const two = (name: string) => [name, 'this', 'expression']

/** Calls that the parser keeps as kinds of their own: the function's name, and its arguments in order. */
const parsedCalls: Readonly<Record<string, readonly string[]>> = {
  abs: one('abs'),
  acos: one('acos'),
  any_value: one('any_value'),
  approx_count_distinct: one('approx_count_distinct'),
  array_agg: one('array_agg'),
  array_contains: two('list_contains'),
  array_length: one('len'),
  asin: one('asin'),
  atan: one('atan'),
  atan2: two('atan2'),
  avg: one('avg'),
  bitwise_and_agg: one('bit_and'),
  bitwise_or_agg: one('bit_or'),
  bitwise_xor_agg: one('bit_xor'),
  ceil: ['ceil', 'this', 'decimals'],
  coalesce: ['coalesce', 'expressions'],
  contains: two('contains'),
  cos: one('cos'),
  count: one('count'),
  count_if: one('count_if'),
  cume_dist: ['cume_dist', 'args'],
  day: one('day'),
  day_of_month: one('dayofmonth'),
  day_of_week: one('dayofweek'),
  day_of_year: one('dayofyear'),
  degrees: one('degrees'),
  dense_rank: ['dense_rank', 'args'],
  ends_with: two('ends_with'),
  epoch: one('epoch'),
  epoch_ms: one('epoch_ms'),
  exp: one('exp'),
  first: one('first'),
  first_value: one('first_value'),
  floor: ['floor', 'this', 'scale'],
  hour: one('hour'),
  initcap: one('initcap'),
  json_array_length: one('json_array_length'),
  json_extract: ['json_extract', 'this', 'path'],
  json_extract_scalar: ['json_extract_string', 'this', 'path'],
  json_keys: one('json_keys'),
  json_type: one('json_type'),
  lag: ['lag', 'this', 'offset', 'default'],
  last: one('last'),
  last_day: one('last_day'),
  last_value: one('last_value'),
  lead: ['lead', 'this', 'offset', 'default'],
  length: one('length'),
  ln: one('ln'),
  log: ['log', 'base', 'this'],
  logical_and: one('bool_and'),
  logical_or: one('bool_or'),
  lower: one('lower'),
  max: one('max'),
  median: one('median'),
  min: one('min'),
  minute: one('minute'),
  mod_func: two('mod'),
  mode: one('mode'),
  month: one('month'),
  n_tile: ['ntile', 'num_buckets'],
  nth_value: ['nth_value', 'this', 'offset'],
  nvl: two('coalesce'),
  percent_rank: ['percent_rank', 'args'],
  pi: ['pi'],
  power: two('pow'),
  quarter: one('quarter'),
  radians: one('radians'),
  random: ['random'],
  rank: ['rank', 'args'],
  regexp_like: ['regexp_full_match', 'this', 'pattern'],
  row_number: ['row_number'],
  second: one('second'),
  sin: one('sin'),
  sqrt: one('sqrt'),
  starts_with: two('starts_with'),
  stddev: one('stddev'),
  stddev_pop: one('stddev_pop'),
  stddev_samp: one('stddev_samp'),
  str_position: ['strpos', 'this', 'substr'],
  string_agg: ['string_agg', 'this', 'separator'],
  substring: ['substring', 'this', 'start', 'length'],
  sum: one('sum'),
  tan: one('tan'),
  trim: ['trim', 'this', 'characters'],
  typeof: one('typeof'),
  upper: one('upper'),
  var_pop: one('var_pop'),
  var_samp: one('var_samp'),
  variance: one('variance'),
  week_of_year: one('weekofyear'),
  year: one('year'),
}
