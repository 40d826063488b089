import { type Part, type Row, sql, value } from '#engine'
import { type Ruleset, termTable } from '#identity'
import { modelTable } from '#model'
import type { ContactPoint } from './api.ts'
import { recordOf, shown } from './cells.ts'
import { on, placeOf, type Scene } from './scene.ts'

/** The ways in which a person can be reached, by the object that holds them. */
const kinds = {
  emails: { object: 'contact_point_email', term: 'email', shows: ['email_address'] },
  phones: { object: 'contact_point_phone', term: 'phone', shows: ['telephone_number'] },
  addresses: {
    object: 'contact_point_address',
    term: 'address',
    shows: ['address_line_1', 'address_line_2', 'postal_code', 'city', 'state', 'country'],
  },
} as const

type Kind = keyof typeof kinds

/** The contact points of one kind: each once, whatever the spelling, the most trusted and the newest first. */
export async function contactPoints(
  scene: Scene,
  profile: Part,
  kind: Kind,
): Promise<ContactPoint[]> {
  const { object } = kinds[kind]
  if (!scene.tables.has(object)) return []
  const rows = await scene.engine.rows(queryOf(kinds[kind], profile))
  return distinct(rows, kind, scene.ruleset)
}

/** The rows of a kind, the newest first, each with its normalised value, which identity keeps. */
function queryOf({ object, term }: (typeof kinds)[Kind], profile: Part): Part {
  const rows = sql`select * from ${modelTable(object)} where _profile = ${profile}`
  return sql`select r.*, t.value as _normalised from (${rows}) r left join (
      select distinct row_key, value from ${termTable(on)}
      where kind = ${value(term)} and row_key in (select _key from (${rows}) mine)) t on t.row_key = r._key
    order by r.last_modified_at desc nulls last, r._position desc, r._key`
}

interface Sighting {
  readonly row: Row
  readonly text: string
  readonly place: number
}

function distinct(rows: readonly Row[], kind: Kind, ruleset: Ruleset | undefined): ContactPoint[] {
  const seen: readonly Sighting[] = rows
    .map((row) => ({
      row,
      text: textOf(row, kind),
      place: placeOf(ruleset, String(row['_source'])),
    }))
    .filter(({ text }) => text !== '')
    // The rows came newest first, and the sort leaves equals where they are.
    .toSorted((a, b) => a.place - b.place)
  const groups = Map.groupBy(seen, ({ row, text }) => String(row['_normalised'] ?? text))
  return [...groups.values()].flatMap((group) => {
    const [best] = group
    if (!best) return []
    const normalised = kind === 'addresses' ? undefined : shown(best.row['_normalised'])
    const usage = group.flatMap(({ row }) => shown(row['usage_type']) ?? [])
    return [
      {
        value: best.text,
        ...(normalised === undefined ? {} : { normalised: String(normalised) }),
        usage: [...new Set(usage.map(String))],
        from: group.map(({ row }) => recordOf(row)),
      },
    ]
  })
}

const textOf = (row: Row, kind: Kind): string =>
  kinds[kind].shows
    .flatMap((field) => shown(row[field]) ?? [])
    .map((part) => String(part).trim())
    .join(', ')
