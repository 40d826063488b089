import {
  column,
  join,
  type Made,
  made,
  makeAll,
  type Part,
  placed,
  sql,
  type Workbench,
} from '#engine'
import type { Model } from '#model'
import { basisBefore, rulesOf } from './basis.ts'
import { countsOf, ruleResults } from './count.ts'
import { leastProbability, type Ruleset, type Subject } from './definition.ts'
import { identityFaults } from './faults.ts'
import { withGroups } from './groups.ts'
import { radiusOf } from './held-back.ts'
import { type Scoring, withModelLinks } from './model-links.ts'
import { type Owned, ownedObjects } from './owners.ts'
import { planRun } from './plan.ts'
import { prepareObjects, type RunTools } from './run.ts'
import { sharedValuesIn } from './shared-values.ts'
import type { SegmentForecast, Simulation } from './simulate-api.ts'
import { toldOf } from './simulate-found.ts'
import { simulateSteps } from './simulate-steps.ts'
import { tooWideIn } from './strangers.ts'
import { publishedPosition, redirectTable, unifiedShape, unifiedTable } from './tables.ts'

/** Profiles as a run would publish them, for rooms that make something from profiles to tell what would become of it. */
export interface Foretold {
  readonly on: Subject
  /** People (or accounts) as they would be, with the columns of the unified table. */
  readonly people: Part
  /** Whom each record would belong to: `record`, `profile`. */
  readonly links: Part
  /** By object: whose rows would belong to somebody else: `_stream`, `_position`, `_key`, `owner`. */
  readonly owners: ReadonlyMap<string, Part>
  /** Which profile a merged one would have gone into, those that have gone already among them: `old`, `new`. */
  readonly merged: Part
}

/** Tells what would become of segments. */
export type ForetellSegments = (
  of: Foretold,
  signal?: AbortSignal,
) => Promise<readonly SegmentForecast[]>

/** What simulating needs beside what a run needs. */
export interface SimulateTools extends RunTools {
  /** The ruleset as it is published, if it is. */
  readonly published?: Ruleset | undefined
  readonly segments?: ForetellSegments | undefined
}

/**
 * What a run of a ruleset would publish: the same plan as a run's, up to where it would be written, over tables that are gone
 * afterwards. Refused when a run was published meanwhile: half of it would be about profiles that are no more.
 */
export async function simulate(tools: SimulateTools): Promise<Simulation> {
  const { engine, clock, model, ruleset, decisions = [] } = tools
  const startedAt = clock.now().getTime()
  await prepareObjects(tools)
  const { on, key } = ruleset
  const existing = new Set((await engine.tables('model')).map(({ name }) => name))
  const owned = ownedObjects(model, on, existing)
  const position = await publishedPosition(engine, on)
  const plan = planRun(ruleset, model, owned)
  const bench = benchOf(tools)
  const told = await makeAll(bench, plan.find, new Map(), (values) =>
    withModelLinks(bench, { ruleset, model, found: values }, (found, scoring) =>
      withGroups(bench, { ruleset, links: plan.links, found, decisions }, (grouped) =>
        makeAll(bench, [...plan.settle, ...simulateSteps(on)], grouped, (where) =>
          foretell(tools, { owned, where, scoring }),
        ),
      ),
    ),
  )
  if ((await publishedPosition(engine, on)) !== position)
    throw identityFaults.ran_meanwhile({ ruleset: key })
  const duration_ms = clock.now().getTime() - startedAt
  return { ruleset: key, on, position, duration_ms, ...told }
}

const benchOf = ({ engine, clock, signal, progress }: SimulateTools): Workbench => ({
  engine,
  ask: { lane: 'heavy', ...(signal ? { signal } : {}) },
  now: clock.now,
  timings: [],
  progress,
})

interface Simulated {
  readonly owned: readonly Owned[]
  readonly where: Made
  readonly scoring: Scoring | undefined
}

async function foretell(
  { engine, ruleset, published, model, segments, signal, progress }: SimulateTools,
  { owned, where, scoring }: Simulated,
): Promise<Omit<Simulation, 'ruleset' | 'on' | 'position' | 'duration_ms'>> {
  progress?.('compare')
  const of = { ruleset, owned, where, scoring }
  const counts = await countsOf(engine, of)
  const { records, profiles, consolidation_rate, created, merged, split, refused } = counts
  const { retired, ...told } = await toldOf({ engine, ruleset, published, where })
  const held = await radiusOf(engine, ruleset, counts)
  const isSeen = (await basisBefore(engine, ruleset.on))?.confirmed === rulesOf(ruleset)
  const strangers = isSeen ? undefined : await tooWideIn(engine, { ruleset, model, where })
  const shared = await sharedValuesIn(engine, { ruleset, model, where })
  progress?.('segments')
  const [row] = await engine.rows(
    placed(
      sql`select exists (select 1 from ${made('link_added')}) or exists (select 1 from ${made('link_gone')})
        or exists (select 1 from ${made('change')}) as changes`,
      where,
    ),
  )
  return {
    ...(ruleset.model ? { at_least: leastProbability(ruleset) } : {}),
    changes: row?.['changes'] === true,
    after: { records, profiles, consolidation_rate },
    created,
    merged,
    split,
    retired: { profiles: counts.retired, items: retired },
    ...(held ? { held } : {}),
    ...(strangers ? { strangers: { ...strangers, fields: [...strangers.fields] } } : {}),
    ...(shared.length > 0 ? { shared } : {}),
    ...told,
    refused,
    for_review: counts.for_review,
    rules: await ruleResults(engine, of),
    segments: segments
      ? [...(await segments(foretoldIn(ruleset, model, { owned, where }), signal))]
      : [],
  }
}

function foretoldIn(
  { on }: Ruleset,
  model: Model,
  { owned, where }: Pick<Simulated, 'owned' | 'where'>,
): Foretold {
  const columns = join(unifiedShape(model.get(on)).map(([name]) => column(name)))
  const people = sql`select ${columns} from ${made('unified_added')}
    union all select ${columns} from ${unifiedTable(on)} where profile in (select profile from ${made('assigned')})
      and profile not in (select profile from ${made('unified_added')})`
  const merged = sql`select old, new from ${redirectTable(on)}
    union all select profile, other from ${made('change')} where kind = 'merged'`
  return {
    on,
    people: placed(people, where),
    links: placed(made('link'), where),
    owners: new Map(
      owned.map(({ object }) => [object, placed(made(`owner_${object}`), where)] as const),
    ),
    merged: placed(merged, where),
  }
}
