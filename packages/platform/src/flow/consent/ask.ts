import { column, type Engine, join, sql, value } from '#engine'
import { redirectTable } from '#identity'
import type { ConsentAsked, ConsentQuestion, Standing } from './definition.ts'
import { allows } from './definition.ts'
import { speakingOf } from './kept.ts'
import { standingOfFew } from './standing.ts'
import { type ConsentGround, pointOf, pointsOf } from './statements.ts'

/** Who is to be reached: a profile, a contact point, or a profile by one of its contact points. */
export interface Reached {
  readonly profile?: string | undefined
  readonly contactPoint?: string | undefined
}

/** What is known of somebody's consent. */
export interface KnownConsent {
  readonly standing: Standing
  /** When it was said. */
  readonly since?: Date
}

/** What the tables of the model say at this moment. */
export async function consentGround(engine: Engine, now: Date): Promise<ConsentGround> {
  const tables = await engine.tables('model')
  const columns = new Map(
    tables.map(({ name, columns: of }) => [name, new Set(of.map((one) => one.name))]),
  )
  return { columns: (object) => columns.get(object) ?? new Set(), now }
}

/** Asks for a few people at once, in their order. Profiles that were merged are asked for under the one that took them in. */
export async function askConsent(
  engine: Engine,
  question: ConsentQuestion,
  { people, now }: { readonly people: readonly Reached[]; readonly now: Date },
): Promise<readonly KnownConsent[]> {
  if (people.length === 0) return []
  const ground = await consentGround(engine, now)
  const asked = await keysOf(engine, people)
  const profiles = [...new Set(asked.flatMap(({ profile }) => profile ?? []))]
  const named = asked.flatMap(({ point }) => point ?? [])
  const own = pointsOf({ ...ground, only: { profiles, points: [] } })
  const rows = own === undefined ? [] : await engine.rows(own)
  const points = [...new Set([...named, ...rows.map((row) => String(row['point']))])].filter(
    (one) => one !== '',
  )
  const speaking = await speakingOf(engine, { profiles, points }, ground.columns)
  const listed = join(
    asked.map(
      ({ profile, point }, n) =>
        sql`(${value(n)}, ${value(profile ?? null, 'integer')}, ${value(point ?? null, 'text')})`,
    ),
  )
  const query = standingOfFew(
    sql`(select * from (values ${listed}) few(n, profile, point))`,
    question,
    { ...ground, only: { profiles, points, speaking } },
  )
  const found = new Map((await engine.rows(query)).map((row) => [Number(row['n']), row]))
  return asked.map((_, n): KnownConsent => {
    const row = found.get(n)
    const [standing, since] = [row?.['standing'], row?.['since']]
    // The words of the query are those of the type.
    const known = { standing: (standing ?? 'unknown') as Standing }
    return since === null || Number(since) === 0 || known.standing === 'unknown'
      ? known
      : { ...known, since: new Date(Number(since)) }
  })
}

interface Keys {
  readonly profile: bigint | undefined
  readonly point: string | undefined
}

async function keysOf(engine: Engine, people: readonly Reached[]): Promise<readonly Keys[]> {
  const listed = join(
    people.map(({ profile, contactPoint }, n) => {
      const id = profile === undefined ? null : BigInt(profile)
      return sql`(${value(n)}, ${value(id, 'integer')}, ${value(contactPoint ?? null, 'text')})`
    }),
  )
  const redirects = redirectTable('individual')
  const isThere = (await engine.tables('unified')).some(({ name }) => name === redirects.name)
  const now = isThere
    ? sql`coalesce((select min(${column('new', 'r')}) from ${redirects} r where ${column('old', 'r')} = a.profile), a.profile)`
    : sql`a.profile`
  const rows = await engine.rows(
    sql`select ${now} as profile, nullif(${pointOf(sql`a.point`)}, '') as point
      from (values ${listed}) a(n, profile, point) order by a.n`,
  )
  return rows.map(({ profile, point }) => ({
    profile: profile === null ? undefined : BigInt(String(profile)),
    point: point === null ? undefined : String(point),
  }))
}

/** Why somebody may not be reached; nothing when they may. */
export function whyNotReached(
  { channel, purpose, basis }: ConsentAsked,
  { standing, since }: KnownConsent,
): string | undefined {
  if (allows(basis, standing)) return undefined
  const what = purpose === undefined ? channel : `${channel} for ${purpose}`
  if (standing === 'unknown') return `no consent to ${what} is known`
  return `${what} was refused${since ? ` on ${since.toISOString().slice(0, 10)}` : ''}`
}
