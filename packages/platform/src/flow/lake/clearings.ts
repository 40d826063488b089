import {
  as,
  call,
  column,
  type Draft,
  type Engine,
  every,
  join,
  type Part,
  sql,
  value,
} from '#engine'
import { nth } from './fit.ts'
import { type Drafted, mainsOf } from './opened.ts'
import { pathOf, pointerOf, wholeOf } from './paths.ts'
import type { LakeField } from './tables.ts'

/** Whether the lines of a round clear a field, by its place among the fields that they may clear. */
export const isCleared = (i: number, of?: string) => nth('n', i, of)

/** Fields of which a merge may say null, which clears them: those on whose paths a null stands. */
export async function clearedIn(engine: Engine, of: Drafted): Promise<readonly LakeField[]> {
  const { shape, hasMerges, lines, ask } = of
  if (!hasMerges || shape.mode === 'append') return []
  const nulls = sql`from ${lines} where ${saysNull(of)}`
  if ((await engine.rows(sql`select 1 as n ${nulls} limit 1`, ask)).length === 0) return []
  const mains = mainsOf(of).filter(({ name }) => !shape.primaryKey.includes(name))
  const parts = [...new Set(mains.flatMap(({ label }) => pathOf(label)))]
  if (parts.length === 0) return []
  const looks = parts.map((part, i) =>
    as(sql`max(case when ${holds(`${JSON.stringify(part)}:null`)} then 1 else 0 end)`, nth('p', i)),
  )
  const [found] = await engine.rows(sql`select ${join(looks)} ${nulls}`, ask)
  const met = new Set(parts.filter((_, i) => found?.[`_p${i}`] === 1))
  return mains.filter(({ label }) => pathOf(label).some((part) => met.has(part)))
}

/** For the lines that say null: which fields they clear. */
export function clearingsOf(of: Drafted, cleared: readonly LakeField[]): Draft {
  const paths = cleared.map(({ label }) => pathOf(label))
  // A patch takes out what it says null of, so of an object with all members those are left that no null was said of.
  const left = as(call('json_patch', value(wholeOf(paths)), column('_body')), column('_left'))
  const cells = paths.map((path, i) => as(isGone(path), isCleared(i)))
  return sql`select _event, ${join(cells)} from (select _event, ${left} from ${of.lines} where ${saysNull(of)}) l`
}

/** Nothing is left of a member, and not because a value stands where an object was expected. */
function isGone(path: readonly string[]): Part {
  const outer = path.slice(1).map((_, i) => pointerOf(path.slice(0, i + 1)))
  return every([
    sql`${call('json_text', column('_left'), value(pointerOf(path)))} is null`,
    ...outer.map(
      (at) => sql`coalesce(${call('json_kind', column('_left'), value(at))}, 'object') = 'object'`,
    ),
  ])
}

const holds = (text: string) => call('contains', column('_body'), value(text))

/** The lines that leave members as they were, and may say null of others. Bodies are written without blanks. */
const saysNull = ({ shape, where }: Drafted) =>
  sql`${where} and ${shape.mode === 'merge' ? sql`_kind <> 'delete'` : sql`_kind = 'merge'`} and ${holds(':null')}`
