import { cutCalls } from './text.ts'

/** The model object that holds rates of currencies. */
export const ratesObject = 'exchange_rate'
/** The columns that it needs. */
export const rateColumns = ['from_currency', 'to_currency', 'day', 'rate'] as const

/** How many days a rate holds when no newer one comes. */
const daysOfRate = 31

// Names of ours, so that no column of the query around it is taken for one of them.
const daily =
  `(select "_from", "_to", cast("_day" + to_seconds(86400 * i) as date) as "_on", "_rate" from (
  select "_from", "_to", "_day", "_rate", lead("_day") over (partition by "_from", "_to" order by "_day") as "_next" from (
  select upper(trim(from_currency)) as "_from", upper(trim(to_currency)) as "_to", cast(day as date) as "_day", max(rate) as "_rate"
  from ${ratesObject} group by 1, 2, 3) as "_known") as "_held", generate_series(0, ${daysOfRate - 1}) as "_n"(i)
  where i < coalesce(date_diff('day', "_day", "_next"), ${daysOfRate})) as "_rates"`.replaceAll(
    /\s+/g,
    ' ',
  )

const rate = ([, from = '', to = '', day = '']: readonly string[]) =>
  `case when upper(trim(${from})) = upper(trim(${to})) then 1 else (select any_value("_rates"."_rate") from ${daily} where "_rates"."_from" = upper(trim(${from})) and "_rates"."_to" = upper(trim(${to})) and "_rates"."_on" = cast(${day} as date)) end`

/** What is written for each of our functions; the amount comes first. */
const writers: Readonly<Record<string, (args: readonly string[]) => string>> = {
  convert: (args) => `cast((${args[0]}) * cast((${rate(args)}) as double) as decimal(38, 6))`,
  rate_missing: (args) => `((${args[0]}) is not null and (${rate(args)}) is null)`,
}

/** SQL in which `convert(amount, from, to, day)` and `rate_missing(…)` are written out, on the lines they stood on. */
export function withConversions(text: string): {
  readonly text: string
  readonly converts: boolean
  /** Names of calls with another number of arguments. */
  readonly wrong: readonly string[]
} {
  let converts = false
  const wrong: string[] = []
  const written = cutCalls(text, Object.keys(writers), (name, args) => {
    converts = true
    const writer = writers[name]
    if (args.length === 4 && writer) return writer(args)
    wrong.push(name)
    return 'null'
  })
  return { text: written, converts, wrong }
}
