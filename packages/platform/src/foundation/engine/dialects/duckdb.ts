import { createHash } from 'node:crypto'
import type { Dialect } from '../dialect.ts'
import { writeMembers } from './duckdb-members.ts'

/** DuckDB 1.5. */
export const duckdb: Dialect = {
  name: 'duckdb',
  quote: '"',
  types: {
    text: 'varchar',
    integer: 'bigint',
    decimal: 'decimal(18,4)',
    number: 'double',
    boolean: 'boolean',
    date: 'date',
    timestamp: 'timestamp',
    json: 'varchar',
  },
  // Straight to a timestamp, the engine would leave out the offset of `10:00+02:00`. The session is in UTC. By way of the number,
  // because `at time zone` takes four times as long, and breaks off at instants that are too far away.
  // That gives no infinite instants; nor is there a day that is infinite.
  tryCast: (of, type) => {
    if (type === 'timestamp') return `make_timestamp(epoch_us(try_cast(${of} as timestamptz)))`
    const made = `try_cast(${of} as ${type})`
    return type === 'date' ? `case when isfinite(${made}) then ${made} end` : made
  },
  members: writeMembers,
  // As in the function of that name.
  key64: (text) =>
    (createHash('md5').update(text).digest().readBigUInt64LE(8) >> 3n) + 2305843009213693952n,
  functions: {
    // MD5, because `hash` may change between versions and keys are kept. 61 bits above 2^61: signed, and never a safe integer,
    // so that a key always reads as text in JSON.
    key64: (text = '') => `(cast(md5_number_lower(${text}) >> 3 as bigint) + 2305843009213693952)`,
    strip_accents: (of = '') => `strip_accents(${of})`,
    replace_all: (of = '', pattern = '', by = '') =>
      `regexp_replace(${of}, ${pattern}, ${by}, 'g')`,
    matches: (of = '', pattern = '') => `regexp_matches(${of}, ${pattern})`,
    contains: (of = '', part = '') => `contains(${of}, ${part})`,
    starts_with: (of = '', part = '') => `starts_with(${of}, ${part})`,
    ends_with: (of = '', part = '') => `ends_with(${of}, ${part})`,
    extract_match: (of = '', pattern = '') => `nullif(regexp_extract(${of}, ${pattern}), '')`,
    split_part: (of = '', by = '', n = '') => `nullif(split_part(${of}, ${by}, ${n}), '')`,
    split: (of = '', by = '') => `string_split(${of}, ${by})`,
    parse_date: (of = '', ...formats) =>
      `cast(try_strptime(${of}, [${formats.join(', ')}]) as date)`,
    parse_timestamp: (of = '', ...formats) =>
      `cast(try_strptime(${of}, [${formats.join(', ')}]) as timestamp)`,
    first_by: (of = '', by = '') => `arg_min(${of}, ${by})`,
    last_by: (of = '', by = '') => `arg_max(${of}, ${by})`,
    last_known: (of = '') => `last_value(${of} ignore nulls)`,
    list_of: (of = '', by = '') => `list(${of}${by ? ` order by ${by}` : ''})`,
    json_text: (of = '', path = '') => `json_extract_string(${of}, ${path})`,
    json_is_valid: (of = '') => `json_valid(${of})`,
    json_items: (of = '') => jsonItems(of),
    json_is_object: (of = '') =>
      `(json_valid(${of}) and json_type(case when json_valid(${of}) then ${of} end) = 'OBJECT')`,
    json_keys: (of = '') => `json_keys(${of})`,
    json_keys_at: (of = '', ...pointers) => `json_keys(${of}, [${pointers.join(', ')}])`,
    json_at: (of = '', ...pointers) =>
      `cast(json_extract(${of}, [${pointers.join(', ')}]) as varchar[])`,
    json_object: (...pairs) => `cast(json_object(${pairs.join(', ')}) as varchar)`,
    json_kind: (of = '', pointer = '') => jsonKind(of, pointer),
    json_of: (of = '') => `to_json(${of})`,
    json_read: (text = '') => `cast(${text} as json)`,
    json_patch: (of = '', patch = '') => `cast(json_merge_patch(${of}, ${patch}) as varchar)`,
    json_has: (of = '', text = '') => `list_contains(${jsonTexts(of)}, ${text})`,
    json_has_folded: (of = '', text = '') =>
      `list_contains(list_transform(${jsonTexts(of)}, lambda item: lower(item)), ${text})`,
    days_between: (from = '', to = '') =>
      `date_diff('day', cast(${from} as date), cast(${to} as date))`,
    add_days: (to = '', days = '') => `(${to} + to_days(cast(${days} as integer)))`,
    now: () => "cast(current_timestamp at time zone 'UTC' as timestamp)",
    today: () => "cast(current_timestamp at time zone 'UTC' as date)",
    random_order: (seed = '') => `hash(${seed})`,
    // Only for the time of a statement or two: other versions of the engine give other numbers.
    code32: (of = '') => `cast(hash(${of}) >> 33 as integer)`,
    code64: (...of) => `cast(hash(${of.join(', ')}) >> 1 as bigint)`,
    title_case: (of = '') =>
      `array_to_string(list_transform(string_split(lower(${of}), ' '), lambda w: upper(w[1]) || w[2:]), ' ')`,
    unnest: (of = '') => `unnest(${of})`,
    places: (of = '') => `generate_subscripts(${of}, 1)`,
    epoch_ms: (of = '') => `epoch_ms(${of})`,
    from_epoch_ms: (of = '') => `epoch_ms(cast(${of} as bigint))`,
    day_of: (of = '') => `cast(${of} as date)`,
    local_time: (of = '', zone = '') => `timezone(${zone}, timezone('UTC', ${of}))`,
    jaro_winkler: (a = '', b = '') => `jaro_winkler_similarity(${a}, ${b})`,
    levenshtein: (a = '', b = '') => `levenshtein(${a}, ${b})`,
    damerau_levenshtein: (a = '', b = '') => `damerau_levenshtein(${a}, ${b})`,
    octets: (of = '') => `strlen(${of})`,
    // Of texts of several lengths the engine refuses to tell.
    hamming: (a = '', b = '') =>
      `case when strlen(${a}) = strlen(${b}) then hamming(${a}, ${b}) end`,
  },
}

