import { join, made, type Part, type Step, sql, value } from '#engine'
import type { Model } from '#model'
import { assignSteps } from './assign.ts'
import { candidateStep, evidenceOf, evidenceSteps, recordStep } from './compile.ts'
import { largestBlock, type Ruleset } from './definition.ts'
import { scopeOf } from './extent.ts'
import { modelLinks, modelPlan } from './model-links.ts'
import { linksAfter, movedStep, type Owned, ownerSteps } from './owners.ts'
import { differenceSteps, type Extending, keyDifference, termDifference } from './publish.ts'
import { linkTable } from './tables.ts'
import { termStep } from './terms.ts'
import { valueSteps, valuesName } from './values.ts'

/** What a run will do: tables that find the links, groups that are made of them, tables that settle what follows. */
export interface RunPlan {
  readonly find: readonly Step[]
  /** The links between record numbers, two integers a row; groups are made of these in memory. */
  readonly links: Part
  readonly settle: readonly Step[]
}

/** The plan of a run over all records, or over those that a change can reach. */
export const planRun = (
  ruleset: Ruleset,
  model: Model,
  owned: readonly Owned[],
  { extent = 'everything', ...known }: Extending = {},
): RunPlan => ({
  find: [
    recordStep(ruleset, scopeOf(extent)),
    ...valueSteps(ruleset, model, extent),
    termStep(ruleset, model, { extent, ...known }),
    ...termDifference(ruleset, { extent, ...known }),
    ...evidenceSteps(ruleset, model, extent),
    ...keyDifference(ruleset, extent),
  ],
  links: join(
    [
      ...ruleset.match.map(
        (rule) =>
          sql`select first, n from ${evidenceOf(rule)} where size <= ${value(largestBlock(ruleset, rule))}`,
      ),
      ...(ruleset.model ? [sql`select first, n from ${modelLinks}`] : []),
    ],
    sql` union all `,
  ),
  settle: [
    ...assignSteps(ruleset.on, extent),
    ...differenceSteps(ruleset, model, { extent, ...known }),
    ...(extent === 'everything'
      ? ownerSteps(owned, { links: () => made('link'), extent })
      : [movedStep, ...ownerSteps(owned, { links: (of) => linksAfter(ruleset.on, of), extent })]),
  ],
})

/**
 * Whether a table is of no use once the steps that name it are made. Groups are made again by the values of identifiers, and
 * a model weighs all values.
 */
export function isPassing({ limits, model }: Ruleset, step: string): boolean {
  if (['term', 'evidence', 'partition', 'crowded'].includes(step)) return true
  if (step.startsWith('values_'))
    return !model && !limits?.identifiers?.some(({ object }) => valuesName(object) === step)
  return step.startsWith('agreed_') || step.startsWith('fuzzy_')
}

/** The plan when only rows that say nothing about who is who have changed: they are given their profiles. */
export const planOwners = ({ on }: Ruleset, owned: readonly Owned[]): readonly Step[] =>
  ownerSteps(owned, { links: () => linkTable(on), extent: 'everything' })

/** All steps of a run in their order, with the one that is not SQL named; for people who read the plan. */
export const allSteps = (
  ruleset: Ruleset,
  model: Model,
  { find, links, settle }: RunPlan,
): readonly Step[] => [
  ...find,
  ...modelPlan(ruleset, model),
  {
    name: 'cluster',
    says: 'groups of linked records; made in memory from these links',
    query: links,
  },
  candidateStep(ruleset),
  ...settle,
]
