import {
  call,
  column,
  type Draft,
  every,
  join,
  type Part,
  some,
  sql,
  typeName,
  value,
} from '#engine'
import { linkColumn, modelTable, systemColumns } from '#model'
import type { ConsentQuestion } from './definition.ts'

/** What consent is read from. */
export interface ConsentGround {
  /** The columns that the table of a model object really has; none where nothing has filled it. */
  readonly columns: (object: string) => ReadonlySet<string>
  /** The rows of a model object; its table unless others stand in its place. */
  readonly rows?: ((object: string) => Part) | undefined
  /** Looks only at what is about these profiles and contact points. */
  readonly only?: {
    readonly profiles: readonly bigint[]
    readonly points: readonly string[]
    /** The positions of the rows that may speak of them, by object; all rows are looked through where it does not say. */
    readonly speaking?: ReadonlyMap<string, readonly bigint[]>
  }
  readonly now: Date
}

interface Source {
  readonly object: string
  /** The field that holds the address or the number. */
  readonly point: string
  /** The field with the purpose; none where it is about all. */
  readonly purpose?: string
  /** Contact points are a channel, and say with a flag who opted in. */
  readonly channel?: string
}

const sources: readonly Source[] = [
  { object: 'contact_point_consent', point: 'contact_point', purpose: 'purpose' },
  { object: 'communication_subscription_consent', point: 'contact_point', purpose: 'subscription' },
  { object: 'contact_point_email', point: 'email_address', channel: 'email' },
  { object: 'contact_point_phone', point: 'telephone_number', channel: 'phone' },
]

/** The model objects that say what people have agreed to. */
export const consentObjects: readonly string[] = sources.map(({ object }) => object)

/** The field of an object that names a contact point. */
export const pointField = (object: string): string | undefined =>
  sources.find((one) => one.object === object)?.point

/** The field of contact points that says who opted in. */
export const consentField = 'opted_in'

/** How contact points are compared: addresses whatever their case, numbers by their digits. */
export const pointOf = (of: Part): Draft =>
  sql`case when ${call('contains', of, value('@'))} then lower(trim(${of}))
    else ${call('replace_all', call('replace_all', of, value('[^0-9]'), value('')), value('^0+'), value(''))} end`

const plain = (of: Part): Draft => sql`lower(trim(coalesce(${of}, '')))`
const empty = sql`''`

// As sources write it: Opt In, opt-in, OPTED_IN, granted, true ...
const agreed = 'in|optin|optedin|granted|given|accepted|subscribed|yes|true|1'
const refused =
  'out|optout|optedout|denied|refused|withdrawn|revoked|declined|unsubscribed|no|false|0'

function stateOf(status: Part): Draft {
  const word = call('replace_all', plain(status), value('[^a-z0-9]'), value(''))
  const is = (words: string) => call('matches', word, value(`^(${words})$`))
  return sql`case when ${is(agreed)} then 'in' when ${is(refused)} then 'out' else 'none' end`
}

/**
 * What was said and can bear on a question: `profile`, `giver` (the record that said it), `point`, `channel`, `purpose`, `state`
 * (in, out, none), `since` (milliseconds), `ends` (an instant) and `position`.
 */
export function statementsOf(question: ConsentQuestion, ground: ConsentGround): Draft {
  const said = sources.flatMap((source) => saidIn(source, question, ground))
  return said.length === 0 ? nothingSaid : join(said, sql` union all `)
}

const nothingSaid = sql`select cast(null as ${typeName('integer')}) as profile, cast(null as ${typeName('integer')}) as giver,
  '' as point, '' as channel, '' as purpose, 'none' as state, 0 as since, cast(null as ${typeName('timestamp')}) as ends,
  0 as position where false`

function saidIn(
  { object, point, purpose, channel }: Source,
  question: ConsentQuestion,
  { columns, rows = modelTable, only, now }: ConsentGround,
): readonly Draft[] {
  const there = columns(object)
  const cell = (name: string, otherwise: Part) => (there.has(name) ? column(name) : otherwise)
  const noTime = sql`cast(null as ${typeName('timestamp')})`
  const isFlag = channel !== undefined
  if (!there.has(isFlag ? consentField : 'status')) return []
  const state = isFlag
    ? sql`case when ${column(consentField)} then 'in' else 'out' end`
    : stateOf(column('status'))
  const via = isFlag ? value(channel) : plain(cell('channel', empty))
  const what = purpose === undefined ? empty : plain(cell(purpose, empty))
  const times = ['effective_from', 'last_modified_at', 'created_at'].map((name) =>
    cell(name, noTime),
  )
  const ends = cell('effective_to', noTime)
  const from = sql`coalesce(${join(times)})`
  const asked = question.purpose?.trim().toLowerCase() ?? ''
  const wanted = [
    sql`(${via} = '' or ${via} = ${value(question.channel)})`,
    sql`(${what} = '' or ${what} = ${value(asked)})`,
    sql`(${from} is null or ${from} <= ${value(now)})`,
    ...(isFlag ? [sql`${column(consentField)} is not null`] : []),
  ]
  const giver = cell(linkColumn('individual_id'), noKey)
  const profile = cell(systemColumns.profile, noKey)
  const about = sql`coalesce(${pointOf(cell(point, empty))}, '')`
  if (only) {
    const positions = only.speaking?.get(object)
    if (positions) {
      const isOne = among(column(systemColumns.position), positions)
      // Otherwise the engine asks the rest of all rows too.
      wanted.splice(0, wanted.length, isOne, sql`case when ${isOne} then ${every(wanted)} end`)
    } else wanted.push(some([among(profile, only.profiles), among(about, only.points)]))
  }
  return [
    sql`select ${profile} as profile, ${giver} as giver, ${about} as point, ${via} as channel,
      ${what} as purpose, ${state} as state, coalesce(${call('epoch_ms', from)}, 0) as since, ${ends} as ends,
      ${cell(systemColumns.position, sql`0`)} as position
      from ${rows(object)} said where ${every(wanted)}`,
  ]
}

const noKey = sql`cast(null as ${typeName('integer')})`

/** Whether a value is one of a few. */
export const among = (of: Part, values: readonly (bigint | string)[]): Draft =>
  values.length === 0 ? sql`false` : sql`${of} in (${join(values.map((one) => value(one)))})`

/**
 * Which profiles have which contact points: `profile`, `point`. What is said of a contact point holds for everybody who has it.
 */
export function pointsOf(ground: ConsentGround): Draft | undefined {
  const { columns, rows = modelTable, only } = ground
  const owner = column(systemColumns.profile)
  const isLookedAt = only ? among(owner, only.profiles) : sql`${owner} is not null`
  const all = sources.flatMap(({ object, point, channel }) =>
    channel !== undefined &&
    columns(object).has(point) &&
    columns(object).has(systemColumns.profile)
      ? [
          sql`select ${owner} as profile, ${pointOf(column(point))} as point from ${rows(object)} points
            where ${isLookedAt}`,
        ]
      : [],
  )
  return all.length === 0
    ? undefined
    : sql`select distinct * from (${join(all, sql` union all `)}) point`
}
