import { fingerprint } from '#definitions'
import type { GraphNode, Refresher } from '#graph'
import type { Condition, Membership, Operator, Segment } from './definition.ts'
import { needsOf } from './kinds.ts'
import type { Segments } from './segments.ts'
import { type Leaf, leavesOf } from './walk.ts'

const hourMs = 3_600_000

/**
 * The nodes of segments in the graph of everything derived. `hasObject` says which model objects are in it. With the
 * positions of their last changes no change is lost when a process dies before the graph has noted it.
 */
export function segmentNodes(
  segments: readonly Segment[],
  hasObject: (key: string) => boolean,
  positions: ReadonlyMap<string, number> = new Map(),
): readonly GraphNode[] {
  return segments.map(({ key, body }) => {
    const objects = leaves(body).flatMap((leaf) => ('related' in leaf ? leaf.related : []))
    const inputs = [
      'unified:individual',
      ...objects.filter(hasObject).map((object) => `model:${object}`),
      ...needsOf(body).map((need) => `${need.kind}:${need.key}`),
    ]
    return {
      key: `segment:${key}`,
      kind: 'segment',
      label: body.label,
      inputs: [...new Set(inputs)],
      definition: fingerprint({ include: body.include, exclude: body.exclude }),
      // People come and go with time alone.
      freshness: asksTheClock(body) ? { everyMs: hourMs } : 'live',
      position: positions.get(key) ?? 0,
    }
  })
}

const leaves = ({ include, exclude }: Membership): readonly Leaf[] =>
  [include, ...(exclude === undefined ? [] : [exclude])].flatMap((of) =>
    leavesOf(of).map(([leaf]) => leaf),
  )

const clockOperators: readonly Operator[] = [
  'within_last_days',
  'not_within_last_days',
  'within_next_days',
  'today',
  'yesterday',
  'tomorrow',
  'this',
  'last',
  'next',
  'within_last',
  'not_within_last',
  'within_next',
  'more_than_ago',
  'more_than_ahead',
  'ago',
  'from_now',
  'anniversary',
  'anniversary_within_next_days',
]

/** Whether who is meant changes with time alone. */
export const asksTheClock = (of: Membership): boolean =>
  leaves(of).some(
    (leaf) => asksClock(leaf) || leavesOf(whereOf(leaf)).some(([row]) => asksClock(row)),
  )

const asksClock = (leaf: Leaf) => 'op' in leaf && clockOperators.includes(leaf.op)

const whereOf = (leaf: Leaf): Condition =>
  'related' in leaf && leaf.where !== undefined ? leaf.where : { all: [] }

/** Publishes nodes of kind `segment`. */
export const segmentRefresher =
  (segments: Pick<Segments, 'publish'>): Refresher =>
  async ({ key }, { signal }) => {
    const done = await segments.publish(key.slice('segment:'.length), signal)
    const { changed, position, members, entered, left } = done
    return { changed: changed ? 'all' : 'nothing', position, counts: { members, entered, left } }
  }
