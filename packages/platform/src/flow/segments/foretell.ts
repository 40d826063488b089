import { column, type Draft, type Engine, join, type Part, sql, value } from '#engine'
import type { Foretold, SegmentForecast } from '#identity'
import { modelTable, systemColumns } from '#model'
import { problemsOfMembership } from './check.ts'
import { parentsOf } from './check-segment.ts'
import { compile, firstFits } from './compile.ts'
import { membershipOf, type Segment, type SegmentDefinition } from './definition.ts'
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
  const bodies: Bodies = new Map(segments.map(({ key, body }) => [key, body]))
  const instead = insteadOf(of, ground, bodies)
  const told: SegmentForecast[] = []
  for (const { key, body } of segments) {
    const state = published.get(key)
    if (!state || isUntouched(body, of)) continue
    const head = { segment: key, label: body.label, members: state.members }
    const unknown = whyUnknown({ key, body }, ground, bodies)
    if (unknown !== undefined) {
      told.push({ ...head, unknown })
      continue
    }
    const members = meant({ key, body }, { ...ground, instead })
    const merged = sql`(${of.merged})`
    const foretold = await compareMembers(
      engine,
      { segment: key, who: members, merged },
      signal ? { signal } : {},
    )
    told.push({ ...head, foretold })
  }
  return told
}

/** Whether a run about something else cannot change who is in it: it asks for nothing but what it is about. */
const isUntouched = (body: SegmentDefinition, { on }: Foretold): boolean =>
  body.on !== on && !('sql' in body) && needsOf(body).length === 0

type Bodies = ReadonlyMap<string, SegmentDefinition>

function insteadOf(of: Foretold, ground: Ground, bodies: Bodies): Instead {
  const instead: Instead = {
    people: sql`(${of.people})`,
    links: of.links,
    rows: (object) => rowsOf(object, of, ground),
    members: (segment) => {
      const body = bodies.get(segment)
      if (!body) throw new Error(`the segment "${segment}" was not checked`)
      return meant({ key: segment, body }, { ...ground, instead })
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
  return sql`(select ${join(cells)} from ${modelTable(object)} r left join ${owner} o on ${join(isSame, sql` and `)})`
}

/** Who would be the members of a segment; those of a part of a waterfall are whom the parts before it leave. */
function meant({ key, body }: Segment, ground: Ground): Draft {
  const { segments } = ground.subjects
  const parent = segments.get(parentsOf(key, segments)[0] ?? '')
  if (parent === undefined || !('waterfall' in parent)) return compile(body, ground)
  return sql`select profile from (
${firstFits(parent.waterfall, ground)}
) parts where segment = ${value(key)}`
}

/**
 * Why nobody can tell: an insight that is asked for, also by a segment that is asked for; a condition that does not hold; or
 * SQL, which reads what is published.
 */
function whyUnknown({ key, body }: Segment, ground: Ground, bodies: Bodies): string | undefined {
  if (body.on !== ground.subjects.on) return `it is about "${body.on}"`
  if ('sql' in body) return 'it is written in SQL, which reads the profiles that are published'
  const membership = membershipOf(body)
  const [problem] = membership ? problemsOfMembership(membership, ground.subjects) : []
  if (problem) return problem.say
  const parents = parentsOf(key, bodies).map((of) => ({ kind: 'segment', key: of }))
  for (const need of [...needsOf(body), ...parents]) {
    if (need.kind === 'insight')
      return `it asks for the insight "${need.key}", which is made anew after a run`
    const inner = bodies.get(need.key)
    // A part asks for its waterfall, which asks for its parts.
    const isPart = 'waterfall' in body
    const why = inner && whyUnknown({ key: isPart ? '' : need.key, body: inner }, ground, bodies)
    if (why !== undefined) return `it asks for the segment "${need.key}": ${why}`
  }
  return undefined
}
