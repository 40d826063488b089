import {
  type Ask,
  type Engine,
  join,
  type Part,
  sql,
  type TableName,
  value,
  type Writer,
} from '#engine'
import { modelTable } from '#model'
import { compileBits } from './compile.ts'
import type { Membership } from './definition.ts'
import type { Ground } from './ground.ts'
import type { Published } from './publish.ts'
import { memberTable, personTable, stateTable } from './tables.ts'

/** So many memberships are asked together at most: each has a bit of one number. */
export const mostTogether = 60

/** Several segments about people, without ranks. */
export interface Meant {
  readonly segments: ReadonlyMap<string, Membership>
  readonly ground: Ground
  readonly ask?: Pick<Ask, 'signal'>
}

/** Asks everybody at once whom several segments mean; a table of `profile` and `bits`, as long as `use` runs. */
function asked<T>(
  engine: Engine,
  { segments, ground, ask = {} }: Meant,
  use: (bits: TableName, places: readonly Place[]) => Promise<T>,
): Promise<T> {
  const instead = {
    people: personTable,
    rows: modelTable,
    members: (key: string) =>
      segments.has(key)
        ? ('as defined' as const)
        : sql`select profile from ${memberTable} where segment = ${value(key)}`,
  }
  // In the order of people, so that members are: whoever leaves later is then found without looking through all of them.
  const who = sql`select profile, bits from (${compileBits([...segments.values()], { ...ground, instead })}) a order by profile`
  const places = [...segments.keys()].map((segment, i): Place => {
    const power = 2n ** BigInt(i)
    return { segment, isSet: sql`bits % ${value(power * 2n)} >= ${value(power)}` }
  })
  return engine.staged(who, (bits) => use(bits, places), ask)
}

interface Place {
  readonly segment: string
  /** Whether the segment means a row of the table. */
  readonly isSet: Part
}

/**
 * Publishes segments that have never been published, many in one reading of everything, each in a change of its own with a
 * position of its own. `also` is done in that change. One that somebody has published meanwhile is left out.
 */
export function publishFirst(
  engine: Engine,
  meant: Meant & { readonly at: Date },
  also: (writer: Writer, segment: string) => Promise<void>,
): Promise<ReadonlyMap<string, Published>> {
  const at = value(meant.at)
  return asked(engine, meant, async (bits, places) => {
    const done = new Map<string, Published>()
    for (const { segment, isSet } of places) {
      meant.ask?.signal?.throwIfAborted()
      const key = value(segment)
      const published = await engine.change(`segment.${segment}`, async (writer) => {
        const there = await writer.rows(
          sql`select position from ${stateTable} where segment = ${key}`,
        )
        if (there.length > 0) return undefined
        const position = await writer.positions(1)
        const members =
          await writer.run(sql`insert into ${memberTable} (segment, profile, entered_position, entered_at)
            select ${key}, profile, ${value(position)}, ${at} from ${bits} where ${isSet}`)
        const cells = join([key, value(position), value(members), at])
        await writer.run(
          sql`insert into ${stateTable} (segment, position, members, published_at) values (${cells})`,
        )
        await also(writer, segment)
        return { position, members, entered: members, left: 0, moved: 0, changed: true }
      })
      if (published) done.set(segment, published)
    }
    return done
  })
}

/** Which of several segments have other members than those whom they mean now. */
export function differing(engine: Engine, meant: Meant): Promise<readonly string[]> {
  return asked(engine, meant, async (bits, places) => {
    const found: string[] = []
    for (const { segment, isSet } of places) {
      const [row] = await engine.rows(
        sql`select exists (select 1 from (select profile from ${memberTable} where segment = ${value(segment)}) m
          full join (select profile from ${bits} where ${isSet}) b on b.profile = m.profile
          where m.profile is null or b.profile is null) as differs`,
        { lane: 'heavy', ...meant.ask },
      )
      if (row?.['differs'] === true) found.push(segment)
    }
    return found
  })
}
