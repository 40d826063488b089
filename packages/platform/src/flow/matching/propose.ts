import type { Workbench } from '#engine'
import type { BlockReport } from './blocks.ts'
import { comparisonFor } from './column-kinds.ts'
import type { BlockRule, MatchingSettings } from './definition.ts'
import { matchingFaults } from './faults.ts'
import { countBlocks } from './matching.ts'
import { type ColumnProfile, profileRecords, type RecordsProfile } from './profile.ts'
import { proposeBlocks } from './propose-blocks.ts'
import type { Records } from './records.ts'

/** Settings that nobody had to write, with what they were made from. */
export interface Proposal {
  readonly settings: MatchingSettings
  readonly profile: RecordsProfile
  readonly blocks: readonly BlockReport[]
  /** Columns that are not compared, and why. */
  readonly left_out: readonly { readonly column: string; readonly why: string }[]
}

const leastRecords = 100
const leastFilled = 0.05
const leastBits = 0.5

/** Looks at the records and decides how to compare them, or refuses with what is missing. */
export async function proposeSettings(bench: Workbench, records: Records): Promise<Proposal> {
  const profile = await profileRecords(bench, records)
  if (profile.records < leastRecords)
    throw matchingFaults.too_few_records({ records: profile.records, least: leastRecords })
  const judged = profile.columns.map((of) => ({ of, why: whyNot(of) }))
  const usable = judged.flatMap(({ of, why }) => (why === undefined ? [of] : []))
  refuseThin(profile, usable)
  const comparisons = usable.map((of) =>
    comparisonFor(of, usable.find(({ kind, is_list }) => kind === 'last_name' && !is_list)?.column),
  )
  const count = (rules: readonly BlockRule[]) =>
    countBlocks(bench, records, { comparisons, blocks: [...rules] })
  const { rules, reports } = await proposeBlocks(usable, profile.records, count)
  if (rules.length === 0) throw matchingFaults.no_block({})
  return {
    settings: { comparisons, blocks: [...rules] },
    profile,
    blocks: reports,
    left_out: judged.flatMap(({ of, why }) => (why ? [{ column: of.column, why }] : [])),
  }
}

function whyNot({ filled, distinct, bits }: ColumnProfile): string | undefined {
  if (filled < leastFilled) return `only ${Math.round(filled * 100)} % of the records have a value`
  if (distinct < 2) return 'all its values are the same'
  if (bits < leastBits) return 'nearly all its values are the same'
  return undefined
}

/** Records cannot be told apart by less than it takes to number them. */
function refuseThin({ records, columns }: RecordsProfile, usable: readonly ColumnProfile[]): void {
  if (usable.length === 0)
    throw matchingFaults.nothing_filled({ columns: columns.map((of) => of.column).join(', ') })
  const bits = usable.reduce((sum, of) => sum + of.bits * of.filled, 0)
  const needed = Math.log2(records)
  if (bits < needed)
    throw matchingFaults.nothing_identifying({ bits: tenth(bits), needed: tenth(needed) })
}

const tenth = (of: number) => Math.round(of * 10) / 10
