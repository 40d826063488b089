import { column, type Engine, sql } from '#engine'
import { quality, share } from '#matching'
import type { Model } from '#model'
import type { Store } from '#store'
import type { Ruleset } from './definition.ts'
import { judgedRecords } from './judged.ts'
import { judgedPairsOf } from './model-labels.ts'
import type { LabelMeasure } from './model-labels-api.ts'
import { linkTable, prepareUnified } from './tables.ts'

/** What measuring by labels needs. */
export interface LabelMeasureTools {
  readonly engine: Engine
  readonly store: Store
  readonly model: Model
  readonly ruleset: Ruleset
}

/** How good the published profiles are, by the pairs that people judged. */
export async function measureLabels({
  engine,
  store,
  model,
  ruleset: { on },
}: LabelMeasureTools): Promise<LabelMeasure> {
  await prepareUnified(engine, model, on)
  const pairs = await judgedPairsOf(store, on)
  const [left, right] = [column('left'), column('right')]
  const [row] =
    await engine.rows(sql`select count(*) as judged, count(*) filter (where is_match) as matches,
      count(*) filter (where a.profile = b.profile) as found,
      count(*) filter (where is_match and a.profile = b.profile) as right_ones
    from (${judgedRecords(pairs, on)}) j
      join ${linkTable(on)} a on a.record = j.${left} join ${linkTable(on)} b on b.record = j.${right}`)
  const of = (name: string) => Number(row?.[name] ?? 0)
  const counts = { matches: of('matches'), found: of('found'), right: of('right_ones') }
  return {
    judged: of('judged'),
    unknown: pairs.length - of('judged'),
    ...counts,
    ...quality(share(counts.right, counts.found), share(counts.right, counts.matches)),
  }
}
