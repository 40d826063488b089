import { call, column, type Engine, every, join, type Part, type Row, sql, value } from '#engine'
import {
  linkTable,
  phones,
  redirectTable,
  searchWords,
  termTable,
  tidied,
  unifiedTable,
} from '#identity'
import { modelTable } from '#model'
import type { FoundProfiles, ProfileSummary } from './api.ts'
import { shown } from './cells.ts'
import { profileFaults } from './faults.ts'
import { on } from './scene.ts'

/** The profile that an id stands for now; ids that were merged lead to the one that took them in. */
export async function resolve(engine: Engine, id: string): Promise<string> {
  const found = await resolved(engine, id)
  if (found === undefined) throw profileFaults.unknown_profile({ id })
  return found
}

/** How often somebody is read at most who becomes part of another each time. */
const mostReads = 5

/**
 * Reads what there is of the profile that an id stands for, and reads it anew where that became part of another meanwhile: it is
 * read one after the other. `read` finds nothing where the profile went while it looked.
 */
export async function readOf<T>(
  engine: Engine,
  asked: string,
  read: (id: string) => Promise<T | undefined>,
): Promise<T> {
  let id = await resolve(engine, asked)
  for (let reads = 0; reads < mostReads; reads++) {
    const found = await read(id)
    const now = await resolve(engine, asked)
    if (now === id && found !== undefined) return found
    id = now
  }
  throw profileFaults.unknown_profile({ id: asked })
}

/** The data space that a profile is in. */
export async function spaceOf(engine: Engine, id: string): Promise<string> {
  const [row] = await rowsFor(
    engine,
    id,
    (found) =>
      sql`select u._space from ${unifiedTable(on)} u join (${found}) f on f.profile = u.profile`,
  )
  if (!row) throw profileFaults.unknown_profile({ id })
  return String(row['_space'])
}

/** The same, or nothing when no profile has or had the id. */
export async function resolved(engine: Engine, id: string): Promise<string | undefined> {
  const [row] = await rowsFor(engine, id, (found) => found)
  return row && String(row['profile'])
}

/** Asks of the profile that an id stands for, a relation with one row at most; nothing where no profile can have the id. */
async function rowsFor(
  engine: Engine,
  id: string,
  ask: (found: Part) => Part,
): Promise<readonly Row[]> {
  if (!/^\d{1,19}$/.test(id) || BigInt(id) >= 2n ** 63n) return []
  const asked = value(BigInt(id))
  return engine.rows(
    ask(sql`select profile from ${unifiedTable(on)} where profile = ${asked}
      union all select u.profile from ${redirectTable(on)} r join ${unifiedTable(on)} u on u.profile = r.${column('new')}
      where r.${column('old')} = ${asked} limit 1`),
  )
}

/** Relations of `profile`, `rank` and `sort`: whom a question may mean, the best first, equals in the order of `sort`. */
export type Candidates = Part

/** Those with a record that a source calls so. */
export const byRecord = (source: string, id: string): Candidates =>
  sql`select l.profile, 0 as rank, '' as sort from ${modelTable(on)} r join ${linkTable(on)} l on l.record = r._key
    where r.id = ${value(id)} and (r._stream = ${value(source)} or r._source = ${value(source)})`

const byTerm = (kind: string, condition: Part): Candidates =>
  sql`select l.profile, 0 as rank, '' as sort from ${termTable(on)} t join ${linkTable(on)} l on l.record = t.record
    where t.kind = ${value(kind)} and ${condition}`

/** Those with this e-mail address, however it is written. */
export const byEmail = (email: string): Candidates =>
  byTerm('email', sql`t.value = ${tidied('email', value(email))}`)

/** Those with this telephone number; without a country or a calling code, those whose number ends like it. */
export async function byPhone(
  engine: Engine,
  phone: string,
  country?: string,
): Promise<Candidates> {
  const number = sql`select ${value(phone)} as raw, ${value(country ?? null, 'text')} as country`
  const [row] = await engine.rows(sql`select value from (${phones(number)}) n`)
  const dialled = shown(row?.['value'])
  if (dialled === undefined) return byTerm('phone', sql`false`)
  const text = String(dialled)
  return text.startsWith('+')
    ? byTerm('phone', sql`t.value = ${value(text)}`)
    : byTerm('phone', call('ends_with', sql`t.value`, value(text.replace(/^0+/, ''))))
}