/** The same with a clock of somebody's own: each statement reads it as it is written. */
export const duckdbAt = (now: () => Date): Dialect => ({
  ...duckdb,
  functions: {
    ...duckdb.functions,
    now: () => `timestamp '${now().toISOString().slice(0, -1)}'`,
    today: () => `date '${now().toISOString().slice(0, 10)}'`,
  },
})

/** The items of a JSON list, as JSON; what is no list is the only item, and null has none. */
function jsonItems(of: string): string {
  const json = `case when json_valid(${of}) then ${of} end`
  return `case when json_type(${json}) = 'ARRAY' then cast(json_extract(${json}, '$[*]') as varchar[])
    when ${of} is null or json_type(${json}) = 'NULL' then []
    else [coalesce(${json}, cast(to_json(${of}) as varchar))] end`
}

/** The texts of a JSON list; what is no list has none, and what is no JSON is null. */
const jsonTexts = (of: string): string =>
  `case when json_valid(${of}) then json_extract_string(${of}, '$[*]') end`

/** Numbers that stand for whole ones are whole, however they are written; what 64 bits do not hold is not. */
function jsonKind(of: string, pointer: string): string {
  const text = `json_extract_string(${of}, ${pointer})`
  const double = `try_cast(${text} as double)`
  return `case json_type(${of}, ${pointer})
    when 'VARCHAR' then 'text' when 'BOOLEAN' then 'boolean' when 'OBJECT' then 'object' when 'ARRAY' then 'list'
    when 'BIGINT' then 'integer'
    when 'UBIGINT' then case when try_cast(${text} as bigint) is null then 'number' else 'integer' end
    when 'DOUBLE' then case when ${double} = trunc(${double}) and abs(${double}) < 9007199254740992 then 'integer' else 'number' end
    end`
}

/**
 * The same for a row or two. A pattern with a class of Unicode takes a millisecond to be made ready, as much as ten rows to
 * be worked on: it waits until a row has a letter that needs it. Looking at the row keeps the engine from making it ready
 * beforehand.
 */
export const duckdbForFew: Dialect = {
  ...duckdb,
  functions: {
    ...duckdb.functions,
    replace_all: (of = '', pattern = '', by = '') => {
      const replaced = (by_: string) => `regexp_replace(${of}, ${by_}, ${by}, 'g')`
      if (!/\\p\{[LN]\}/.test(pattern)) return replaced(pattern)
      const plain = pattern.replaceAll('\\p{L}', 'A-Za-z').replaceAll('\\p{N}', '0-9')
      return `case when regexp_matches(${of}, '[^ -~]') then ${replaced(`substr(${of}, 1, 0) || ${pattern}`)} else ${replaced(plain)} end`
    },
  },
}
