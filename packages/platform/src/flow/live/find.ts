import { type Ask, call, cast, type Engine, join, type Part, sql, value } from '#engine'
import { linkTable, phones, redirectTable, termTable, tidied, unifiedTable } from '#identity'
import { modelTable } from '#model'
import { type Asked, nameOfAsked } from './asked.ts'

/** Profiles are of people. */
export const on = 'individual'

/** What finding needs: the sources whose ids events name, and which model objects have tables. */
export interface FindTools {
  readonly engine: Engine
  readonly sources: readonly string[]
  readonly objects: ReadonlySet<string>
  readonly ask: Ask
}

type By<Kind extends Asked['by']> = Extract<Asked, { by: Kind }>

/** The profiles that identifiers mean, many asked at once; by the names of the identifiers. */
export async function findProfiles(
  tools: FindTools,
  all: readonly Asked[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const of = <Kind extends Asked['by']>(kind: Kind) =>
    all.flatMap((asked, n) => (isBy(asked, kind) ? [{ asked, n }] : []))
  const queries = [
    byProfile(of('profile')),
    byEmail(of('email')),
    ...byPhone(of('phone')),
    tools.objects.has(on) ? byRecord([...records(of('record')), ...ids(of('id'), tools)]) : [],
    tools.objects.has('party_identification') ? byIdentification(of('identification')) : [],
  ].flat()
  const rows = await Promise.all(queries.map((query) => tools.engine.rows(query, tools.ask)))
  const found = new Map<string, string[]>(all.map((asked) => [nameOfAsked(asked), []]))
  for (const row of rows.flat()) {
    const asked = all[Number(row['n'])]
    const profiles = asked && found.get(nameOfAsked(asked))
    const profile = String(row['profile'])
    if (profiles && !profiles.includes(profile)) profiles.push(profile)
  }
  return found
}

const isBy = <Kind extends Asked['by']>(asked: Asked, kind: Kind): asked is By<Kind> =>
  asked.by === kind

/** An identifier with its number among those that are asked. */
interface Numbered<Kind extends Asked['by']> {
  readonly asked: By<Kind>
  readonly n: number
}

/** A query where there is something to ask, none where there is not. */
const among = (rows: readonly Part[], query: (values: Part) => Part): readonly Part[] =>
  rows.length === 0 ? [] : [query(sql`(values ${join(rows)})`)]

function byProfile(all: readonly Numbered<'profile'>[]) {
  const rows = all
    .filter(({ asked: { id } }) => /^\d{1,19}$/.test(id) && BigInt(id) < 2n ** 63n)
    .map(({ asked, n }) => sql`(${value(n)}, ${cast(value(asked.id), 'integer')})`)
  return among(
    rows,
    (values) => sql`with asked(n, id) as ${values}
      select a.n, u.profile from asked a join ${unifiedTable(on)} u on u.profile = a.id
      union all select a.n, r.new as profile from asked a join ${redirectTable(on)} r on r.old = a.id
        where a.id not in (select profile from ${unifiedTable(on)})`,
  )
}

const byTerm = (kind: string, condition: Part): Part =>
  sql`join ${termTable(on)} t on t.kind = ${value(kind)} and ${condition} join ${linkTable(on)} l on l.record = t.record`

function byEmail(all: readonly Numbered<'email'>[]) {
  const rows = all.map(({ asked, n }) => sql`(${value(n)}, ${value(asked.email)})`)
  return among(
    rows,
    (values) => sql`with asked(n, email) as ${values},
      tidy as (select n, ${tidied('email', sql`email`)} as value from asked)
      select distinct a.n, l.profile from tidy a ${byTerm('email', sql`t.value = a.value`)}`,
  )
}

// A number with its calling code is equal to the one that is known; of one without, only the end is the same.
function byPhone(all: readonly Numbered<'phone'>[]) {
  const rows = all.map(
    ({ asked: { phone, country }, n }) =>
      sql`(${value(n)}, ${value(phone)}, ${value(country ?? null, 'text')})`,
  )
  const dialled = (values: Part) => sql`with asked(n, raw, country) as ${values},
    dialled as (select distinct a.n, d.value from asked a join (${phones(sql`select distinct raw, country from asked`)}) d
      on d.raw = a.raw and d.country is not distinct from a.country where d.value is not null)`
  const isWhole = call('starts_with', sql`a.value`, value('+'))
  return [
    ...among(
      rows,
      (values) => sql`${dialled(values)} select distinct a.n, l.profile from dialled a
        ${byTerm('phone', sql`t.value = a.value`)} where ${isWhole}`,
    ),
    ...among(
      rows.filter((_, i) => !/^[^0-9]*[+\uff0b]/.test(all[i]?.asked.phone ?? '')),
      (values) => sql`${dialled(values)} select distinct a.n, l.profile from dialled a
        ${byTerm('phone', call('ends_with', sql`t.value`, sql`ltrim(a.value, '0')`))} where not ${isWhole}`,
    ),
  ]
}

const recordRow = (n: number, source: string, id: string): Part =>
  sql`(${value(n)}, ${value(source)}, ${value(id)})`

const records = (all: readonly Numbered<'record'>[]): readonly Part[] =>
  all.map(({ asked, n }) => recordRow(n, asked.source, asked.id))

const ids = (all: readonly Numbered<'id'>[], { sources }: FindTools): readonly Part[] =>
  all.flatMap(({ asked, n }) =>
    (asked.source === undefined ? sources : [asked.source]).map((source) =>
      recordRow(n, source, asked.id),
    ),
  )

const byRecord = (rows: readonly Part[]) =>
  among(
    rows,
    (values) => sql`with asked(n, source, id) as ${values}
      select distinct a.n, l.profile from asked a join ${modelTable(on)} r
        on r.id = a.id and (r._source = a.source or r._stream = a.source)
      join ${linkTable(on)} l on l.record = r._key`,
  )

function byIdentification(all: readonly Numbered<'identification'>[]) {
  const rows = all.map(({ asked, n }) => sql`(${value(n)}, ${value(asked.number)})`)
  return among(
    rows,
    (values) => sql`with asked(n, number) as ${values}
      select distinct a.n, r._profile as profile from asked a
      join ${modelTable('party_identification')} r on r.identification_number = a.number where r._profile is not null`,
  )
}
