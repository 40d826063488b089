import { type Draft, type Engine, sql } from '#engine'
import type { ForetellSegments } from '#identity'
import type { InsightShape } from '#insights'
import type { Clock } from '#kernel/clock.ts'
import { refuseIfAny } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { fieldTypes } from '#kernel/scalar.ts'
import type { Model } from '#model'
import type { Relation } from '#query'
import type { Store } from '#store'
import type {
  CountAnswer,
  MemberPage,
  PersonSummary,
  SegmentKeeping,
  SegmentOverview,
  SegmentSize,
  Stay,
  SubjectsAnswer,
} from './api.ts'
import { problemsOfMembership } from './check.ts'
import { compile } from './compile.ts'
import { type Membership, operatorsFor, type Segment } from './definition.ts'
import { segmentFaults } from './faults.ts'
import { foretellMembers } from './foretell.ts'
import type { Ground } from './ground.ts'
import { membersOf, sampleOf, staysOf } from './members.ts'
import { type Published, publish, sweepSegments } from './publish.ts'
import { sizeRecords } from './records.ts'
import { subjectsOf } from './subjects.ts'
import { memberTable, personTable, stateTable } from './tables.ts'
import { leavesOf } from './walk.ts'

/** What can be done with segments. */
export interface Segments {
  /** All segments with their sizes. */
  readonly list: () => Promise<readonly SegmentOverview[]>
  readonly get: (key: string) => Promise<SegmentOverview>
  /** How many people are meant; nothing is kept. */
  readonly count: (of: Membership, signal?: AbortSignal) => Promise<CountAnswer>
  /** Some of those who are meant. */
  readonly sample: (
    of: Membership,
    limit: number,
    signal?: AbortSignal,
  ) => Promise<readonly PersonSummary[]>
  /** Some of those whom a segment means, whether it was published or not. */
  readonly sampleOf: (
    key: string,
    limit: number,
    signal?: AbortSignal,
  ) => Promise<readonly PersonSummary[]>
  /** Makes those who are meant now, or at an instant that is given, the members. */
  readonly publish: (key: string, signal?: AbortSignal, at?: Date) => Promise<Published>
  /** Notes the sizes of segments that were published together. */
  readonly noteSizes: (sizes: ReadonlyMap<string, SegmentSize>) => Promise<void>
  /** One page of the published members. */
  readonly members: (
    key: string,
    page: { after?: bigint | undefined; limit: number },
  ) => Promise<MemberPage>
  /** The sizes after each publish, newest first. */
  readonly sizes: (key: string, limit: number) => Promise<readonly SegmentSize[]>
  /** The segments a person is in, and those they were in. */
  readonly staysOf: (
    profile: bigint,
  ) => Promise<{ readonly current: readonly Stay[]; readonly past: readonly Stay[] }>
  /** What conditions can ask, and with which operators. */
  readonly subjects: () => Promise<SubjectsAnswer>
  /** The position of the last change of each segment that has been published. */
  readonly positions: () => Promise<ReadonlyMap<string, number>>
  /** What publishing would do if profiles were as foretold; nothing is published. */
  readonly foretell: ForetellSegments
  /** Takes away what was published of segments that are no longer defined. */
  readonly sweep: () => Promise<void>
}

/** What is defined now. */
export interface KnownToSegments {
  readonly model: Model
  readonly insights: readonly InsightShape[]
  readonly segments: readonly Segment[]
}

export interface SegmentTools {
  readonly engine: Engine
  readonly store: Store
  readonly clock: Clock
  readonly known: () => Promise<KnownToSegments>
  /** How a segment is kept up to date, where something keeps it live. */
  readonly keeping?: (segment: Segment) => Promise<SegmentKeeping | undefined>
}

