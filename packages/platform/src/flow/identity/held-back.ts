import { type Engine, sql } from '#engine'
import type { Run } from './api.ts'
import { mostChanged, type Ruleset } from './definition.ts'
import { identityFaults } from './faults.ts'
import { unifiedTable } from './tables.ts'

type Changes = Pick<Run, 'merged' | 'split' | 'retired'>

/** The blast radius of a run that would change more of the published profiles than may change unasked: how many there are, and may change. */
export async function radiusOf(
  engine: Engine,
  ruleset: Ruleset,
  { merged, split, retired }: Changes,
): Promise<
  { readonly changed: number; readonly published: number; readonly most: number } | undefined
> {
  const changed = merged + split + retired
  if (changed <= mostChanged(ruleset, 0)) return undefined
  const [row] = await engine.rows(sql`select count(*) as n from ${unifiedTable(ruleset.on)}`)
  const published = Number(row?.['n'] ?? 0)
  const most = mostChanged(ruleset, published)
  return changed <= most ? undefined : { changed, published, most }
}

/** Refuses such a run. */
export async function holdBack(engine: Engine, ruleset: Ruleset, changes: Changes): Promise<void> {
  const { merged, split, retired } = changes
  const found = await radiusOf(engine, ruleset, changes)
  if (!found) return
  const { published, most } = found
  throw identityFaults.run_held({ ruleset: ruleset.key, merged, split, retired, published, most })
}
