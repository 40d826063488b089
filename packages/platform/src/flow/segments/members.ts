import {
  call,
  column,
  type Draft,
  type Engine,
  join,
  type Row,
  sql,
  typeName,
  value,
} from '#engine'
import type { Member, MemberPage, PersonSummary } from './api.ts'
import { peopleOf } from './compile.ts'
import type { Ground } from './ground.ts'
import { isUnified } from './subjects.ts'
import { memberTable } from './tables.ts'

/** What a list shows of a person (the name as a whole, or put together), an account or a row, as far as there are such fields. */
export function summaryOf({ subjects: { on }, columns }: Ground): Draft {
  const there = columns(isUnified(on) ? 'unified' : 'model', on)
  const cell = (name: string) =>
    there.has(name) ? column(name, 'person') : sql`cast(null as ${typeName('text')})`
  const names = sql`nullif(trim(coalesce(${cell('first_name')}, '') || ' ' || coalesce(${cell('last_name')}, '')), '')`
  const one = sql`nullif(coalesce(${cell('person_name')}, ${cell('name')}), '')`
  return join([
    sql`person.profile`,
    sql`coalesce(${one}, ${names}) as name`,
    sql`${cell('city')} as city`,
    sql`${cell('country')} as country`,
  ])
}

interface Members {
  readonly segment: string
  readonly ground: Ground
}

/** One page of the published members of a segment, in the order of their ids. */
export async function membersOf(
  engine: Engine,
  { segment, ground }: Members,
  { after, limit }: { after: bigint | undefined; limit: number },
): Promise<MemberPage> {
  const own = sql`m.segment = ${value(segment)}`
  const later = after === undefined ? sql`` : sql`and m.profile > ${value(after)}`
  const [rows, [count]] = await Promise.all([
    engine.rows(sql`select ${summaryOf(ground)}, m.entered_at, m.profile as member
      from ${memberTable} m left join ${peopleOf(ground)} person on person.profile = m.profile
      where ${own} ${later} order by m.profile limit ${value(limit + 1)}`),
    engine.rows(sql`select count(*) as n from ${memberTable} m where ${own}`),
  ])
  const members = rows.slice(0, limit).map(memberFrom)
  const next = rows.length > limit ? members.at(-1)?.profile : undefined
  return { members, total: Number(count?.['n']), ...(next === undefined ? {} : { next }) }
}

/** Some of the people that a query with one column `profile` finds; the same ones each time. */
export async function sampleOf(
  engine: Engine,
  who: Draft,
  { limit, ground, ...ask }: { limit: number; ground: Ground; signal?: AbortSignal },
): Promise<readonly PersonSummary[]> {
  const order = call('random_order', column('profile', 'person'))
  const rows = await engine.rows(
    sql`select ${summaryOf(ground)} from ${peopleOf(ground)} person where person.profile in (
${who}
) order by ${order} limit ${value(limit)}`,
    ask,
  )
  return rows.map(summaryFrom)
}

/** A member, from a row with the cells of `summaryOf`, `member` and `entered_at`. */
export function memberFrom(row: Row): Member {
  const { member, ...person } = row
  return {
    ...summaryFrom({ ...person, profile: member ?? null }),
    entered_at: String(row['entered_at']),
  }
}

/** A person as lists show them, from the cells of `summaryOf`. */
export const summaryFrom = (row: Row): PersonSummary => ({
  profile: String(row['profile']),
  ...filled(row, 'name'),
  ...filled(row, 'city'),
  ...filled(row, 'country'),
})

/** A cell as an answer has it, under its name; nothing for an empty one. */
export const filled = <N extends string>(row: Row, name: N): { readonly [name in N]?: string } => {
  const cell = row[name]
  // The name is the only member.
  return cell === null || cell === undefined
    ? {}
    : ({ [name]: String(cell) } as { [name in N]: string })
}
