import { column, type Engine, join, type Part, sql } from '#engine'
import type { Foretold, SegmentForecast } from '#identity'
import { modelTable, systemColumns } from '#model'
import { problemsOfMembership } from './check.ts'
import { compile } from './compile.ts'
import type { Membership, Segment } from './definition.ts'
import type { Ground, Instead } from './ground.ts'
import { needsOf } from './kinds.ts'
import { compareMembers } from './publish.ts'

/** What foretelling needs: the segments that are defined, what they are compiled against, and how many members each has. */
export interface ForetellTools {
  readonly engine: Engine
  readonly segments: readonly Segment[]
  readonly ground: Ground
  /** Of published segments: how many members they have. */
  readonly published: ReadonlyMap<string, { readonly members: number }>
  readonly signal?: AbortSignal | undefined
}

/**
 * What a publish of each published segment would do at this moment, if profiles were as foretold. What asks for an insight
 * cannot be foretold: insights are only made anew from profiles that are published.
 */
export async function foretellMembers(
  { engine, segments, ground, published, signal }: ForetellTools,
  of: Foretold,
): Promise<readonly SegmentForecast[]> {
  const bodies = new Map(segments.map(({ key, body }) => [key, body]))
  const instead = insteadOf(of, ground, bodies)
  const told: SegmentForecast[] = []
  for (const { key, body } of segments) {
    const state = published.get(key)
    if (!state) continue
    const head = { segment: key, label: body.label, members: state.members }
    const unknown = whyUnknown(body, ground, bodies)
    if (unknown !== undefined) {
      told.push({ ...head, unknown })
      continue
    }
    const who = compile(body, { ...ground, instead })
    const merged = sql`(${of.merged})`
    const foretold = await compareMembers(
      engine,
      { segment: key, who, merged },
      signal ? { signal } : {},
    )
    told.push({ ...head, foretold })
  }
  return told
}

type Bodies = ReadonlyMap<string, Membership>

function insteadOf(of: Foretold, ground: Ground, bodies: Bodies): Instead {
  const instead: Instead = {
    people: sql`(${of.people})`,
    rows: (object) => rowsOf(object, of, ground),
    members: (segment) => {
      const body = bodies.get(segment)
      if (!body) throw new Error(`the segment "${segment}" was not checked`)
      return compile(body, { ...ground, instead })
    },
  }
  return instead
}

/** The rows of an object, each with the profile that it would belong to. */
function rowsOf(object: string, { owners }: Foretold, { columns }: Ground): Part {
  const owner = owners.get(object)
  if (!owner) return modelTable(object)
  const cells = [...columns('model', object)].map((name) =>
    name === systemColumns.profile
      ? sql`case when o.${column(systemColumns.key)} is null then r.${column(name)} else o.owner end as ${column(name)}`
      : column(name, 'r'),
  )
  const isSame = ['_key', '_stream', '_position'].map(
    (name) => sql`${column(name, 'o')} = ${column(name, 'r')}`,
  )
  return sql`(select ${join(cells)} from ${modelTable(object)} r left join ${owner} o on ${join(isSame, sql` and `)}) simulated`
}

/** Why nobody can tell: an insight that is asked for, also by a segment that is asked for; or a condition that does not hold. */
function whyUnknown(body: Membership, ground: Ground, bodies: Bodies): string | undefined {
  const [problem] = problemsOfMembership(body, ground.subjects)
  if (problem) return problem.say
  for (const { kind, key } of needsOf(body)) {
    if (kind === 'insight')
      return `it asks for the insight "${key}", which is made anew after a run`
    const inner = bodies.get(key)
    const why = inner && whyUnknown(inner, ground, bodies)
    if (why !== undefined) return `it asks for the segment "${key}": ${why}`
  }
  return undefined
}
