import { call, type Draft, nothing, type Part, sql, value } from '#engine'
import type { ConsentQuestion } from './definition.ts'
import { type ConsentGround, pointsOf, statementsOf } from './statements.ts'

/**
 * The newest of what each record said of each thing (`point`, `channel`, `purpose`), as `profile`, `point`, `state` and
 * `since`. What has ended says nothing, and what it replaced is not revived.
 */
function newest(question: ConsentQuestion, ground: ConsentGround): Draft {
  const points = pointsOf(ground)
  const shared =
    points === undefined
      ? nothing
      : sql` union all
    select p.profile, s.giver, s.point, s.channel, s.purpose, s.state, s.since, s.ends, s.position
    from said s join (${points}) p on p.point = s.point and s.point <> '' and p.profile is distinct from s.profile`
  // Of what came at once a refusal counts: "in" and "none" come before "out".
  const order = sql`(since, position, state)`
  const isOver = sql`ends is not null and ends <= ${value(ground.now)}`
  const state = sql`case when ${isOver} then 'none' else state end`
  return sql`with said as (${statementsOf(question, ground)})
    select profile, point, ${call('last_by', state, order)} as state, max(since) as since
    from (select * from said${shared}) heard group by profile, giver, point, channel, purpose`
}

/** A refusal of any record counts for the person; without one, what any of them agreed to. */
const standing = sql`case when bool_or(state = 'out') then 'opted_out' when bool_or(state = 'in') then 'opted_in' else 'unknown' end`
const since = sql`max(since) filter (where state <> 'none')`

/** What is known of everybody of whom something was said, as `profile`, `standing` and `since`. Nobody else is there. */
export const standingOfPeople = (question: ConsentQuestion, ground: ConsentGround): Draft =>
  sql`select profile, ${standing} as standing, ${since} as since from (${newest(question, ground)}) newest
    where profile is not null group by profile`

/**
 * What is known of contact points: of rows of `profile` and `point` (as `pointOf` makes it), each with `standing` and `since`. What
 * was said of another contact point of the person does not count.
 */
export const standingOfPoints = (
  asked: Part,
  question: ConsentQuestion,
  ground: ConsentGround,
): Draft =>
  sql`select a.profile, a.point, ${standing} as standing, ${since} as since from ${asked} a
    left join (${newest(question, ground)}) n on n.profile = a.profile and (n.point = '' or n.point = a.point)
    group by a.profile, a.point`

/** What is known of all contact points that somebody spoke of, whoever has them: `point` (as `pointOf` makes it), `standing` and `since`. */
export const standingOfAddresses = (question: ConsentQuestion, ground: ConsentGround): Draft =>
  sql`select point, ${standing} as standing, ${since} as since from (${newest(question, ground)}) newest
    where point <> '' group by point`

/**
 * The same for a few who are asked for one by one, as `n`, `standing` and `since`: rows of `n`, `profile` and `point`, of which either
 * may be empty. Who is asked for by a contact point alone is whoever has it.
 */
export const standingOfFew = (
  asked: Part,
  question: ConsentQuestion,
  ground: ConsentGround,
): Draft =>
  sql`select a.n, ${standing} as standing, ${since} as since from ${asked} a
    left join (${newest(question, ground)}) n
    on (n.profile = a.profile and (a.point is null or n.point = '' or n.point = a.point)) or n.point = a.point
    group by a.n`
