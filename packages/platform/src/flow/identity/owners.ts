import {
  cast,
  column,
  join,
  type Made,
  made,
  type Part,
  placed,
  type Step,
  some,
  sql,
  value,
  type Writer,
} from '#engine'
import {
  type Step as Hop,
  linkColumn,
  type Model,
  type ModelObject,
  modelTable,
  noteTouched,
  pathTo,
  peopleMark,
} from '#model'
import type { Subject } from './definition.ts'
import type { Extent } from './extent.ts'
import { linkTable } from './tables.ts'

type Way = readonly Hop[]

/** All ways from an object to whom it belongs: its own fields first, then those of its parents. */
function waysTo(model: Model, from: ModelObject, on: Subject): readonly Way[] {
  const path = pathTo(model, from, on)
  if (!path) return []
  const [first] = path
  if (!first) return [path]
  const { [first.field]: _, ...fields } = from.fields
  return [path, ...waysTo(model, { ...from, fields }, on)]
}

/** Objects whose rows belong to somebody, with the ways there, as far as the tables exist. Only people own rows for now. */
export function ownedObjects(
  model: Model,
  on: Subject,
  existing: ReadonlySet<string>,
): readonly Owned[] {
  if (on !== 'individual') return []
  return model.objects
    .filter(({ key }) => existing.has(key))
    .map((object) => {
      const ways = waysTo(model, object, on).filter(
        (way) => way.length < 2 || existing.has(way[0]?.to ?? ''),
      )
      return { object: object.key, ways }
    })
    .filter(({ ways }) => ways.length > 0)
}

/** An object and the ways to whom its rows belong. */
export interface Owned {
  readonly object: string
  readonly ways: readonly Way[]
}

/** The step of the rows of an object that change their profile. */
export const ownerName = (object: string): string => `owner_${object}`

/** Which rows are looked at, and which record belongs to which profile: `record`, `profile`. */
export interface Owning {
  readonly links: (of: Owned) => Part
  readonly extent: Extent
}

/** One step per object: the rows that belong to another profile than they say, with the right one. */
export const ownerSteps = (owned: readonly Owned[], owning: Owning): readonly Step[] =>
  owned.map((of) => ownerStep(of, rowsOf(of.object, of.ways, owning.extent), owning.links(of)))

/** Of some rows of an object those that belong to another profile than they say, with the right one. */
export const ownerStep = ({ object, ways }: Owned, rows: Part, links: Part): Step => ({
  name: ownerName(object),
  says: `rows of ${object} that belong to another profile than they say`,
  query: sql`select _stream, _position, _key, owner, was from (
        select r._stream, r._position, r._key, r._profile as was,
          case${join(
            ways.map(
              (way, i) =>
                sql` when ${personOf(way, i)} is not null then ${column('profile', `l${i}`)}`,
            ),
            sql``,
          )} end as owner
        from ${rows} r${join(
          ways.map((way, i) => joinsOf(way, i, links)),
          sql``,
        )}) owned
      where owner is distinct from was`,
})

/** Records that are in another profile than before, for steps that look only at what changed. */
export const movedStep: Step = {
  name: 'moved',
  says: 'records that are in another profile than before, or in none, or were',
  query: sql`select record from ${made('link_added')} union select record from ${made('link_gone')}`,
}

/**
 * Who belongs to whom once what changed is published: `record`, `profile`. Rows with one short way are looked at where they
 * are new, or their record is in another profile; all of those were in scope: so of all others only those of new rows are asked.
 */
export const linksAfter = (on: Subject, { object, ways }: Owned): Part => {
  const [[hop, further] = [], another] = ways
  const person = column(hop ? linkColumn(hop.field) : '_key')
  const isOfNew =
    further || another
      ? sql``
      : sql` and l.record in (select ${person} from ${modelTable(object)} where _profile is null)`
  return sql`(select record, profile from ${made('link')} union all
    select l.record, l.profile from ${linkTable(on)} l left join ${made('scope')} s on s.record = l.record
    where s.record is null${isOfNew})`
}

// Rows that are new belong to nobody yet. What belongs to somebody through a parent is compared whole: parents may go.
function rowsOf(object: string, ways: readonly Way[], extent: Extent): Part {
  if (extent === 'everything' || ways.some((way) => way.length > 1)) return modelTable(object)
  const moved = ways.map(
    ([first]) =>
      sql`${column(first ? linkColumn(first.field) : '_key')} in (select record from ${made('moved')})`,
  )
  return sql`(select * from ${modelTable(object)} where ${some([sql`_profile is null`, ...moved])})`
}

/** The key of the person that a way leads to. */
function personOf([first, second]: Way, i: number): Part {
  if (!first) return column('_key', 'r')
  return second ? column('person', `p${i}`) : column(linkColumn(first.field), 'r')
}

function joinsOf(way: Way, i: number, links: Part): Part {
  const [first, second] = way
  const link = sql` left join ${links} ${column(`l${i}`)} on ${column('record', `l${i}`)} = ${personOf(way, i)}`
  if (!first || !second) return link
  // One row per parent, whatever the sources say: a line must not be counted twice.
  const parent = sql`(select _key, min(${column(linkColumn(second.field))}) as person from ${modelTable(first.to)} group by _key)`
  const key = column(linkColumn(first.field), 'r')
  return sql` left join ${parent} ${column(`p${i}`)} on ${column('_key', `p${i}`)} = ${key}${link}`
}

/** Writes the right profile into the rows that had another; how many there were. Whoever is touched is marked. */
export async function writeOwners(
  writer: Writer,
  owned: readonly Owned[],
  where: Made,
): Promise<number> {
  let written = 0
  for (const { object } of owned) {
    const moved = await writer.run(
      placed(
        sql`update ${modelTable(object)} set _profile = o.owner from ${made(ownerName(object))} o
          where ${modelTable(object)}._key = o._key and ${modelTable(object)}._stream = o._stream
            and ${modelTable(object)}._position = o._position`,
        where,
      ),
    )
    written += moved
    if (moved > 0)
      await noteTouched(writer, object, placed(ownersOf(object), where), {
        rows: moved,
        from: '_position',
      })
  }
  if (owned.length > 0 && where.has('change'))
    await noteTouched(writer, peopleMark, placed(peopleChanged, where), { rows: written })
  return written
}

const ownersOf = (object: string): Part =>
  sql`select owner as profile, _position from ${made(ownerName(object))}
    union all select was, _position from ${made(ownerName(object))}`

/** The people whose values or records are others than before, of the steps of a whole run. */
const peopleChanged: Part = sql`select profile from ${made('unified_added')}
  union all select profile from ${made('link_added')} union all select profile from ${made('link_gone')}
  union all select profile from ${made('change')} union all select other from ${made('change')} where kind = 'merged'`

/** The profiles whose rows change, as a relation of `profile`. */
export const ownersTouched = (owned: readonly Owned[]): Part =>
  owned.length === 0
    ? sql`select ${cast(value(null), 'integer')} as profile where false`
    : sql`select profile from (${join(
        owned.map(
          ({ object }) =>
            sql`select owner as profile from ${made(ownerName(object))} union select was from ${made(ownerName(object))}`,
        ),
        sql` union `,
      )}) touched where profile is not null`
