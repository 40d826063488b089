import { type Engine, sql } from '#engine'
import type { Run } from './api.ts'
import { mostChanged, type Ruleset } from './definition.ts'
import { identityFaults } from './faults.ts'
import { unifiedTable } from './tables.ts'

/** Refuses a run that would change more of the published profiles than may change unasked: its blast radius. */
export async function holdBack(
  engine: Engine,
  ruleset: Ruleset,
  { merged, split, retired }: Pick<Run, 'merged' | 'split' | 'retired'>,
): Promise<void> {
  const changed = merged + split + retired
  if (changed <= mostChanged(ruleset, 0)) return
  const [row] = await engine.rows(sql`select count(*) as n from ${unifiedTable(ruleset.on)}`)
  const published = Number(row?.['n'] ?? 0)
  const most = mostChanged(ruleset, published)
  if (changed <= most) return
  throw identityFaults.run_held({ ruleset: ruleset.key, merged, split, retired, published, most })
}
