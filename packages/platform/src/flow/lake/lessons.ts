import {
  as,
  type Cell,
  call,
  column,
  type Draft,
  type Engine,
  join,
  type Row,
  sql,
  value,
} from '#engine'
import { isEmpty, type Lesson, learn } from './learn.ts'
import { type Drafted, isFull, mainsOf, mostFieldsOf, type Opened, restOf } from './opened.ts'
import { labelOf, objectsOf, pathOf, pointerOf } from './paths.ts'

const mostAtOnce = 500

/** New members, in the order in which they came; looks at a few hundred lines at a time. */
export async function learnMore(
  engine: Engine,
  of: Opened,
  hasStrays: boolean,
): Promise<Pick<Drafted, 'fields' | 'seen'> | undefined> {
  if (!hasStrays && (await isAllKnown(engine, of))) return undefined
  let { seen } = of
  for (;;) {
    const found = await unlearned(engine, of, { after: seen, hasStrays })
    if (found.events.length > 0) {
      const bodies = await engine.rows(
        sql`select _body, _kind from ${of.lines} where _event in (${join(found.events.map((event) => value(event)))}) order by _event`,
        of.ask,
      )
      const { primaryKey: keys, types } = of.shape
      const known = { fields: of.fields, mostFields: mostFieldsOf(of), keys, types }
      const added = learn(known, bodies.map(lessonFrom))
      if (added.length > 0) return { fields: [...of.fields, ...added], seen: found.upTo }
    }
    if (found.isAll) return undefined
    seen = found.upTo
  }
}

// Beyond these it is as quick to look at every line.
const [mostObjects, mostShapes] = [40, 500]

/**
 * Whether all members of all lines have columns, or hold nothing. It asks which members lines have, of which there are few
 * kinds: a third of what it costs to take everything known out of every line. No where it cannot tell.
 */
async function isAllKnown(engine: Engine, of: Opened): Promise<boolean> {
  if (isFull(of)) return true
  const labels = mainsOf(of).map(({ label }) => label)
  const objects = [[], ...[...objectsOf(labels)].map(pathOf)]
  if (objects.length > mostObjects) return false
  const pointers = objects.map((path) => value(pointerOf(path)))
  const lines = sql`${of.lines} where ${of.where} and ${isTelling(of)}`
  const shapes = await engine.rows(
    sql`select distinct ${call('json_keys_at', column('_body'), ...pointers)} as keys from ${lines} limit ${value(mostShapes)}`,
    of.ask,
  )
  if (shapes.length === mostShapes) return false
  const known = new Set([...labels, ...objectsOf(labels)])
  const unknown = new Map<string, readonly string[]>()
  for (const { keys } of shapes)
    for (const [i, names] of listOf(keys).entries())
      for (const name of listOf(names)) {
        const path = [...(objects[i] ?? []), String(name)]
        if (!known.has(labelOf(path))) unknown.set(labelOf(path), path)
      }
  return unknown.size === 0 || areEmpty(engine, of, [...unknown.values()])
}

/** Whether members hold nothing in any line: libraries send `integrations: {}` with everything. */
async function areEmpty(
  engine: Engine,
  of: Opened,
  paths: readonly (readonly string[])[],
): Promise<boolean> {
  if (paths.length > mostObjects) return false
  const found = await engine.rows(
    sql`select distinct ${call('json_at', column('_body'), ...paths.map((path) => value(pointerOf(path))))} as found
      from ${of.lines} where ${of.where} and ${isTelling(of)} limit ${value(mostShapes)}`,
    of.ask,
  )
  return (
    found.length < mostShapes &&
    found.every((row) =>
      listOf(row['found']).every((one) => one === null || isEmpty(JSON.parse(String(one)))),
    )
  )
}

const listOf = (cell: Cell | undefined): readonly Cell[] => (Array.isArray(cell) ? cell : [])

interface Unlearned {
  readonly events: readonly number[]
  readonly upTo: number
  readonly isAll: boolean
}

const lessonFrom = (row: Row): Lesson => ({
  body: String(row['_body']),
  isDelete: row['_kind'] === 'delete',
})

/** Lines that say of a row what it is; until the key is known, lines that take a row away as well. */
function isTelling({ shape, fields, hasDeletes }: Drafted): Draft {
  const isKeyKnown = shape.primaryKey.every((key) => fields.some(({ name }) => name === key))
  return isKeyKnown || !hasDeletes ? sql`_kind <> 'delete'` : sql`true`
}

/** The next lines that have members without a column. */
async function unlearned(
  engine: Engine,
  of: Opened,
  { after, hasStrays }: { after: number; hasStrays: boolean },
): Promise<Unlearned> {
  const rests = isFull(of)
    ? []
    : await engine.rows(
        sql`select rest, min(_event) as event from (
          select ${as(restOf(of), column('rest'))}, _event from ${of.lines} where ${of.where} and ${isTelling(of)}) r
        group by rest having min(_event) > ${value(after)} order by event limit ${value(mostAtOnce)}`,
        of.ask,
      )
  const strays = hasStrays
    ? await engine.rows(
        sql`select _event as event from ${of.opened}
          where _stray and ${isTelling(of)} and _event > ${value(after)} order by event limit ${value(mostAtOnce)}`,
        of.ask,
      )
    : []
  const ends = [rests, strays]
    .filter(({ length }) => length === mostAtOnce)
    .map((rows) => Number(rows.at(-1)?.['event']))
  const upTo = Math.min(...ends, Number.MAX_SAFE_INTEGER)
  const events = [...rests.filter((row) => !isEmpty(JSON.parse(String(row['rest'])))), ...strays]
    .map((row) => Number(row['event']))
    .filter((event) => event <= upTo)
  return { events: [...new Set(events)], upTo, isAll: ends.length === 0 }
}
