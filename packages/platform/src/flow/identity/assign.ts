import { call, cast, made, type Part, type Step, sql, value } from '#engine'
import type { Subject } from './definition.ts'
import { type Extent, publishedOf } from './extent.ts'
import { changeTable, linkTable, unifiedTable } from './tables.ts'

/**
 * Gives every group an id: a pure function of the ids before, the new groups and when records were first seen.
 * A group keeps the id whose larger part it holds; when it holds several, the oldest survives; otherwise it gets a new
 * one, made from its oldest record, that nobody ever had.
 */
export const assignSteps = (on: Subject, extent: Extent = 'everything'): readonly Step[] => [
  {
    name: 'partition',
    says: 'every record with the oldest record of its group',
    query: sql`select r.n, r.record, r.since, c.root from ${made('record')} r join ${made('cluster')} c on c.n = r.n`,
  },
  {
    name: 'overlap',
    says: 'what each profile and each new group have in common',
    query: sql`select l.profile as old, p.root, count(*) as size, min(p.n) as first
      from ${linkTable(on)} l join ${made('partition')} p on p.record = l.record group by l.profile, p.root`,
  },
  {
    name: 'claim',
    says: 'each profile claims the group with its larger part',
    query: firstOf(
      sql`select old, root`,
      sql`row_number() over (partition by old order by size desc, first)`,
      made('overlap'),
    ),
  },
  {
    name: 'kept',
    says: 'of several profiles that claim one group, the oldest keeps its id',
    query: firstOf(
      sql`select root, old as profile, first_seen`,
      sql`row_number() over (partition by root order by first_seen, old)`,
      sql`(select c.root, c.old, u.first_seen from ${made('claim')} c join ${unifiedTable(on)} u on u.profile = c.old) claimed`,
    ),
  },
  {
    name: 'fresh',
    says: 'groups that no profile claims get ids that nobody ever had',
    query: freshIds(on),
  },
  {
    name: 'assigned',
    says: 'the id of each group, and when it was first seen',
    query: sql`select r.n as root, coalesce(k.profile, f.profile) as profile,
        least(r.since, coalesce(k.first_seen, r.since)) as first_seen
      from ${made('record')} r left join ${made('kept')} k on k.root = r.n left join ${made('fresh')} f on f.root = r.n
      where k.root is not null or f.root is not null`,
  },
  {
    name: 'link',
    says: 'which record belongs to which profile',
    query: sql`select p.record, a.profile, p.since, a.first_seen from ${made('partition')} p join ${made('assigned')} a on a.root = p.root`,
  },
  {
    name: 'change',
    says: 'what happened to profiles',
    query: changes(on, extent),
  },
]

/** The rows of a relation that come first in their group. */
function firstOf(select: Part, place: Part, from: Part): Part {
  return sql`${select} from (select *, ${place} as place from ${from}) placed where place = 1`
}

function freshIds(on: Subject): Part {
  const used = sql`(select profile from ${changeTable(on)} where kind in ('created', 'split'))`
  const isUsed = (id: Part) => sql`${id} in ${used}`
  const idOf = (attempt: Part) =>
    call('key64', sql`'profile:' || ${value(on)} || ':' || record || ':' || ${attempt}`)
  return sql`with recursive attempt as (
      select p.root, p.record, 0 as attempt, ${idOf(sql`0`)} as profile from ${made('partition')} p
      where p.n = p.root and p.root not in (select root from ${made('kept')})
      union all
      select root, record, attempt + 1, ${idOf(sql`(attempt + 1)`)} from attempt where ${isUsed(sql`profile`)})
    select root, profile from attempt where not ${isUsed(sql`profile`)}`
}

function changes(on: Subject, extent: Extent): Part {
  const known = sql`(select distinct profile from ${publishedOf(linkTable(on), sql`record`, extent)} l)`
  return sql`select 'created' as kind, f.profile, ${cast(value(null), 'integer')} as other from ${made('fresh')} f
      where f.root not in (select root from ${made('overlap')})
    union all
    select 'split', f.profile, o.old from ${made('fresh')} f join ${made('overlap')} o on o.root = f.root
    union all
    select 'merged', c.old, k.profile from ${made('claim')} c join ${made('kept')} k on k.root = c.root
      where k.profile <> c.old
    union all
    select 'retired', known.profile, null from ${known} known
      where known.profile not in (select old from ${made('overlap')})`
}
