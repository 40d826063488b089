import { type Part, type Row, sql, value } from '#engine'
import { choiceFor, type Ruleset, termTable } from '#identity'
import { modelTable } from '#model'
import type { ContactPoint } from './api.ts'
import { shown } from './cells.ts'
import { originIn, withOrigins } from './origins.ts'
import { on, type Scene } from './scene.ts'

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

/**
 * The contact points of one kind: each once, whatever the spelling, ranked as the ruleset says of them, or else of all values:
 * by the trust in their source, by how many records know them, or the newest first. What a source calls primary comes before its others.
 */
export async function contactPoints(
  scene: Scene,
  profile: Part,
  kind: Kind,
): Promise<ContactPoint[]> {
  const { object } = kinds[kind]
  if (!scene.tables.has(object)) return []
  const rows = await withOrigins(scene.engine, queryOf(kinds[kind], profile))
  return ranked(rows, kind, scene.ruleset)
}

/** The addresses of a person as identity compares them, each as its newest row writes it. */
export async function comparedAddresses(
  scene: Scene,
  profile: Part,
): Promise<ReadonlyMap<string, string>> {
  if (!scene.tables.has(kinds.addresses.object)) return new Map()
  const rows = await scene.engine.rows(queryOf(kinds.addresses, profile))
  const oldestFirst = rows.toSorted((a, b) => Number(b['_age']) - Number(a['_age']))
  return new Map(
    oldestFirst.flatMap((row): [string, string][] => {
      const compared = row['_normalised']
      return typeof compared === 'string' ? [[compared, textOf(row, 'addresses')]] : []
    }),
  )
}

/** The rows of a kind with their age, the newest first, and with the normalised value, which identity keeps. */
function queryOf({ object, term }: (typeof kinds)[Kind], profile: Part): Part {
  const rows = sql`select * from ${modelTable(object)} where _profile = ${profile}`
  return sql`select r.*, t.value as _normalised,
      row_number() over (order by r.last_modified_at desc nulls last, r._position desc, r._key) as _age
    from (${rows}) r left join (
      select distinct row_key, value from ${termTable(on)}
      where kind = ${value(term)} and row_key in (select _key from (${rows}) mine)) t on t.row_key = r._key`
}

interface Sighting {
  readonly row: Row
  readonly text: string
  /** What decides between two, the smaller number first. */
  readonly marks: readonly number[]
}

type Rule = ContactPoint['rule']

interface Ranking {
  readonly rule: Rule
  readonly sources: readonly string[]
}

/** How contact points are ranked: as the ruleset says of what tells one from another. */
const rankingOf = (
  ruleset: Ruleset | undefined,
  { object, shows: [field] }: (typeof kinds)[Kind],
): Ranking =>
  ruleset ? choiceFor(ruleset, `${object}.${field}`) : { rule: 'last_updated', sources: [] }

/** How much a source is trusted: the first of the list comes first, those not in it last. */
function placeAmong(sources: readonly string[], source: string): number {
  const place = sources.indexOf(source)
  return place < 0 ? Number.MAX_SAFE_INTEGER : place
}

function marksOf(row: Row, { rule, sources }: Ranking): readonly number[] {
  const age = Number(row['_age'])
  const other = row['is_primary'] === true ? 0 : 1
  const marks: Readonly<Record<Rule, readonly number[]>> = {
    last_updated: [age],
    most_frequent: [other, age],
    source_priority: [placeAmong(sources, String(row['_source'])), other, age],
  }
  return marks[rule]
}

function inOrder(a: Sighting, b: Sighting): number {
  const i = a.marks.findIndex((mark, at) => mark !== b.marks[at])
  return (a.marks[i] ?? 0) - (b.marks[i] ?? 0)
}

function ranked(rows: readonly Row[], kind: Kind, ruleset: Ruleset | undefined): ContactPoint[] {
  const ranking = rankingOf(ruleset, kinds[kind])
  const { rule } = ranking
  const seen = rows
    .map((row) => ({ row, text: textOf(row, kind), marks: marksOf(row, ranking) }))
    .filter(({ text }) => text !== '')
    .toSorted(inOrder)
  const groups = [
    ...Map.groupBy(seen, ({ row, text }) => String(row['_normalised'] ?? text)).values(),
  ]
  // The best of each came first, and the sort leaves equals where they are.
  const ordered = rule === 'most_frequent' ? groups.toSorted((a, b) => b.length - a.length) : groups
  const places = new Map<string, number>()
  return ordered.map((group, i) => {
    const usage = usageOf(group)
    const ranks = usage.map((of) => ({ usage: of, rank: (places.get(of) ?? 0) + 1 }))
    for (const { usage: of, rank } of ranks) places.set(of, rank)
    return { ...pointOf(group, kind), usage, rank: i + 1, ranks, rule }
  })
}

const usageOf = (group: readonly Sighting[]): string[] => [
  ...new Set(group.flatMap(({ row }) => shown(row['usage_type']) ?? []).map(String)),
]

function pointOf(
  group: readonly Sighting[],
  kind: Kind,
): Pick<ContactPoint, 'value' | 'normalised' | 'from'> {
  const normalised = kind === 'addresses' ? undefined : shown(group[0]?.row['_normalised'])
  return {
    value: group[0]?.text ?? '',
    ...(normalised === undefined ? {} : { normalised: String(normalised) }),
    from: group.map(({ row }) => originIn(row)),
  }
}

const textOf = (row: Row, kind: Kind): string =>
  kinds[kind].shows
    .flatMap((field) => shown(row[field]) ?? [])
    .map((part) => String(part).trim())
    .join(', ')