/** The segments of one installation. */
export function makeSegments({ engine, store, clock, known, keeping }: SegmentTools): Segments {
  const sizes = sizeRecords(store)

  const find = async (key: string) => {
    const { segments } = await known()
    const segment = segments.find((one) => one.key === key)
    if (segment) return segment
    const near = didYouMean(
      key,
      segments.map((one) => one.key),
    )
    throw segmentFaults.unknown({ segment: key, near })
  }

  const query = async (of: Membership, now = clock.now()): Promise<Draft> => {
    const ground = await groundOf(engine, await known(), now)
    refuseIfAny(problemsOfMembership(of, ground.subjects))
    assertReady(of, ground)
    return compile(of, ground)
  }

  const sample = async (of: Membership, limit: number, signal?: AbortSignal) =>
    sampleOf(engine, await query(of), { limit, ...(signal ? { signal } : {}) })

  const overviews = async (segments: readonly Segment[]) => {
    const [states, newest] = await Promise.all([statesOf(engine), sizes.newest()])
    return segments.map(({ key, body }): SegmentOverview => {
      const last = newest.get(key)
      return {
        key,
        label: body.label,
        ...(body.about === undefined ? {} : { about: body.about }),
        on: body.on,
        ...states.get(key),
        ...(last ? { last } : {}),
      }
    })
  }

  return {
    sample,
    list: async () => overviews((await known()).segments),
    get: async (key) => {
      const segment = await find(key)
      const [only] = await overviews([segment])
      if (!only) throw new Error('one segment gave no overview')
      const kept = await keeping?.(segment)
      return kept ? { ...only, kept } : only
    },
    count: async (of, signal) => {
      const who = await query(of)
      const [row] = await engine.rows(
        sql`select (select count(*) from (\n${who}\n) who) as members, (select count(*) from ${personTable}) as people`,
        signal ? { signal } : {},
      )
      return { members: Number(row?.['members']), people: Number(row?.['people']) }
    },
    sampleOf: async (key, limit, signal) => sample((await find(key)).body, limit, signal),
    publish: async (key, signal, at = clock.now()) => {
      const { body } = await find(key)
      const who = await query(body, at)
      const done = await publish(engine, {
        segment: key,
        who,
        at,
        ...(signal ? { ask: { signal } } : {}),
      })
      const { position, members, entered, left } = done
      await sizes.add(key, { at: at.toISOString(), position, members, entered, left })
      return done
    },
    noteSizes: sizes.addAll,
    members: async (key, { after, limit }) => {
      await find(key)
      return membersOf(engine, key, { after, limit })
    },
    sizes: async (key, limit) => {
      await find(key)
      return sizes.list(key, limit)
    },
    staysOf: async (profile) => {
      const { segments } = await known()
      const labels = new Map(segments.map(({ key, body }) => [key, body.label]))
      const labelled = (stay: Stay): Stay => {
        const label = labels.get(stay.segment)
        return label === undefined ? stay : { ...stay, label }
      }
      const { current, past } = await staysOf(engine, profile)
      return { current: current.map(labelled), past: past.map(labelled) }
    },
    subjects: async () => subjectsAnswer(await known()),
    positions: async () =>
      new Map([...(await statesOf(engine))].map(([key, { position }]) => [key, position])),
    foretell: async (of, signal) => {
      const all = await known()
      const ground = await groundOf(engine, all, clock.now())
      const published = await statesOf(engine)
      return foretellMembers({ engine, segments: all.segments, ground, published, signal }, of)
    },
    sweep: async () =>
      sweepSegments(
        engine,
        (await known()).segments.map(({ key }) => key),
      ),
  }
}

/** What conditions are compiled against now. */
export async function groundOf(engine: Engine, known: KnownToSegments, now: Date): Promise<Ground> {
  const [model, unified] = await Promise.all([engine.tables('model'), engine.tables('unified')])
  const columns = new Map(
    [
      ...model.map((of) => ['model', of] as const),
      ...unified.map((of) => ['unified', of] as const),
    ].map(([schema, of]) => [`${schema}.${of.name}`, new Set(of.columns.map(({ name }) => name))]),
  )
  if (!columns.has(`${personTable.schema}.${personTable.name}`)) throw segmentFaults.no_profiles({})
  const subjects = subjectsOf({ ...known, segments: known.segments.map(({ key }) => key) })
  const none: ReadonlySet<string> = new Set()
  return { subjects, now, columns: (schema, name) => columns.get(`${schema}.${name}`) ?? none }
}

// An insight tells the types of its measures with its first run; before that there is nothing to compare with.
function assertReady({ include, exclude }: Membership, { subjects }: Ground): void {
  for (const [leaf] of [include, ...(exclude ? [exclude] : [])].flatMap((of) => leavesOf(of))) {
    if (!('insight' in leaf)) continue
    const [insight = '', measure = ''] = leaf.insight.split('.')
    if (subjects.insights.get(insight)?.measures.get(measure) === undefined)
      throw segmentFaults.no_result({ insight })
  }
}

async function statesOf(engine: Engine) {
  const rows = await engine.rows(
    sql`select segment, members, position, published_at from ${stateTable}`,
  )
  return new Map(
    rows.map((row) => [
      String(row['segment']),
      {
        members: Number(row['members']),
        position: Number(row['position']),
        changed_at: String(row['published_at']),
      },
    ]),
  )
}

function subjectsAnswer(known: KnownToSegments): SubjectsAnswer {
  const keys = known.segments.map(({ key }) => key)
  const { person, objects, insights } = subjectsOf({ ...known, segments: keys })
  const personal = [...insights].filter(([, { dimensions }]) => dimensions.join() === 'profile_id')
  return {
    person: { ...person },
    objects: Object.fromEntries([...objects].map(([key, fields]) => [key, { ...fields }])),
    insights: Object.fromEntries(
      personal.map(([key, { measures }]) => [
        key,
        Object.fromEntries([...measures].flatMap(([name, type]) => (type ? [[name, type]] : []))),
      ]),
    ),
    segments: keys,
    operators: Object.fromEntries(fieldTypes.map((type) => [type, [...operatorsFor(type)]])),
  }
}

/** The published members as users name them in queries. */
export const segmentRelation: Relation = {
  name: 'segment_member',
  label: 'Members of segments',
  table: memberTable,
  columns: [
    { name: 'segment', type: 'text' },
    { name: 'profile_id', type: 'integer', physical: 'profile' },
    { name: 'entered_at', type: 'timestamp' },
  ],
}
