import { as, call, column, type Engine, every, join, type Part, sql, value } from '#engine'
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
import { shown, texts } from './cells.ts'
import { profileFaults } from './faults.ts'
import { on } from './scene.ts'

/** The profile that an id stands for now; ids that were merged lead to the one that took them in. */
export async function resolve(engine: Engine, id: string): Promise<string> {
  const found = await resolved(engine, id)
  if (found === undefined) throw profileFaults.unknown_profile({ id })
  return found
}

/** The same, or nothing when no profile has or had the id. */
export async function resolved(engine: Engine, id: string): Promise<string | undefined> {
  if (!/^\d{1,19}$/.test(id) || BigInt(id) >= 2n ** 63n) return undefined
  const asked = value(BigInt(id))
  const [row] =
    await engine.rows(sql`select profile from ${unifiedTable(on)} where profile = ${asked}
    union all select ${column('new')} from ${redirectTable(on)} where ${column('old')} = ${asked} limit 1`)
  return row && String(row['profile'])
}

/** Relations of `profile` and `rank`: whom a question may mean, the best first. */
export type Candidates = Part

/** Those with a record that a source calls so. */
export const byRecord = (source: string, id: string): Candidates =>
  sql`select l.profile, 0 as rank from ${modelTable(on)} r join ${linkTable(on)} l on l.record = r._key
    where r.id = ${value(id)} and (r._stream = ${value(source)} or r._source = ${value(source)})`

const byTerm = (kind: string, condition: Part): Candidates =>
  sql`select l.profile, 0 as rank from ${termTable(on)} t join ${linkTable(on)} l on l.record = t.record
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

/** Those whose name, e-mail address or telephone number holds the text; in full, then from the start, then anywhere. */
export async function bySearch(engine: Engine, question: string): Promise<Candidates> {
  const [row] = await engine.rows(sql`select ${searchWords(value(question))} as words`)
  const words = String(row?.['words'] ?? '')
  const plain = question.trim().toLowerCase()
  const digits = question.replace(/\D/g, '').replace(/^0+/, '')
  const named = words === '' ? [] : [nameRank(words)]
  const mailed = plain.length < 2 ? [] : [termRank('email', plain)]
  const phoned = digits.length < 4 || /\p{L}/u.test(question) ? [] : [termRank('phone', digits)]
  const asked = /^\d{16,19}$/.test(plain) ? await resolved(engine, plain) : undefined
  const terms = join(
    [...named, ...mailed, ...phoned, sql`select ${value(0n)} as record, 9 as rank where false`],
    sql` union all `,
  )
  const found = sql`select l.profile, t.rank from (${terms}) t join ${linkTable(on)} l on l.record = t.record`
  return asked === undefined
    ? found
    : sql`${found} union all select ${value(BigInt(asked))} as profile, 0 as rank`
}

const rankOf = (exact: Part, starts: Part): Part =>
  sql`case when t.value = ${exact} then 0 when ${call('starts_with', sql`t.value`, starts)} then 1 else 3 end`

const termRank = (kind: string, part: string): Part =>
  sql`select t.record, ${rankOf(value(part), value(part))} as rank from ${termTable(on)} t
    where t.kind = ${value(kind)} and ${call('contains', sql`t.value`, value(part))}`

function nameRank(words: string): Part {
  const each = words.split(' ')
  const holds = every(each.map((word) => call('contains', sql`t.value`, value(word))))
  const begins = every(
    each.map((word) => call('contains', sql`(' ' || t.value)`, value(` ${word}`))),
  )
  return sql`select t.record, case when t.value = ${value(words)} then 0
      when ${call('starts_with', sql`t.value`, value(words))} then 1 when ${begins} then 2 else 3 end as rank
    from ${termTable(on)} t where t.kind = 'name' and ${holds}`
}

/** Everybody. */
export const everybody: Candidates = sql`select profile, 0 as rank from ${unifiedTable(on)}`

/** A page of candidates as summaries, the best first, then by name. */
export async function summaries(
  engine: Engine,
  candidates: Candidates,
  { limit = 50, offset = 0 }: { readonly limit?: number; readonly offset?: number } = {},
): Promise<FoundProfiles> {
  const rows = await engine.rows(sql`
    with best as (select profile, min(rank) as rank from (${candidates}) c group by profile),
      page as (select b.profile, b.rank, ${nameOf('u')} as name, u.city, u.country, u.record_count, count(*) over () as total
        from best b join ${unifiedTable(on)} u on u.profile = b.profile
        order by b.rank, name, b.profile limit ${value(limit)} offset ${value(offset)}),
      member as (select l.record, l.profile from ${linkTable(on)} l where l.profile in (select profile from page)),
      term as (select m.profile, ${valuesOf('email')}, ${valuesOf('phone')} from member m
        join ${termTable(on)} t on t.record = m.record group by m.profile),
      source as (select m.profile, ${call('list_of', sql`distinct r._source`, sql`r._source`)} as sources
        from member m join ${modelTable(on)} r on r._key = m.record group by m.profile)
    select p.*, t.email, t.phone, s.sources from page p left join term t on t.profile = p.profile
      left join source s on s.profile = p.profile order by p.rank, p.name, p.profile`)
  return {
    total: Number(rows[0]?.['total'] ?? 0),
    profiles: rows.map((row): ProfileSummary => {
      const [city, country] = [shown(row['city']), shown(row['country'])]
      return {
        id: String(row['profile']),
        name: String(row['name'] ?? ''),
        emails: texts(row['email']),
        phones: texts(row['phone']),
        ...(city === undefined ? {} : { city: String(city) }),
        ...(country === undefined ? {} : { country: String(country) }),
        records: Number(row['record_count']),
        sources: texts(row['sources']),
      }
    }),
  }
}

/** What a profile is called. */
export const nameOf = (of: string): Part => {
  const [first, last] = [column('first_name', of), column('last_name', of)]
  return sql`coalesce(nullif(trim(coalesce(${first}, '') || ' ' || coalesce(${last}, '')), ''), ${column('person_name', of)}, '')`
}

const valuesOf = (kind: string): Part =>
  as(
    sql`${call('list_of', sql`distinct t.value`, sql`t.value`)} filter (where t.kind = ${value(kind)})`,
    column(kind),
  )
