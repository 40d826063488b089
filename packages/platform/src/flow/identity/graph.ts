import { type Engine, sql, value } from '#engine'
import type { Decision, ProfileGraph, RecordName } from './api.ts'
import { bridgesOf } from './bridges.ts'
import type { Ruleset, Subject } from './definition.ts'
import { identityFaults } from './faults.ts'
import { namesOf, recordsWhere } from './find-record.ts'
import { byHand, decisionIn, shownMatch, tiesPairs } from './grounds.ts'
import { type Link, linksOf, recordsIn } from './links.ts'
import { modelRuleOf, weighing, weightIn } from './model-words.ts'
import { refusedFrom, refusedLinks } from './refused.ts'
import { linkTable } from './tables.ts'
import { type Tie, weakestOf } from './weakest.ts'

/** The records of a profile with everything that ties them, and the bridge that it hangs on by least. */
export async function profileGraph(
  { engine, ruleset }: { readonly engine: Engine; readonly ruleset: Ruleset },
  profile: string,
  decisions: readonly Decision[],
): Promise<ProfileGraph> {
  const { on } = ruleset
  const members = sql`(select record from ${linkTable(on)} where profile = ${value(BigInt(profile))})`
  const rows = await recordsWhere(engine, on, sql`r._key in ${members}`)
  const records = [...new Map(rows.toReversed().map((row) => [row.record, row])).values()]
  if (records.length === 0) throw identityFaults.unknown_profile({ profile, on })
  const links = await linksOf(engine, on, profile)
  const ties = tiesOf(links, ruleset)
  const bridges = bridgesOf(ties)
  const hanging = new Set(bridges.map(({ edge }) => keyOf(edge)))
  const labels = labelsOf(ruleset)
  const byNumber = new Map(decisions.map((of) => [of.number, of]))
  const weakest = weakestOf(bridges)
  return {
    profile,
    records: records.toReversed(),
    links: links.map(({ rule, matched, left, right }) => {
      const decision = byNumber.get(decisionIn({ rule, matched }) ?? 0)
      return {
        left,
        right,
        rule,
        ...labels(rule),
        matched: shownMatch({ rule, matched }),
        ...weightIn({ rule, matched }),
        ...(decision ? { decision } : {}),
        bridge: hanging.has(keyOf({ left, right })),
      }
    }),
    refused: await refusedOf({ engine, on, labels }, profile),
    ...(weakest
      ? {
          weakest: {
            left: weakest.edge.left,
            right: weakest.edge.right,
            links: weakest.edge.links,
            ...(weakest.edge.weight === undefined ? {} : weighing(weakest.edge.weight)),
            parts: [...weakest.parts],
          },
        }
      : {}),
  }
}

/** The label of a rule, if it has one, as part of a link. */
export function labelsOf(ruleset: Ruleset): (rule: string) => { label?: string } {
  const labels = new Map([
    ...ruleset.match.map(({ key, label }) => [key, label] as const),
    [modelRuleOf(ruleset) ?? '', ruleset.matcher?.label] as const,
  ])
  return (rule) => {
    const label = labels.get(rule)
    return label === undefined ? {} : { label }
  }
}

const keyOf = ({ left, right }: { readonly left: string; readonly right: string }): string =>
  BigInt(left) < BigInt(right) ? `${left} ${right}` : `${right} ${left}`

// A block is kept as a star, but everybody in it agrees with everybody: closed to a ring, it hangs together in the same way.
function tiesOf(links: readonly Link[], ruleset: Ruleset): readonly Tie[] {
  const stars = Map.groupBy(links, ({ rule, matched, left }) =>
    JSON.stringify([rule, matched, left]),
  )
  const rims = [...stars.values()].flatMap((star) =>
    star
      .filter(({ rule }) => !tiesPairs(rule, ruleset))
      .slice(1)
      .map((link, i) => ({ ...link, left: star[i]?.right ?? link.left })),
  )
  const pairs = Map.groupBy([...links, ...rims], keyOf)
  return [...pairs.values()].flatMap((between) => {
    const [first] = between
    if (!first) return []
    const isDecided = between.some(({ rule }) => rule === byHand)
    const tie = { left: first.left, right: first.right, links: between.length, isDecided }
    const weights = between.map((link) => weightIn(link)?.weight)
    const known = weights.filter((weight) => weight !== undefined)
    return [known.length < weights.length ? tie : { ...tie, weight: Math.max(...known) }]
  })
}

async function refusedOf(
  {
    engine,
    on,
    labels,
  }: { engine: Engine; on: Subject; labels: (rule: string) => { label?: string } },
  profile: string,
): Promise<ProfileGraph['refused']> {
  const id = value(BigInt(profile))
  const rows = await engine.rows(
    sql`select * from ${refusedLinks(on)} r where left_profile = ${id} or right_profile = ${id} order by 1, 2, 3, 4`,
  )
  const links = rows.map(refusedFrom)
  const names = await namesOf(engine, on, recordsIn(links))
  return links.flatMap(({ rule, matched, reason, about, ...ends }) => {
    const [left, right]: (RecordName | undefined)[] = [names.get(ends.left), names.get(ends.right)]
    if (!left || !right) return []
    const shown = { rule, ...labels(rule), matched: shownMatch({ rule, matched }), reason }
    return [{ left, right, ...shown, ...(about === undefined ? {} : { about }) }]
  })
}
