import { consentObjects } from '#consent'
import { fingerprint } from '#definitions'
import type { Freshness, GraphNode, NodeView, Outcome, Refresher } from '#graph'
import type { InsightShape } from '#insights'
import type { Model } from '#model'
import type { Relation } from '#query'
import type { SegmentKeeping } from './api.ts'
import type { Condition, Membership, Segment, SegmentDefinition, Sequence } from './definition.ts'
import { needsOf } from './kinds.ts'
import type { Published } from './publish.ts'
import type { Segments } from './segments.ts'
import { checkedSql, problemsOfSql, sqlAsksTheClock } from './sql-segment.ts'
import { isUnified, type Subjects, subjectsOf } from './subjects.ts'
import { asksOf, conditionsOf, leavesOf, segmentsNamed, withInner } from './walk.ts'
import { followsTheClock } from './why-moments.ts'

const hourMs = 3_600_000

/** What the nodes of segments are told from. */
export interface SegmentSources {
  readonly model: Model
  readonly insights: readonly InsightShape[]
  /** What segments in SQL may read. */
  readonly relations: readonly Relation[]
  /** Which model objects are in the graph. */
  readonly hasObject: (key: string) => boolean
  /** What stands published: with its positions no change is lost when a process dies before the graph has noted it. */
  readonly published?: Awaited<ReturnType<Segments['published']>>
}

/** The nodes of segments in the graph of everything derived. */
export function segmentNodes(
  segments: readonly Segment[],
  of: SegmentSources,
): readonly GraphNode[] {
  const bodies = new Map(segments.map(({ key, body }) => [key, body]))
  const parents = new Map(
    segments.flatMap(({ key, body }) =>
      'waterfall' in body ? body.waterfall.map((part) => [part, key] as const) : [],
    ),
  )
  return segments.map(({ key, body }) => {
    const standing = of.published?.get(key)
    const common = {
      key: `segment:${key}`,
      kind: 'segment',
      label: body.label,
      rests: 'as long as it costs' as const,
      position: standing?.position ?? 0,
      ...(standing && { counts: { members: standing.members } }),
    }
    const parent = parents.get(key)
    if (parent !== undefined)
      return {
        ...common,
        inputs: [`segment:${parent}`],
        definition: fingerprint(parent),
        freshness: 'live',
      }
    const all = withInner(body, bodies)
    return {
      ...common,
      inputs: [...new Set(all.flatMap((one) => inputsOf(one, body.on, of)))],
      definition: fingerprint(all.map(saidBy)),
      freshness: freshnessOf(all),
    }
  })
}

function inputsOf(
  body: SegmentDefinition | Membership,
  on: string,
  of: SegmentSources,
): readonly string[] {
  const object = (key: string) => (of.hasObject(key) ? [`model:${key}`] : [])
  const base = isUnified(on) ? [`unified:${on}`] : object(on)
  const subjects = subjectsOf({ ...of, segments: [], on })
  if ('sql' in body) return [...base, ...inputsOfSql(body.sql, subjects, of)]
  const conditions = conditionsOf(body)
  const read = conditions ? objectsRead(conditions, subjects) : []
  const needs = needsOf(body).filter(({ kind }) => kind === 'insight')
  const members = segmentsNamed(body).filter(({ use }) => use === 'members')
  return [
    ...base,
    ...[...read, ...consentRead(conditions)].flatMap(object),
    ...needs.map(({ key }) => `insight:${key}`),
    ...members.map(({ key }) => `segment:${key}`),
  ]
}

function inputsOfSql(
  text: string,
  subjects: Subjects,
  { relations, hasObject }: SegmentSources,
): readonly string[] {
  // A text that can no longer be read fails where it is published, and says why there.
  if (problemsOfSql(text, subjects, relations).length > 0) return []
  return checkedSql(text, relations).reads.flatMap(({ relation }) => {
    const found = relations.find(({ name }) => name === relation)
    if (found?.table.schema === 'insight') return [`insight:${relation}`]
    if (found?.table.schema === 'unified') return [`unified:${found.table.name}`]
    return hasObject(relation) ? [`model:${relation}`] : []
  })
}

// What changes nobody's membership is not in it.
const saidBy = (body: SegmentDefinition | Membership) => {
  const {
    label: _,
    about: __,
    ...said
  } = 'label' in body ? body : { label: '', about: '', ...body }
  return said
}

const valuesAskedOf = (one: SegmentDefinition | Membership): readonly string[] =>
  Object.entries(conditionsOf(one)?.parameters ?? {}).flatMap(([name, of]) =>
    of.default === undefined ? [name] : [],
  )

/** The values that whoever publishes a segment has to give, by their names; also those of definitions inside it. */
export const valuesAsked = (
  body: SegmentDefinition,
  segments: ReadonlyMap<string, Pick<Segment, 'body'>>,
): readonly string[] => {
  const bodies = new Map([...segments].map(([key, one]) => [key, one.body]))
  return withInner(body, bodies).flatMap(valuesAskedOf)
}

// People come and go with time alone; a value that nobody has given yet is for whoever asks to give.
function freshnessOf(all: readonly (SegmentDefinition | Membership)[]): Freshness {
  const asksFor = all.flatMap(valuesAskedOf)
  if (asksFor.length > 0) return { asksFor }
  const asks = all.some((one) => {
    const conditions = conditionsOf(one)
    return 'sql' in one ? sqlAsksTheClock(one.sql) : conditions && asksTheClock(conditions)
  })
  return asks ? { atLeastEveryMs: hourMs } : 'live'
}

// Statements begin and end, and are those of whoever a record belongs to.
const consentRead = (of: Membership | undefined): readonly string[] =>
  of && asksOf(of).some(([leaf]) => 'consent' in leaf) ? consentObjects : []

