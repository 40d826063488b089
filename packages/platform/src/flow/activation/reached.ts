import { type Draft, type Engine, every, sql, value } from '#engine'
import { everyoneOf, type Ground, summaryFrom, summaryOf } from '#segments'
import type { ReachedPage } from './api.ts'
import type { Counts } from './kept.ts'
import { type Line, rememberedBy } from './tables.ts'

/** Which people are asked for; all of them unless something is named. */
export interface ReachedAsked {
  /** Queued or sent, or held back. */
  readonly state?: 'sent' | 'held' | undefined
  readonly reason?: string | undefined
  readonly profile?: bigint | undefined
  /** The last profile of the page before. */
  readonly after?: bigint | undefined
  readonly limit: number
}

/** Whom a destination has by an activation or will have, and who is held back and why, page by page, by their ids. */
export async function reachedBy(
  engine: Engine,
  { line, ground }: { readonly line: Line; readonly ground: Ground },
  asked: ReachedAsked,
): Promise<ReachedPage> {
  const remembered = rememberedBy(line)
  const later = asked.after === undefined ? sql`true` : sql`r.profile > ${value(asked.after)}`
  const [rows, counts] = await Promise.all([
    engine.rows(sql`select ${summaryOf(ground)}, r.profile as member, r.reason
      from (${remembered}) r left join ${everyoneOf(ground)} person on person.profile = r.profile
      where ${isAsked(asked)} and ${later} order by r.profile limit ${value(asked.limit + 1)}`),
    engine.rows(sql`select r.reason, count(*) as people from (${remembered}) r
      where ${isAsked({ profile: asked.profile })} group by r.reason order by people desc, r.reason`),
  ])
  const people = rows.slice(0, asked.limit).map(({ member = null, reason = null, ...person }) => ({
    ...summaryFrom({ ...person, profile: member }),
    reason: reason === null ? null : String(reason),
  }))
  const next = rows.length > asked.limit ? people.at(-1)?.profile : undefined
  const held: Counts = Object.fromEntries(
    counts.flatMap(({ reason, people: n }) =>
      reason == null ? [] : [[String(reason), Number(n)]],
    ),
  )
  const sent = Number(counts.find(({ reason }) => reason == null)?.['people'] ?? 0)
  return { people, sent, held, ...(next === undefined ? {} : { next }) }
}

const isAsked = ({ state, reason, profile }: Omit<ReachedAsked, 'limit'>): Draft =>
  every([
    ...(state === 'sent' ? [sql`r.reason is null`] : []),
    ...(state === 'held' ? [sql`r.reason is not null`] : []),
    ...(reason === undefined ? [] : [sql`r.reason = ${value(reason)}`]),
    ...(profile === undefined ? [] : [sql`r.profile = ${value(profile)}`]),
  ])
