import { largestBlock } from '#identity'
import type { Ground, Resolved } from './api.ts'
import type { AskedRecord } from './asked.ts'
import { groupsOf, profilesKept, type Refusal } from './groups.ts'
import { halves, type Known, keyText, placeOf } from './known.ts'
import { reachedIn, type World, worldWith } from './near.ts'

type Foretold = Omit<Resolved, 'as_of' | 'took_ms' | 'left_out'>
type Refused = NonNullable<Resolved['refused']>[number]

/** What a run would make of the record: the same groups and the same ids, from what is in memory. */
export function foretell(known: Known, asked: AskedRecord): Foretold {
  const number =
    asked.key === undefined
      ? undefined
      : known.records.number[placeOf(known.records.keys, ...halves(asked.key))]
  const world = worldWith(known, { ...asked, number })
  const silent = asked.silent.map(({ reason, rule, about }) => ({ reason, rule, about }))
  const linked = new Set(world.blocksOf(world.own).filter(world.links))
  const burst = world.ownBlocks.filter((block) => !linked.has(block)).map(tooMany(known))
  const reached = reachedIn(world)
  if (reached === undefined)
    return {
      state: 'review',
      by: [],
      refused: [...silent, { reason: 'too_many_records', about: '' }],
    }

  const { groupOf, refused } = groupsOf(world, reached)
  const group = groupOf(world.own)
  const mine = reached.filter((record) => record !== world.own && groupOf(record) === group)
  const kept = profilesKept(world, reached, groupOf).get(group)
  const joins = [
    ...new Set([...mine, ...(number === undefined ? [] : [number])].flatMap(profileIn(known))),
  ]
  const all = [...silent, ...burst, ...once(refused.map(shown(known)))]
  return {
    state: stateOf({
      isFound: kept !== undefined || mine.length > 0,
      isRefused: refused.length > 0,
    }),
    ...(kept === undefined ? {} : { profile: idOf(known, kept) }),
    by: grounds(world, new Set(mine)),
    ...(joins.length > 1 ? { would_join: joins.map((profile) => idOf(known, profile)) } : {}),
    ...(all.length > 0 ? { refused: all } : {}),
  }
}

function stateOf(of: { readonly isFound: boolean; readonly isRefused: boolean }) {
  if (of.isFound) return 'known' as const
  return of.isRefused ? ('review' as const) : ('new' as const)
}

const idOf = ({ profiles }: Known, profile: number): string => keyText(profiles.ids, profile)

const profileIn =
  ({ records }: Known) =>
  (record: number): readonly number[] => {
    const profile = records.profile[record]
    return profile === undefined ? [] : [profile]
  }

const tooMany =
  ({ ruleset, blocks }: Known) =>
  (block: number): Refused => {
    const rule = ruleset.match[blocks.rule[block] ?? 0]
    return {
      reason: 'too_many_share',
      rule: rule?.key ?? '',
      about: `more than ${largestBlock(ruleset, rule)} records`,
    }
  }

const shown =
  (known: Known) =>
  ({ reason, rule, about, other }: Refusal): Refused => {
    const [profile] = profileIn(known)(other)
    const of = known.ruleset.match[rule]
    return {
      // A verdict that is not "made" is one of the grounds.
      reason: reason satisfies Ground,
      ...(of ? { rule: of.key } : {}),
      about,
      ...(profile === undefined ? {} : { profile: idOf(known, profile) }),
    }
  }

const once = (all: readonly Refused[]): readonly Refused[] => [
  ...new Map(all.map((of) => [JSON.stringify(of), of])).values(),
]

/** By which rules the record is one with others of its group: rule by rule, profile by profile. */
function grounds(world: World, mine: ReadonlySet<number>): Foretold['by'] {
  const { known } = world
  return world
    .blocksOf(world.own)
    .filter(world.links)
    .toSorted((a, b) => (known.blocks.rule[a] ?? 0) - (known.blocks.rule[b] ?? 0))
    .flatMap((block) => {
      const rule = known.ruleset.match[known.blocks.rule[block] ?? 0]
      const profiles = world
        .recordsOf(block)
        .filter((record) => mine.has(record))
        .flatMap(profileIn(known))
      const counts = Map.groupBy(profiles, (profile) => profile)
      return [...counts].map(([profile, { length }]) => ({
        rule: rule?.key ?? '',
        ...(rule?.label === undefined ? {} : { label: rule.label }),
        profile: idOf(known, profile),
        records: length,
      }))
    })
}
