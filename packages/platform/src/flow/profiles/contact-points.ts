import { as, column, type Part, type Row, sql } from '#engine'
import { phones, type Ruleset, tidied } from '#identity'
import { type ModelObject, modelTable } from '#model'
import type { ContactPoint } from './api.ts'
import { recordOf, shown } from './cells.ts'
import { placeOf, type Scene } from './scene.ts'

/** The ways in which a person can be reached, by the object that holds them. */
const kinds = {
  emails: { object: 'contact_point_email', shows: ['email_address'] },
  phones: { object: 'contact_point_phone', shows: ['telephone_number'] },
  addresses: {
    object: 'contact_point_address',
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
  const rows = await scene.engine.rows(queries[kind](scene.model.get(object), profile))
  return distinct(rows, kind, scene.ruleset)
}

const newestFirst = sql`order by r.last_modified_at desc nulls last, r._position desc, r._key`

const queries: Readonly<Record<Kind, (object: ModelObject, profile: Part) => Part>> = {
  emails: (object, profile) =>
    sql`select r.*, ${tidied('email', sql`r.email_address`)} as _normalised
      from ${modelTable(object.key)} r where r._profile = ${profile} ${newestFirst}`,
  phones: (object, profile) => {
    const numbers = sql`select distinct telephone_number as raw, country from ${modelTable(object.key)}
      where _profile = ${profile} and telephone_number is not null`
    return sql`select r.*, n.value as _normalised from ${modelTable(object.key)} r
      left join (${phones(numbers)}) n on n.raw = r.telephone_number and n.country is not distinct from r.country
      where r._profile = ${profile} ${newestFirst}`
  },
  addresses: (object, profile) => {
    const line = (form: 'street' | 'postcode' | 'name', field: string) =>
      sql`coalesce(${tidied(form, column(field, 'r'))}, '')`
    const whole = sql`${line('street', 'address_line_1')} || '|' || ${line('postcode', 'postal_code')} || '|' || ${line('name', 'city')}`
    return sql`select r.*, ${as(whole, column('_normalised'))} from ${modelTable(object.key)} r
      where r._profile = ${profile} ${newestFirst}`
  },
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
