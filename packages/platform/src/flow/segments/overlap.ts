import { type Engine, join, type Part, sql, value } from '#engine'
import { refuseIfAny } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { OverlapAnswer, OverlapBody, Region } from './api.ts'
import { askOf } from './ask.ts'
import { segmentFaults } from './faults.ts'
import type { Ground } from './ground.ts'
import { mostSets } from './overlap-api.ts'
import { memberTable } from './tables.ts'

/** What is laid over each other, and against what it is checked. */
export interface OverlapAsked {
  readonly segments: OverlapBody['segments']
  readonly ground: Ground
  /** Which segments have been published. */
  readonly published: ReadonlySet<string>
  readonly signal?: AbortSignal | undefined
}

interface Set {
  readonly segment?: string
  readonly label: string
  /** One column `profile`, each once. */
  readonly who: Part
}

/** How many people are in each combination of sets and in no other one, all in one statement. */
export async function overlapOf(engine: Engine, asked: OverlapAsked): Promise<OverlapAnswer> {
  const { segments, signal } = asked
  if (segments.length > mostSets)
    throw segmentFaults.too_many_sets(
      { found: segments.length, most: mostSets },
      { at: 'segments' },
    )
  const sets = setsOf(asked)
  // Each is in a set at most once, so that the sum of its bits tells all sets of a person.
  const each = sets.map(
    ({ who }, i) => sql`select profile, ${value(2 ** i)} as bit from (${who}) w`,
  )
  const rows = await engine.rows(
    sql`select mask, count(*) as n from (
  select profile, sum(bit) as mask from (${join(each, sql` union all `)}) bits group by profile
) people group by mask`,
    signal ? { signal } : {},
  )
  const only = new Map(rows.map((row) => [Number(row['mask']), Number(row['n'])]))
  return {
    sets: sets.map(({ who: _, ...set }, i) => ({ ...set, size: allOf(only, 2 ** i) })),
    members: allOf(only, 0),
    regions: regionsOf(only, sets.length),
  }
}

function setsOf({ segments, ground, published }: OverlapAsked): readonly Set[] {
  refuseIfAny(
    segments.flatMap((set, i) =>
      typeof set === 'string' ? problemsOfKey(set, `segments[${i}]`, { ground, published }) : [],
    ),
  )
  return segments.map((set): Set => {
    if (typeof set === 'string') {
      const label = ground.subjects.segments.get(set)?.label ?? set
      const who = sql`select profile from ${memberTable} where segment = ${value(set)}`
      return { segment: set, label, who }
    }
    const { label, given, ...membership } = set
    const body = { label, on: ground.subjects.on, ...membership }
    return { label, who: askOf({ key: '', body }, given, ground).who }
  })
}

function problemsOfKey(
  segment: string,
  at: string,
  { ground, published }: Pick<OverlapAsked, 'ground' | 'published'>,
) {
  const { segments, on: here } = ground.subjects
  const body = segments.get(segment)
  if (body === undefined)
    return segmentFaults.unknown({ segment, near: didYouMean(segment, segments.keys()) }, { at })
      .problems
  if (body.on !== here)
    return segmentFaults.other_subject({ segment, on: body.on, here }, { at }).problems
  return published.has(segment) ? [] : segmentFaults.not_published({ segment }, { at }).problems
}

type Sizes = ReadonlyMap<number, number>

/** How many are in all the sets of a mask, whatever else they are in. */
const allOf = (only: Sizes, mask: number): number =>
  [...only].reduce((all, [other, n]) => ((other & mask) === mask ? all + n : all), 0)

const regionsOf = (only: Sizes, count: number): Region[] =>
  [...only]
    .map(([mask, n]) => ({
      sets: Array.from({ length: count }, (_, i) => i).filter((i) => (mask & (2 ** i)) > 0),
      only: n,
      all: allOf(only, mask),
    }))
    .toSorted(
      (a, b) =>
        b.only - a.only ||
        a.sets.length - b.sets.length ||
        (a.sets.join() < b.sets.join() ? -1 : 1),
    )
