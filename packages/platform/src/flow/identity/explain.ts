import { column, type Engine, sql, value } from '#engine'
import type { Explanation } from './api.ts'
import type { Ruleset, Subject } from './definition.ts'
import { findRecord, namesOf } from './find-record.ts'
import { evidenceTable, linkTable } from './tables.ts'

/** Why two records are one profile: the shortest chain of evidence between them. */
export async function explain(
  engine: Engine,
  ruleset: Ruleset,
  { left, right }: { readonly left: string; readonly right: string },
): Promise<Explanation> {
  const from = await findRecord(engine, ruleset.on, left)
  const to = await findRecord(engine, ruleset.on, right)
  const isSame = from.profile !== undefined && from.profile === to.profile
  if (!isSame) return { left: from, right: to, same_profile: false, path: [] }
  const links = await evidenceOf(engine, ruleset.on, from.profile)
  const path = joined(shortestPath(links, from.record, to.record))
  const names = await namesOf(engine, ruleset.on, keysIn(path))
  const labels = new Map(ruleset.match.map((rule) => [rule.key, rule.label]))
  return {
    left: from,
    right: to,
    same_profile: true,
    path: path.map(({ rule, matched, left: a, right: b }) => {
      const label = labels.get(rule)
      return {
        from: names.get(a) ?? from,
        to: names.get(b) ?? to,
        rule,
        ...(label === undefined ? {} : { label }),
        matched,
      }
    }),
  }
}

interface Link {
  readonly rule: string
  readonly left: string
  readonly right: string
  readonly matched: string
}

async function evidenceOf(
  engine: Engine,
  on: Subject,
  profile: string | undefined,
): Promise<readonly Link[]> {
  const members = sql`select record from ${linkTable(on)} where profile = ${value(BigInt(profile ?? 0))}`
  const rows = await engine.rows(sql`select rule, ${column('left')}, ${column('right')}, matched
    from ${evidenceTable(on)} where ${column('left')} in (${members}) order by 1, 2, 3, 4`)
  return rows.map((row) => ({
    rule: String(row['rule']),
    left: String(row['left']),
    right: String(row['right']),
    matched: String(row['matched']),
  }))
}

const keysIn = (links: readonly Link[]) => links.flatMap(({ left, right }) => [left, right])

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
function joined(path: readonly Link[]): readonly Link[] {
  const short: Link[] = []
  for (const link of path) {
    const last = short.at(-1)
    const isSameBlock = last?.rule === link.rule && last.matched === link.matched
    if (last && isSameBlock) short[short.length - 1] = { ...last, right: link.right }
    else short.push(link)
  }
  return short
}