/** Conditions on rows, with the object that their paths begin at. */
interface Read {
  readonly object: string
  readonly paths: readonly string[]
}

/** The model objects that a membership reads, over links too. */
function objectsRead(of: Membership, subjects: Subjects): readonly string[] {
  const own = asksOf(of).flatMap(([leaf]) => ('field' in leaf ? [leaf.field] : []))
  const reads: readonly Read[] = [
    { object: subjects.on, paths: [...own, ...(of.rank?.per ? [of.rank.per] : [])] },
    ...rowsOf(of).map(({ related, where, of: path }) => ({
      object: related,
      paths: [
        ...(where === undefined ? [] : pathsIn(where)),
        ...(path === undefined ? [] : [path]),
        ...(subjects.objects.get(related)?.way.map(({ field }) => field) ?? []),
      ],
    })),
  ]
  const { model } = subjects
  return reads.flatMap(({ object, paths }) => [
    ...(object === subjects.on ? [] : [object]),
    ...paths.flatMap((path) => objectsOn(path, object, model)),
    ...parentOf(object, subjects),
  ])
}

// A row that belongs to a person over its parent changes hands with the parent.
const parentOf = (object: string, { objects }: Subjects): readonly string[] =>
  (objects.get(object)?.way ?? []).slice(0, -1).map(({ to }) => to)

function objectsOn(path: string, from: string, model: Subjects['model']): readonly string[] {
  const found: string[] = []
  let at: string | undefined = from
  for (const step of path.split('.').slice(0, -1)) {
    at = model.get(at ?? '')?.links[step]
    if (at !== undefined) found.push(at)
  }
  return found
}

const pathsIn = (where: Condition): readonly string[] =>
  leavesOf(where).flatMap(([leaf]) => ('field' in leaf ? [leaf.field] : []))

interface RowsAsked {
  readonly related: string
  readonly where?: Condition
  readonly look_back?: unknown
  readonly of?: string
}

/** The rows that are asked, by measures, sequences and the rank. */
const rowsOf = (of: Membership): readonly RowsAsked[] =>
  asksOf(of).flatMap(([leaf]): readonly RowsAsked[] => {
    if ('sequence' in leaf) return leaf.sequence
    return 'related' in leaf ? [leaf] : []
  })

/** Whether who is meant changes with time alone. */
export const asksTheClock = (of: Membership): boolean =>
  asksOf(of).some(([leaf]) => asksClock(leaf) || ('sequence' in leaf && waits(leaf))) ||
  rowsOf(of).some(
    ({ where, look_back }) =>
      look_back !== undefined ||
      (where !== undefined && leavesOf(where).some(([row]) => asksClock(row))),
  )

// What is said of consent begins, and may end.
const asksClock = (leaf: object) =>
  'consent' in leaf || ('op' in leaf && followsTheClock(String(leaf.op)))

// That something did not come in time is known only once the time is over.
const waits = ({ sequence }: Sequence) =>
  sequence.some(({ never, within }) => never === true && within !== undefined)

/** Publishes nodes of kind `segment`. */
export const segmentRefresher =
  (segments: Pick<Segments, 'refresh'>): Refresher =>
  async ({ key }, { signal }) => {
    return outcomeOf(await segments.refresh(key.slice('segment:'.length), signal))
  }

/**
 * Publishes one segment as somebody asks for it; written down in the graph, so that the next refresh finds it done. With values
 * of theirs, or as of another moment, it is not what a refresh would make of it.
 */
export const askedPublish =
  (
    segments: Pick<Segments, 'get' | 'publish'>,
    make: (node: string, by: Refresher, signal?: AbortSignal) => Promise<void>,
  ): Segments['publish'] =>
  async (key, signal, at, given) => {
    if (at !== undefined || given !== undefined) return segments.publish(key, signal, at, given)
    // It says itself that there is none.
    await segments.get(key)
    let done: Published | undefined
    const publish: Refresher = async () => {
      done = await segments.publish(key, signal)
      return outcomeOf(done)
    }
    await make(`segment:${key}`, publish, signal)
    if (!done) throw new Error(`the segment ${key} was not published`)
    return done
  }

const outcomeOf = ({ changed, position, members, entered, left }: Published): Outcome => ({
  changed: changed ? 'all' : 'nothing',
  position,
  counts: { members, entered, left },
})

/** Tells of segments that are published in runs as of when their members are, and how far behind: 0 when nothing waits. */
export async function scheduledAsOf(
  kept: ReadonlyMap<string, SegmentKeeping>,
  { view, now }: { readonly view: () => Promise<readonly NodeView[]>; readonly now: Date },
): Promise<ReadonlyMap<string, SegmentKeeping>> {
  if (![...kept.values()].some(({ lane }) => lane === 'scheduled')) return kept
  const nodes = new Map((await view()).map((node) => [node.key, node]))
  return new Map(
    [...kept].map(([key, one]) => {
      const { refreshedAt, durationMs = 0, why = [], waits } = nodes.get(`segment:${key}`) ?? {}
      if (one.lane === 'live' || refreshedAt === undefined) return [key, one]
      // What came while it was published is not in it.
      const asOf = new Date(Date.parse(refreshedAt) - durationMs)
      const behindMs = why.length === 0 ? 0 : Math.max(0, now.getTime() - asOf.getTime())
      const until = waits?.until === undefined ? {} : { until: waits.until }
      return [
        key,
        {
          ...one,
          as_of: asOf.toISOString(),
          staleness_ms: behindMs,
          ...(waits && { waits: { why: why.at(-1) ?? '', ...until } }),
        },
      ]
    }),
  )
}
