import { column, type Engine, join, type Row, sql, value } from '#engine'
import { modelTable } from '#model'
import type { Explanation, RecordName } from './api.ts'
import type { Ruleset, Subject } from './definition.ts'
import { identityFaults } from './faults.ts'
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
  const names = await namesOf(engine, ruleset.on, path)
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

/** Finds a record by `stream:id` (or `source:id`), or by its key. */
async function findRecord(engine: Engine, on: Subject, name: string): Promise<RecordName> {
  const colon = name.indexOf(':')
  const [stream, id] = [value(name.slice(0, Math.max(colon, 0))), value(name.slice(colon + 1))]
  const isThis =
    colon < 0 && /^\d{1,19}$/.test(name)
      ? sql`r._key = ${value(BigInt(name))}`
      : sql`r.id = ${id} and (r._stream = ${stream} or r._source = ${stream})`
  const [row] = await recordsWhere(engine, on, isThis)
  if (row) return row
  throw identityFaults.unknown_record({ record: name, on })
}

async function recordsWhere(
  engine: Engine,
  on: Subject,
  condition: ReturnType<typeof sql>,
): Promise<readonly RecordName[]> {
  const rows = await engine.rows(sql`select r._key as record, r._stream, r._source, r.id, l.profile
    from ${modelTable(on)} r left join ${linkTable(on)} l on l.record = r._key where ${condition} order by r._position`)
  return rows.map(nameFrom)
}

const nameFrom = (row: Row): RecordName => ({
  record: String(row['record']),
  stream: String(row['_stream']),
  source: String(row['_source']),
  id: String(row['id']),
  ...(row['profile'] === null ? {} : { profile: String(row['profile']) }),
})

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

async function namesOf(
  engine: Engine,
  on: Subject,
  path: readonly Link[],
): Promise<ReadonlyMap<string, RecordName>> {
  const keys = [...new Set(path.flatMap(({ left, right }) => [left, right]))]
  if (keys.length === 0) return new Map()
  const listed = join(keys.map((key) => value(BigInt(key))))
  const rows = await recordsWhere(engine, on, sql`r._key in (${listed})`)
  return new Map(rows.toReversed().map((row) => [row.record, row]))
}
