import {
  as,
  column,
  type Engine,
  every,
  join,
  type Part,
  type Row,
  some,
  sql,
  value,
} from '#engine'
import type { FieldDifference } from './api.ts'

/** Two sets of rows, each with its `event`, found in each other by keys, compared field by field. */
export interface Comparing {
  readonly was: Part
  readonly is: Part
  readonly keys: readonly string[]
  readonly fields: readonly string[]
}

/** How many rows are as they were, are different, are new, are gone; and in which fields they differ. */
export interface Compared {
  readonly same: number
  readonly changed: number
  readonly added: number
  readonly missing: number
  readonly fields: FieldDifference[]
}

const mostExamples = 3
const shownLength = 200

/** Compares two sets of rows. Rows that stand several times under the same keys are compared as they pair up. */
export function compare(engine: Engine, of: Comparing): Promise<Compared> {
  return engine.staged(
    pairsOf(of),
    async (pairs) => {
      const isBoth = sql`_was and _is`
      const differs = of.fields.map((_, i) => sql`${nth('w', i)} is distinct from ${nth('i', i)}`)
      const counts = of.fields.map((_, i) =>
        as(sql`count(*) filter (where ${isBoth} and ${differs[i] ?? sql`false`})`, nth('n', i)),
      )
      const [found] = await engine.rows(
        sql`select ${join([
          sql`count(*) filter (where ${isBoth} and not ${some(differs)}) as same`,
          sql`count(*) filter (where ${isBoth} and ${some(differs)}) as changed`,
          sql`count(*) filter (where not _was) as added`,
          sql`count(*) filter (where not _is) as missing`,
          ...counts,
        ])} from ${pairs}`,
        { lane: 'heavy' },
      )
      const fields: FieldDifference[] = []
      for (const [i, field] of of.fields.entries()) {
        const changed = Number(found?.[`_n${i}`] ?? 0)
        if (changed === 0) continue
        const rows =
          await engine.rows(sql`select event, ${shown(nth('w', i), 'was')}, ${shown(nth('i', i), 'is')}
          from ${pairs} where ${isBoth} and ${differs[i] ?? sql`false`} order by event limit ${value(mostExamples)}`)
        fields.push({ field, changed, examples: rows.map(exampleFrom) })
      }
      const count = (name: string) => Number(found?.[name] ?? 0)
      return {
        same: count('same'),
        changed: count('changed'),
        added: count('added'),
        missing: count('missing'),
        fields,
      }
    },
    { lane: 'heavy' },
  )
}

const nth = (kind: 'w' | 'i' | 'n', i: number) => column(`_${kind}${i}`)

const shown = (cell: Part, name: string) =>
  as(sql`substr(cast(${cell} as varchar), 1, ${value(shownLength)})`, column(name))

const exampleFrom = (row: Row) => ({
  event: Number(row['event']),
  ...(row['was'] === null ? {} : { was: String(row['was']) }),
  ...(row['is'] === null ? {} : { is: String(row['is']) }),
})

function pairsOf({ was, is, keys, fields }: Comparing): Part {
  const meets = every(
    [...keys, 'nth'].map(
      (key) => sql`${column(key, 'w')} is not distinct from ${column(key, 'i')}`,
    ),
  )
  return sql`select coalesce(w.event, i.event) as event, w.nth is not null as _was, i.nth is not null as _is,
      ${join(fields.flatMap((_, n) => [nth('w', n), nth('i', n)]))}
    from ${side('w', was, { keys, fields })} w full join ${side('i', is, { keys, fields })} i on ${meets}`
}

function side(
  kind: 'w' | 'i',
  rows: Part,
  { keys, fields }: Pick<Comparing, 'keys' | 'fields'>,
): Part {
  const found = keys.map((key) => column(key))
  const event = keys.includes('event') ? [] : [column('event')]
  const cells = fields.map((name, i) => as(column(name), nth(kind, i)))
  // Where keys stand twice, rows pair up in an order that does not depend on where they are kept.
  const order = join([...found, ...event, ...fields.map((name) => column(name))])
  return sql`(select ${join([...found, ...event, ...cells])},
    row_number() over (partition by ${join(found)} order by ${order}) as nth from (${rows}) r)`
}
