import { sql, value } from '#engine'
import type { RankFound } from './api.ts'
import { compilePlaces, compileStanding } from './compile.ts'
import type { Membership, Rank } from './definition.ts'
import type { Ground } from './ground.ts'
import { cellOf, type Scene } from './why-rows.ts'
import { rankWords } from './why-words.ts'

/** Where somebody stands among all for whom the conditions hold, in their group, and who is the last that is in. */
export async function rankOf(
  scene: Scene & { readonly profile: bigint },
  of: Membership & { readonly rank: Rank },
  everybody: Ground,
): Promise<RankFound> {
  const { engine, profile, signal } = scene
  const { rank } = of
  const ask = signal ? { signal } : {}
  const zone = of.time_zone ?? 'UTC'
  const [standing] = await engine.rows(
    sql`select value, peers from (${compileStanding(rank, zone, scene.ground)}) s where profile = ${value(profile)}`,
    ask,
  )
  const peers = standing?.['peers'] ?? null
  // Their group is told by the engine itself, so that no value goes out and in again.
  const rows = await engine.rows(
    sql`with mine as (select peers from (${compileStanding(rank, zone, scene.ground)}) s where profile = ${value(profile)}),
    ranked as (select p.profile, p.place, p.value from (${compilePlaces(of, everybody)}) p join mine on p.peers is not distinct from mine.peers)
    select profile, place, value, (select count(*) from ranked) as among from ranked
    where profile = ${value(profile)} or place = (select max(place) from ranked where place <= ${value(rank.first)})`,
    ask,
  )
  const mine = rows.find((row) => String(row['profile']) === String(profile))
  const last = rows.find(
    (row) => Number(row['place']) <= rank.first && (row !== mine || rows.length === 1),
  )
  const place = mine === undefined ? undefined : Number(mine['place'])
  return {
    says: rankWords(rank),
    first: rank.first,
    ...optionalCell('group', peers),
    ...(place === undefined ? {} : { place }),
    ...optionalCell('value', standing?.['value']),
    among: Number(rows[0]?.['among'] ?? 0),
    ...(last
      ? {
          last: {
            profile: String(last['profile']),
            place: Number(last['place']),
            ...optionalCell('value', last['value']),
          },
        }
      : {}),
    holds: place !== undefined && place <= rank.first,
  }
}

const optionalCell = <N extends string>(name: N, of: unknown) => {
  const cell = cellOf(of)
  // The name is the only member.
  return (cell === undefined ? {} : { [name]: cell }) as { [name in N]?: NonNullable<typeof cell> }
}
