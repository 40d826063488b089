import { call, type Part, tryCast } from '#engine'
import { raw } from './desk.ts'

/**
 * The functions that queries may use. All of them compute something from their arguments; none reaches a file, a
 * setting, the catalogue of the engine or the network, and none makes much out of little: lists by range are missing,
 * and what repeats or pads is bounded.
 */
export const queryFunctions = {
  text: words(`ascii chr concat concat_ws contains damerau_levenshtein ends_with hamming
    initcap instr jaccard jaro_similarity jaro_winkler_similarity left length levenshtein lower lcase
    ltrim md5 lpad position prefix regexp_extract regexp_extract_all regexp_full_match regexp_matches
    regexp_replace repeat replace reverse right rpad rtrim sha256 split split_part starts_with string_split
    string_to_array strip_accents strlen strpos substr substring suffix title_case translate trim
    ucase unicode upper url_decode url_encode to_hex hex array_to_string`),
  number: words(`abs acos asin atan atan2 bit_count cbrt ceil ceiling cos degrees even exp factorial
    floor gcd greatest isfinite isinf isnan lcm least ln log log10 log2 mod pi pow power radians
    random round sign sin sqrt tan trunc`),
  date: words(`age century current_date current_timestamp date_add date_diff date_part date_sub
    date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear
    decade epoch epoch_ms epoch_us hour isodow isoyear last_day make_date make_timestamp microsecond
    millisecond minute month monthname now quarter second strftime strptime time_bucket to_date
    to_days to_hours to_minutes to_months to_seconds to_timestamp to_weeks to_years today
    try_strptime week weekday weekofyear year yearweek`),
  condition: words('coalesce if ifnull not nullif try'),
  list: words(`flatten len list_aggregate list_avg list_concat list_contains list_count list_distinct
    list_extract list_filter list_has_all list_has_any list_max list_min list_position list_reduce
    list_reverse list_slice list_sort list_sum list_transform list_unique list_value list_zip unnest
    struct_extract`),
  json: words(`json_array_length json_extract json_extract_string json_keys json_object json_type
    json_valid`),
  other: words('grouping hash typeof'),
  aggregate: words(`any_value approx_count_distinct approx_quantile arg_max arg_min array_agg avg
    bit_and bit_or bit_xor bool_and bool_or corr count count_if covar_pop covar_samp entropy favg
    first fsum geomean histogram kurtosis last list max max_by mean median min min_by mode
    percentile_cont percentile_disc product quantile quantile_cont quantile_disc regr_intercept
    regr_r2 regr_slope skewness stddev stddev_pop stddev_samp string_agg sum var_pop var_samp
    variance`),
  window: words(`cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank
    rank row_number`),
} as const

/** Functions that give rows and may stand in FROM. */
export const rowFunctions: readonly string[] = ['generate_series', 'range', 'unnest']

const allowed: ReadonlySet<string> = new Set(Object.values(queryFunctions).flat())

/** Every name that may be used, for suggestions. */
export const functionNamesAllowed: readonly string[] = [...allowed]

/** Whether queries may use a function. */
export const isAllowed = (name: string): boolean => allowed.has(name)

/** Functions whose second argument must be a written number, and how large it may be. */
export const bounded: Readonly<Record<string, number>> = { lpad: 1000, repeat: 1000, rpad: 1000 }

/** Functions that the engine calls otherwise, or reads otherwise: our days and instants are always UTC. */
export const renamed: Readonly<Record<string, (...args: readonly Part[]) => Part>> = {
  current_date: () => call('today'),
  today: () => call('today'),
  current_timestamp: () => call('now'),
  now: () => call('now'),
  initcap: (of = raw('null')) => call('title_case', of),
  title_case: (of = raw('null')) => call('title_case', of),
  to_date: (of = raw('null')) => tryCast(of, 'date'),
  to_timestamp: (of = raw('null')) => tryCast(of, 'timestamp'),
  // The parser takes `= not (…)` for a call.
  not: (of = raw('null')) => raw('(not ', of, ')'),
  isodow: (of = raw('null')) => raw('extract(isodow from ', of, ')'),
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
