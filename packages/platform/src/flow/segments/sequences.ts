import {
  call,
  cast,
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
import { rowsAsked } from './containers.ts'
import type { Sequence } from './definition.ts'
import type { Ground } from './ground.ts'
import { askOwned } from './rows.ts'
import { type AskRow, ownedObject } from './sources.ts'

type SequenceStep = Sequence['sequence'][number]

/** How long the units between two rows are. */
export const unitMs = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
} as const

const stepFlag = (i: number) => column(`s${i + 1}`)
const [profile, at, reached, before, after] = ['profile', 'at', 'reached', 'before', 'after'].map(
  (name) => column(name),
) as [Part, Part, Part, Part, Part]

/** What is the same for all steps of one sequence. */
interface Walk {
  readonly steps: readonly SequenceStep[]
  readonly ask: AskRow
  readonly ground: Ground
}

/**
 * Those for whom rows came one after the other, as a query with one column `profile`. Each object is read once; then, step
 * by step, a window looks for the last row before that got as far: no other can be nearer.
 */
export function followed({ sequence: steps }: Sequence, ask: AskRow, ground: Ground): Draft {
  const walk = { steps, ask, ground }
  const never = steps.findIndex((step) => step.never === true)
  const chain = chainOf(never < 0 ? steps.length : never, walk)
  return never < 0
    ? sql`select ${profile} from ${chain} as far where ${reached} = 1`
    : sql`select ${profile} from ${neverAfter(chain, never, walk)}`
}

/** When the last rows of whole sequences came, as `profile` and `at` in milliseconds; before the one that never comes. */
export function completedAt(of: Sequence, ask: AskRow, ground: Ground): Draft {
  const never = of.sequence.findIndex((step) => step.never === true)
  if (never < 0) return reachedAt(of, of.sequence.length, ask, ground)
  const walk = { steps: of.sequence, ask, ground }
  return sql`select ${profile}, ${at} from ${neverAfter(chainOf(never, walk), never, walk)}`
}

/** When rows came that got as far as so many steps, as `profile` and `at` in milliseconds. */
export function reachedAt(
  { sequence: steps }: Sequence,
  count: number,
  ask: AskRow,
  ground: Ground,
): Draft {
  const chain = chainOf(count, { steps, ask, ground })
  return sql`select ${profile}, ${at} from ${chain} as far where ${reached} = 1`
}

// Rows with whether they are the last of the first so many steps.
const chainOf = (count: number, walk: Walk): Draft =>
  walk.steps
    .slice(1, count)
    .reduce(
      (far, _, i) => reachedAfter(far, i + 1, walk),
      sql`(select ${carried(walk)}, s1 as ${reached} from (${moments(walk)}) moments)`,
    )

const carried = ({ steps }: Walk): Draft => join([profile, at, ...steps.map((_, i) => stepFlag(i))])

// Rows that are some step, whose they are, and when they happened in milliseconds: those of the same time are in no order.
function moments(walk: Walk): Draft {
  const objects = [...new Set(walk.steps.map(({ related }) => related))]
  const rows = objects.map((object) => rowsOf(object, walk))
  const isSome = some(walk.steps.map((_, i) => sql`${stepFlag(i)} = 1`))
  return sql`select ${carried(walk)} from (${join(rows, sql` union all `)}) each_row
    where ${profile} is not null and ${at} is not null and ${isSome}`
}

function rowsOf(key: string, { steps, ask, ground }: Walk): Draft {
  const object = ownedObject(key, ground)
  const rows = askOwned(object, ground)
  const nothing = sql`cast(null as ${typeName('integer')})`
  if (rows === undefined || object.time === undefined)
    return sql`select ${nothing} as ${profile}, ${nothing} as ${at}, ${join(
      steps.map((_, i) => sql`0 as ${stepFlag(i)}`),
    )}`
  const flags = steps.map((step, i) => {
    if (step.related !== key) return sql`0 as ${stepFlag(i)}`
    const only = rowsAsked(step, object)
    return sql`case when ${only ? ask.compile(only, rows) : sql`true`} then 1 else 0 end as ${stepFlag(i)}`
  })
  const time = call('epoch_ms', cast(rows.field(object.time).of, 'timestamp'))
  const filter = rows.narrowed.length > 0 ? sql` where ${every(rows.narrowed)}` : sql``
  return sql`select ${rows.owner} as ${profile}, ${time} as ${at}, ${join(flags)}
    from ${rows.from()}${filter}`
}

const msOf = (step: SequenceStep | undefined): number | undefined =>
  step?.within && step.within.value * unitMs[step.within.unit]

// Rows that are this step, and before which, near enough, one got as far as the step before.
function reachedAfter(far: Draft, i: number, walk: Walk): Draft {
  const near = msOf(walk.steps[i])
  const isNear =
    near === undefined ? sql`${before} is not null` : sql`${at} - ${before} <= ${value(near)}`
  return sql`(select ${carried(walk)}, case when ${stepFlag(i)} = 1 and ${isNear} then 1 else 0 end as ${reached} from (
    select ${carried(walk)}, max(case when ${reached} = 1 then ${at} end) over (
      partition by ${profile} order by ${at} range between unbounded preceding and 1 preceding) as ${before}
    from ${far} far) w)`
}

// The step that must not come has not come, and its time is over: whether it will not come cannot be known before.
function neverAfter(far: Draft, i: number, walk: Walk): Draft {
  const within = msOf(walk.steps[i])
  const stayedAway =
    within === undefined
      ? sql`${after} is null`
      : sql`coalesce(${after} - ${at} > ${value(within)}, true) and ${value(walk.ground.now.getTime())} - ${at} > ${value(within)}`
  return sql`(
    select ${profile}, ${at}, ${reached}, min(case when ${stepFlag(i)} = 1 then ${at} end) over (
      partition by ${profile} order by ${at} range between 1 following and unbounded following) as ${after}
    from ${far} far) w where ${reached} = 1 and ${stayedAway}`
}
