import { column, made, type Part, type Step, sql, value } from '#engine'
import type { Subject } from './definition.ts'
import { evidenceTable, linkTable } from './tables.ts'

/** How many examples of anything are shown. */
export const mostItems = 50

/** How many links are shown of one example. */
const mostLinks = 3

/** How many parts are named of a profile that falls apart. */
const mostParts = 5

/** What a run would do to what is published, as tables beside those that the run made. */
export const simulateSteps = (on: Subject): readonly Step[] => [
  {
    name: 'joining',
    says: 'published profiles whose records would come to another profile, the most records first',
    query: joining,
  },
  {
    name: 'falling',
    says: 'published profiles whose records would no longer be in one, the most records first',
    query: sql`select *, row_number() over (order by records desc, old) as place from (
      select old, sum(size) as records, count(*) as parts from ${made('overlap')} group by old having count(*) > 1) apart`,
  },
  {
    name: 'whereabouts',
    says: 'records of the examples, with the profile that they are in and the group that they would be in',
    query: sql`select p.record, p.root, l.profile as old from ${made('partition')} p
      left join ${linkTable(on)} l on l.record = p.record
      where p.root in (select root from ${made('joining')} where place <= ${value(mostItems)})
        or l.profile in (select old from ${made('falling')} where place <= ${value(mostItems)})`,
  },
]

// Whose id the group would have stands in the middle; where nobody keeps it, whoever is in it with the oldest record.
const joining = sql`with part as (
    select o.root, o.old, o.size, a.profile as becomes, row_number() over (
      partition by o.root order by case when o.old = a.profile then 0 else 1 end, o.first, o.old) as turn
    from ${made('overlap')} o join ${made('assigned')} a on a.root = o.root)
  select o.root, c.old as centre, o.old as other, o.size, o.becomes,
    row_number() over (order by o.size desc, c.old, o.old, o.root) as place
  from part o join part c on c.root = o.root and c.turn = 1 where o.turn > 1`

const isExample = (of: string): Part => sql`${column('place', of)} <= ${value(mostItems)}`

const [left, right] = [column('left'), column('right')]

/** What would tie the records that come to another profile: `place` of the example, and the link. */
export const joiningLinks: Part = sql`select place, rule, ${left}, ${right}, matched from (
    select j.place, e.rule, e.${left}, e.${right}, e.matched, row_number() over (partition by j.place
      order by case when a.old = j.centre or b.old = j.centre then 0 else 1 end, e.rule, e.${left}, e.${right}, e.matched) as turn
    from ${made('evidence')} e
      join ${made('whereabouts')} a on a.record = e.${left} join ${made('whereabouts')} b on b.record = e.${right}
      join ${made('joining')} j on j.root = a.root and j.root = b.root and ${isExample('j')}
    where (a.old is not distinct from j.other) <> (b.old is not distinct from j.other)) told
  where turn <= ${value(mostLinks)} order by place, turn`

/** What ties records now that would be in two parts, with what would stand against it. */
export const fallingLinks = (
  on: Subject,
): Part => sql`select place, rule, ${left}, ${right}, matched, reason from (
    select f.place, e.rule, e.${left}, e.${right}, e.matched, r.reason,
      row_number() over (partition by f.place order by e.rule, e.${left}, e.${right}, e.matched) as turn
    from ${evidenceTable(on)} e
      join ${made('whereabouts')} a on a.record = e.${left} join ${made('whereabouts')} b on b.record = e.${right}
      join ${made('falling')} f on f.old = a.old and f.old = b.old and ${isExample('f')}
      left join ${made('refused')} r on r.rule = e.rule and r.${left} = e.${left} and r.${right} = e.${right}
        and r.matched = e.matched
    where a.root <> b.root) told
  where turn <= ${value(mostLinks)} order by place, turn`

/** The parts of profiles that fall apart, the largest first: `place` of the example, `profile`, `records`. */
export const fallingParts: Part = sql`select place, profile, size from (
    select f.place, a.profile, o.size, row_number() over (partition by f.place order by o.size desc, o.root) as turn
    from ${made('falling')} f join ${made('overlap')} o on o.old = f.old join ${made('assigned')} a on a.root = o.root
    where ${isExample('f')}) told
  where turn <= ${value(mostParts)} order by place, turn`

/** Records whose profile would have another id: `old`, `new`, `records`. */
export const otherIds = (
  on: Subject,
): Part => sql`select l.profile as old, a.profile as new, count(*) as records
  from ${made('link_added')} a join ${linkTable(on)} l on l.record = a.record group by l.profile, a.profile`

/** Profiles that nobody would be in any more, the largest first. */
export const ending = (
  on: Subject,
): Part => sql`select l.profile, count(*) as records from ${linkTable(on)} l
  where l.profile in (select profile from ${made('change')} where kind = 'retired') group by l.profile
  order by records desc, l.profile limit ${value(mostItems)}`

/** Links that would newly wait for review, with the profiles that their ends would be in: `one`, `other`. */
export const newlyWaiting: Part = sql`select r.*, least(a.profile, b.profile) as one, greatest(a.profile, b.profile) as other
  from ${made('refused_added')} r join ${made('link')} a on a.record = r.${left}
    join ${made('link')} b on b.record = r.${right} where r.reason <> 'kept_apart'`

/** Pairs of profiles between which links would newly wait: those with the most links first. */
export const waitingPairs: Part = sql`select one, other, count(*) as links, min(reason) as reason, min(about) as about,
    row_number() over (order by count(*) desc, one, other) as place
  from (${newlyWaiting}) w group by one, other`

/** Links that wait now and would not. */
export const noLongerWaiting: Part = sql`select count(*) as n from ${made('refused_gone')} where reason <> 'kept_apart'`

/** How many records and profiles are published. */
export const publishedFigures = (on: Subject): Part =>
  sql`select count(*) as records, count(distinct profile) as profiles from ${linkTable(on)}`