/**
 * Those whose name, e-mail address or telephone number holds the text; in full, then from the start, then anywhere. Of very
 * many only the best: a letter or two are in nearly everybody.
 */
export async function search(
  engine: Engine,
  question: string,
  page: Page = {},
): Promise<FoundProfiles> {
  const [row] = await engine.rows(sql`select ${searchWords(value(question))} as words`)
  const words = String(row?.['words'] ?? '')
  const plain = question.trim().toLowerCase()
  const phone = phonePart(question)
  const named = words === '' ? [] : [nameRank(words)]
  // No address that is known has a blank in it.
  const mailed = plain.length < 2 || /\s/.test(plain) ? [] : [termRank('email', plain)]
  const phoned = phone === undefined ? [] : [termRank('phone', phone)]
  const asked = /^\d{16,19}$/.test(plain) ? await resolved(engine, plain) : undefined
  const terms = join(
    [
      ...named,
      ...mailed,
      ...phoned,
      sql`select ${value(0n)} as record, 9 as rank, '' as sort where false`,
    ],
    sql` union all `,
  )
  const here =
    page.within === undefined
      ? sql`true`
      : sql`record in (select record from ${linkTable(on)} where ${inside(page)})`
  const best = sql`select record, rank, sort from (${terms}) f where ${here}
    order by rank, sort, record limit ${value(mostFor(page))}`
  const found = sql`select l.profile, t.rank, t.sort from (${best}) t join ${linkTable(on)} l on l.record = t.record`
  const candidates =
    asked === undefined
      ? found
      : sql`${found} union all select ${value(BigInt(asked))} as profile, 0 as rank, '' as sort`
  return bestOf(engine, candidates, { ...page, most: mostFor(page) })
}

/** What of a question stands in telephone numbers as they are kept; nothing where it says too little, or is none. */
function phonePart(question: string): string | undefined {
  const typed = question.replace(/\D/g, '')
  if (/\p{L}/u.test(question)) return undefined
  if (question.trim().startsWith('+')) return typed === '' ? undefined : `+${typed}`
  const dialled = typed.replace(/^0+/, '')
  // A zero before it says that it is the beginning.
  return dialled.length < (typed === dialled ? 4 : 3) ? undefined : dialled
}

const rankOf = (exact: Part, starts: Part): Part =>
  sql`case when t.value = ${exact} then 0 when ${call('starts_with', sql`t.value`, starts)} then 1 else 3 end`

const termRank = (kind: string, part: string): Part =>
  sql`select t.record, ${rankOf(value(part), value(part))} as rank, t.value as sort from ${termTable(on)} t
    where t.kind = ${value(kind)} and ${call('contains', sql`t.value`, value(part))}`

function nameRank(words: string): Part {
  const each = words.split(' ')
  // Without putting a blank before every name there is, which costs more than looking twice.
  const begin = (word: string) =>
    sql`(${call('starts_with', sql`t.value`, value(word))} or ${call('contains', sql`t.value`, value(` ${word}`))})`
  const begins = every(each.map(begin))
  // One or two letters are somewhere in everybody's name.
  const holds = every(
    each.map((word) =>
      word.length < 3 ? begin(word) : call('contains', sql`t.value`, value(word)),
    ),
  )
  return sql`select t.record, case when t.value = ${value(words)} then 0
      when ${call('starts_with', sql`t.value`, value(words))} then 1 when ${begins} then 2 else 3 end as rank, t.value as sort
    from ${termTable(on)} t where t.kind = 'name' and ${holds}`
}

/** A part of a list. */
export interface Page {
  readonly limit?: number
  readonly offset?: number
  /** The only data space that is looked at, where there is such a limit. */
  readonly within?: string | undefined
}

/** The condition that a profile is in the data space that is looked at. */
const inside = ({ within }: Page): Part =>
  within === undefined
    ? sql`true`
    : sql`profile in (select profile from ${unifiedTable(on)} where _space = ${value(within)})`

