import { type Engine, sql, value } from '#engine'
import type { Decision, Explanation, RecordName } from './api.ts'
import { nameKey } from './contradiction.ts'
import type { Ruleset, Subject } from './definition.ts'
import { findRecord, namesOf, recordsWhere } from './find-record.ts'
import { labelsOf } from './graph.ts'
import { decisionIn, tiesPairs } from './grounds.ts'
import { type Link, linksOf, recordsIn } from './links.ts'
import { weightIn } from './model-words.ts'
import { refusedFrom, refusedLinks } from './refused.ts'

/** What explaining needs; the decisions are those that stand. */
export interface ExplainTools {
  readonly engine: Engine
  readonly ruleset: Ruleset
  readonly decisions: readonly Decision[]
}

/** Why two records are one profile: the shortest chain of evidence between them. Why not: what stands between. */
export async function explain(
  tools: ExplainTools,
  { left, right }: { readonly left: string; readonly right: string },
): Promise<Explanation> {
  const { engine, ruleset } = tools
  const from = await findRecord(engine, ruleset.on, left)
  const to = await findRecord(engine, ruleset.on, right)
  const isSame = from.profile !== undefined && from.profile === to.profile
  if (!isSame)
    return {
      left: from,
      right: to,
      same_profile: false,
      path: [],
      ...(await between(tools, from, to)),
    }
  const links = await linksOf(engine, ruleset.on, from.profile ?? '')
  const path = joined(shortestPath(links, from.record, to.record), ruleset)
  const names = await namesOf(engine, ruleset.on, recordsIn(path))
  const labels = labelsOf(ruleset)
  const decisions = new Map(tools.decisions.map((of) => [of.number, of]))
  return {
    left: from,
    right: to,
    same_profile: true,
    path: path.map(({ rule, matched, left: a, right: b }) => {
      const decision = decisions.get(decisionIn({ rule, matched }) ?? 0)
      return {
        from: names.get(a) ?? from,
        to: names.get(b) ?? to,
        rule,
        ...labels(rule),
        matched,
        ...weightIn({ rule, matched }),
        ...(decision ? { decision } : {}),
      }
    }),
  }
}

/** The links between two profiles that were not made, and the decisions that keep their records apart. */
async function between(
  { engine, ruleset, decisions }: ExplainTools,
  { profile: one }: RecordName,
  { profile: other }: RecordName,
): Promise<Pick<Explanation, 'refused' | 'decisions'>> {
  if (one === undefined || other === undefined) return {}
  const { on } = ruleset
  const [a, b] = [value(BigInt(one)), value(BigInt(other))]
  const rows = await engine.rows(sql`select * from ${refusedLinks(on)} r
    where (left_profile = ${a} and right_profile = ${b}) or (left_profile = ${b} and right_profile = ${a})
    order by 1, 2, 3, 4`)
  const links = rows.map(refusedFrom)
  const names = await namesOf(engine, on, recordsIn(links))
  const labels = labelsOf(ruleset)
  const refused = links.flatMap(({ rule, matched, reason, about, ...ends }) => {
    const [from, to] = [names.get(ends.left), names.get(ends.right)]
    if (!from || !to) return []
    return [{ from, to, rule, ...labels(rule), matched, reason, ...(about ? { about } : {}) }]
  })
  return { refused, decisions: await apart({ engine, on, decisions }, one, other) }
}

async function apart(
  { engine, on, decisions }: Omit<ExplainTools, 'ruleset'> & { readonly on: Subject },
  one: string,
  other: string,
): Promise<Decision[]> {
  const cannot = decisions.filter(({ kind }) => kind === 'cannot_link')
  if (cannot.length === 0) return []
  const members = await recordsWhere(
    engine,
    on,
    sql`l.profile in (${value(BigInt(one))}, ${value(BigInt(other))})`,
  )
  const profiles = new Map(members.map((of) => [nameKey(of), of.profile]))
  return cannot.filter(({ left, right }) => {
    const [a, b] = [profiles.get(nameKey(left)), profiles.get(nameKey(right))]
    return a !== undefined && b !== undefined && a !== b
  })
}

const turned = (link: Link): Link => ({ ...link, left: link.right, right: link.left })

/** The fewest links from one record to another, each turned so that it leads there. */
function shortestPath(links: readonly Link[], from: string, to: string): readonly Link[] {
  const leaving = Map.groupBy([...links, ...links.map(turned)], ({ left }) => left)
  const reachedBy = new Map<string, Link | undefined>([[from, undefined]])
  const queue = [from]
  for (let at = queue.shift(); at !== undefined && at !== to; at = queue.shift()) {
    for (const link of leaving.get(at) ?? []) {
      if (reachedBy.has(link.right)) continue
      reachedBy.set(link.right, link)
      queue.push(link.right)
    }
  }
  const path: Link[] = []
  for (let link = reachedBy.get(to); link; link = reachedBy.get(link.left)) path.unshift(link)
  return path
}

// Evidence ties each record to the oldest of its block; two that share a value are shown as what they are: direct.
function joined(path: readonly Link[], ruleset: Ruleset): readonly Link[] {
  const short: Link[] = []
  for (const link of path) {
    const last = short.at(-1)
    const isSameBlock =
      last?.rule === link.rule && last.matched === link.matched && !tiesPairs(link.rule, ruleset)
    if (last && isSameBlock) short[short.length - 1] = { ...last, right: link.right }
    else short.push(link)
  }
  return short
}
