import { type Ask, type Engine, sql, value } from '#engine'
import { changeTable } from '#identity'
import { on } from './find.ts'

/** Tells which profiles were made, joined or parted since it was last asked; `all` the first time. */
export function makePublished(engine: Engine, ask: Ask): () => Promise<readonly string[] | 'all'> {
  let seen: number | undefined
  return async () => {
    const isThere = (await engine.tables('unified')).some(
      ({ name }) => name === changeTable(on).name,
    )
    if (!isThere) return []
    const since = seen
    const rows = await engine.rows(
      sql`select position, profile, other from ${changeTable(on)}
        where position > ${value(since ?? 0)} order by position desc limit ${since === undefined ? value(1) : value(mostTold)}`,
      ask,
    )
    seen = Number(rows[0]?.['position'] ?? since ?? 0)
    if (since === undefined || rows.length === mostTold) return 'all'
    return rows.flatMap((row) => [row['profile'], row['other']]).flatMap(idOf)
  }
}

/** More at once are everybody. */
const mostTold = 50_000

const idOf = (cell: unknown): readonly string[] =>
  cell === null || cell === undefined ? [] : [String(cell)]