/** How many records are looked at for a page of candidates; the engine keeps fewer than 5,000 in order without sorting all. */
const mostFor = ({ limit = 50, offset = 0 }: Page): number => 4000 + 4 * (offset + limit)

const cut = ({ limit = 50, offset = 0 }: Page): Part =>
  sql`limit ${value(limit)} offset ${value(offset)}`

/** A page of everybody, by name. */
export const everybody = (engine: Engine, page: Page): Promise<FoundProfiles> =>
  summaries(
    engine,
    sql`select profile, (select count(*) from ${unifiedTable(on)} where ${inside(page)}) as total
      from ${unifiedTable(on)} u where ${inside(page)}
      order by nullif(lower(${nameOf('u')}), '') nulls last, profile ${cut(page)}`,
  )

/** A page of candidates: the best first, then in the order of what they were found by; `most` is how many there can be. */
export const bestOf = (
  engine: Engine,
  candidates: Candidates,
  { most, ...page }: Page & { readonly most?: number } = {},
): Promise<FoundProfiles> =>
  summaries(
    engine,
    sql`select profile, count(*) over () as total, ${most === undefined ? sql`false` : sql`sum(n) over () >= ${value(most)}`} as more
      from (select profile, min(rank || sort) as place, count(*) as n from (${candidates}) c where ${inside(page)} group by profile) best
      order by place, profile ${cut(page)}`,
  )

async function summaries(engine: Engine, query: Part): Promise<FoundProfiles> {
  const page = await engine.rows(query)
  const total = Number(page[0]?.['total'] ?? 0)
  if (total === 0) return { total, profiles: [] }
  const ids = page.map((row) => String(row['profile']))
  const found = await summariesOf(engine, ids)
  const profiles = ids.flatMap((id) => found.get(id) ?? [])
  return { total, ...(page[0]?.['more'] === true ? { more: true } : {}), profiles }
}

async function summariesOf(
  engine: Engine,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ProfileSummary>> {
  const listed = join(ids.map((id) => value(BigInt(id))))
  // Joined with those of the list, a large table is read only where one of them may be; of a mere list the engine makes less.
  const few = sql`select record, profile from ${linkTable(on)} where profile in (${listed})`
  const [profiles, terms, sources] = await Promise.all([
    engine.rows(sql`select u.profile, ${nameOf('u')} as name, u.city, u.country, u.record_count
      from ${unifiedTable(on)} u where u.profile in (select profile from (${few}) l)`),
    engine.rows(sql`select distinct l.profile, t.kind, t.value from (${few}) l join ${termTable(on)} t on t.record = l.record
      where t.kind in ('email', 'phone') order by t.value`),
    engine.rows(sql`select distinct _profile as profile, _source as value from ${modelTable(on)}
      where _profile in (${listed}) order by _source`),
  ])
  const ofKind = (kind: string) => valuesBy(terms.filter((row) => row['kind'] === kind))
  const [emails, phones, systems] = [ofKind('email'), ofKind('phone'), valuesBy(sources)]
  return new Map(
    profiles.map((row): [string, ProfileSummary] => {
      const id = String(row['profile'])
      const [city, country] = [shown(row['city']), shown(row['country'])]
      return [
        id,
        {
          id,
          name: String(row['name']),
          emails: emails.get(id) ?? [],
          phones: phones.get(id) ?? [],
          ...(city === undefined ? {} : { city: String(city) }),
          ...(country === undefined ? {} : { country: String(country) }),
          records: Number(row['record_count']),
          sources: systems.get(id) ?? [],
        },
      ]
    }),
  )
}

/** Values by the profile that they belong to, in the order of the rows. */
function valuesBy(rows: readonly Row[]): ReadonlyMap<string, string[]> {
  const groups = Map.groupBy(rows, (row) => String(row['profile']))
  return new Map([...groups].map(([id, of]) => [id, of.map((row) => String(row['value']))]))
}

/** What a profile is called. */
export function nameOf(of: string): Part {
  const [first, last] = [column('first_name', of), column('last_name', of)]
  return sql`coalesce(nullif(trim(coalesce(${first}, '') || ' ' || coalesce(${last}, '')), ''), ${column('person_name', of)}, '')`
}
