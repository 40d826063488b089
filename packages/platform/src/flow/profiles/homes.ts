import { join, type Part, sql, value } from '#engine'
import { linkTable, termTable, unifiedTable } from '#identity'
import { comparedAddresses } from './contact-points.ts'
import { on, type Scene } from './scene.ts'

/** An address of somebody at which others are reached too. */
export interface Home {
  readonly key: string
  readonly name: string
  readonly total: number
  readonly people: readonly { readonly profile: string; readonly isFamily: boolean }[]
}

/**
 * The addresses of a person at which there are others, in the same data space; those with the same last name first. An
 * address is what identity compares: street, postal code and city, however they are written.
 */
export async function homesOf(scene: Scene, profile: Part, most: number): Promise<readonly Home[]> {
  const own = await ownAddresses(scene, profile)
  if (own.size === 0) return []
  const listed = join([...own.keys()].map((address) => value(address)))
  const rows = await scene.engine.rows(sql`select * from (
    select a.value, a.profile, a.is_family, count(*) over (partition by a.value) as total,
      row_number() over (partition by a.value order by a.is_family desc, a.profile) as place
    from (select distinct t.value, l.profile,
        coalesce(lower(trim(u.last_name)) = lower(trim(mine.last_name)), false) as is_family
      from ${termTable(on)} t
      join ${linkTable(on)} l on l.record = t.record
      join ${unifiedTable(on)} u on u.profile = l.profile
      join ${unifiedTable(on)} mine on mine.profile = ${profile} and mine._space = u._space
      where t.kind = 'address' and t.value in (${listed}) and l.profile <> ${profile}) a) placed
    where place <= ${value(most)} order by value, place`)
  const byAddress = Map.groupBy(rows, (row) => String(row['value']))
  return [...byAddress].map(([address, of]) => ({
    key: `address ${address}`,
    name: own.get(address) ?? address,
    total: Number(of[0]?.['total'] ?? 0),
    people: of.map((row) => ({
      profile: String(row['profile']),
      isFamily: row['is_family'] === true,
    })),
  }))
}

/** Where a person lives, as identity compares it, and how it is written. A street alone, or a city, is nobody's home. */
async function ownAddresses(scene: Scene, profile: Part): Promise<ReadonlyMap<string, string>> {
  const all = await comparedAddresses(scene, profile)
  return new Map(
    [...all].filter(([address]) => {
      const [street, ...place] = address.split('|')
      return street !== '' && place.join('') !== ''
    }),
  )
}
