import {
  cast,
  type Draft,
  type Engine,
  join,
  type Part,
  sql,
  type TableName,
  table,
  value,
  type Writer,
} from '#engine'
import { memberPositions, memberTable, stateTable, type Written } from '#segments'

/**
 * Where each profile is a member, some sixty segments in one number: `profile`, `word`, `bits`. The table of members is in the
 * order of segments; to find some people in it, all of it would have to be read in every round.
 */
const bitsTable = table('segment', '_bits')

/** Which bit tells of a segment: `segment`, `word`, `power` (of two), and `position`: that of the members it tells of. */
const placeTable = table('segment', '_place')

/** Makes the tables of memberships. */
export async function prepareMemberships(writer: Writer): Promise<void> {
  await writer.run(
    sql`create table if not exists ${bitsTable} (profile bigint, word bigint, bits bigint)`,
  )
  await writer.run(
    sql`create table if not exists ${placeTable} (segment varchar, word bigint, power bigint, position bigint)`,
  )
}

interface Place {
  readonly word: number
  readonly power: bigint
  readonly position: number
}

async function placesNow(engine: Engine): Promise<ReadonlyMap<string, Place>> {
  const rows = await engine.rows(sql`select segment, word, power, position from ${placeTable}`, {
    lane: 'tick',
  })
  return new Map(
    rows.map((row) => [
      String(row['segment']),
      {
        word: Number(row['word']),
        power: BigInt(String(row['power'])),
        position: Number(row['position']),
      },
    ]),
  )
}

/** Which of some segments have bits that tell of their members at these positions. */
export async function coveredNow(
  engine: Engine,
  positions: ReadonlyMap<string, number>,
): Promise<ReadonlySet<string>> {
  const places = await placesNow(engine)
  const held = [...positions].filter(([key, at]) => places.get(key)?.position === at)
  return new Set(held.map(([key]) => key))
}

/** The bits of some profiles. By name they would be found later than by a join: there are few bits beside rows. */
export const bitsAmong = (among: Part): Draft =>
  sql`select profile, word, bits from ${bitsTable} where profile in (select profile from ${among})`

/** Where some profiles are members now, by their bits, and by the table of members where these do not tell: `segment`, `profile`. */
export function thereAmong(among: TableName, bits: TableName, uncovered: readonly string[]): Draft {
  const isSet = sql`b.bits % (p.power * 2) >= p.power`
  const byBits = sql`select p.segment, b.profile from ${bits} b
    join (select p.segment, p.word, p.power from ${placeTable} p
      join ${stateTable} s on s.segment = p.segment and s.position = p.position) p on p.word = b.word
    where ${isSet}`
  if (uncovered.length === 0) return byBits
  return sql`${byBits} union all select segment, profile from ${memberTable}
    where segment in (${listOf(uncovered)}) and profile in (select profile from ${among})`
}

const listOf = (keys: readonly string[]) => join(keys.map((key) => value(key)))

/** Keeps the bits in step, in the change that writes members. `bits` are those of the profiles that were looked at, as they were. */
export async function keepBits(
  writer: Writer,
  { position, segments, verdicts, gone }: Written,
  { bits, covered }: { readonly bits: Part; readonly covered: ReadonlySet<string> },
): Promise<void> {
  const mine = segments.filter((key) => covered.has(key))
  if (mine.length === 0) return
  const isMine = sql`segment in (${listOf(mine)})`
  const more = cast(sql`sum(d.sign * p.power)`, 'integer')
  const deltas = sql`select d.profile, p.word, ${more} as more from (
      select segment, profile, 1 as sign from ${verdicts} where verdict in ('entered', 'moved')
      union all select segment, old, -1 from ${gone}) d
    join (select segment, word, power from ${placeTable} where ${isMine}) p on p.segment = d.segment
    group by d.profile, p.word having ${more} <> 0`
  await writer.staged(deltas, async (delta) => {
    await writer.run(sql`update ${bitsTable} set bits = bits + d.more from ${delta} d
      where ${bitsTable}.profile = d.profile and ${bitsTable}.word = d.word`)
    await writer.run(sql`insert into ${bitsTable} (profile, word, bits)
      select d.profile, d.word, d.more from ${delta} d
      left join ${bits} b on b.profile = d.profile and b.word = d.word where b.profile is null`)
  })
  await writer.run(sql`update ${placeTable} set position = ${value(position)} where ${isMine}`)
}

const bitsInWord = 60

/** A place for everyone: those who have one keep it, as long as they are there. */
function placesFor(
  keys: readonly string[],
  known: ReadonlyMap<string, Place>,
): ReadonlyMap<string, Pick<Place, 'word' | 'power'>> {
  const kept = new Map(keys.flatMap((key) => [[key, known.get(key)] as const]))
  const taken = new Set([...kept.values()].map((of) => of && `${of.word} ${of.power}`))
  const places = new Map<string, Pick<Place, 'word' | 'power'>>()
  let next = 0
  for (const [key, of] of kept) {
    let place: Pick<Place, 'word' | 'power'> | undefined = of
    while (place === undefined) {
      const free = { word: Math.floor(next / bitsInWord), power: 2n ** BigInt(next % bitsInWord) }
      next++
      if (!taken.has(`${free.word} ${free.power}`)) place = free
    }
    places.set(key, place)
  }
  return places
}

/**
 * Makes bits anew for a segment that was published whole since, and for all that share its word. Where somebody changes their
 * members meanwhile, nothing is done.
 */
export async function coverOne(engine: Engine, keys: readonly string[]): Promise<void> {
  const positions = await memberPositions(engine, keys)
  const there = keys.filter((key) => positions.has(key))
  const known = await placesNow(engine)
  const stale = there.find((key) => known.get(key)?.position !== positions.get(key))
  if (stale === undefined) return
  const places = placesFor(there, known)
  const word = places.get(stale)?.word
  const mates = there.flatMap((key) => {
    const place = places.get(key)
    return place?.word === word && place ? [{ key, ...place }] : []
  })
  const rows = mates.map(({ key, power }) => sql`(${value(key)}, ${value(power)})`)
  const anew = sql`select m.profile, ${cast(sql`sum(p.power)`, 'integer')} as bits from ${memberTable} m
    join (values ${join(rows)}) p(segment, power) on p.segment = m.segment
    where m.segment in (${listOf(mates.map(({ key }) => key))}) group by m.profile`
  const of = value(word ?? 0)
  const ask = { lane: 'tick' } as const
  await engine.staged(
    anew,
    (staged) =>
      engine.change('bits of members', async (writer) => {
        const now = await memberPositions(writer, keys)
        if (mates.some(({ key }) => now.get(key) !== positions.get(key))) return
        await writer.run(sql`delete from ${bitsTable} where word = ${of}`)
        await writer.run(
          sql`insert into ${bitsTable} (profile, word, bits) select profile, ${of}, bits from ${staged}`,
        )
        const list = listOf(mates.map(({ key }) => key))
        await writer.run(sql`delete from ${placeTable} where word = ${of} or segment in (${list})`)
        const cells = mates.map(
          ({ key, power }) =>
            sql`(${value(key)}, ${of}, ${value(power)}, ${value(positions.get(key) ?? 0)})`,
        )
        await writer.run(
          sql`insert into ${placeTable} (segment, word, power, position) values ${join(cells)}`,
        )
      }),
    ask,
  )
}
