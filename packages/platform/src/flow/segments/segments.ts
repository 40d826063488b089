import { type Engine, sql, value, type Writer } from '#engine'
import type { ForetellSegments } from '#identity'
import type { InsightShape } from '#insights'
import type { Clock } from '#kernel/clock.ts'
import { didYouMean } from '#kernel/near.ts'
import { fieldTypes } from '#kernel/scalar.ts'
import type { Model } from '#model'
import type { Relation } from '#query'
import type { Store } from '#store'
import type {
  ChangesAnswer,
  CountAnswer,
  MemberPage,
  OverlapAnswer,
  OverlapBody,
  PersonSummary,
  SegmentKeeping,
  SegmentOverview,
  SegmentSize,
  SizeSpan,
  Stay,
  SubjectsAnswer,
  WhyAnswer,
  WhyBody,
} from './api.ts'
import { type Asking, askOf, countOf, type Question } from './ask.ts'
import { parentsOf } from './check-segment.ts'
import { firstFits } from './compile.ts'
import {
  type Given,
  operatorKinds,
  operatorsFor,
  type Segment,
  type SegmentDefinition,
} from './definition.ts'
import { segmentFaults } from './faults.ts'
import { foretellMembers } from './foretell.ts'
import type { Ground } from './ground.ts'
import { membersOf, sampleOf } from './members.ts'
import { overlapOf } from './overlap.ts'
import { type ChangesAsked, changesOf, membersAt, staysOf } from './past.ts'
import { sizesPer } from './past-sizes.ts'
import {
  type JointPublication,
  type Published,
  publish as publishSegment,
  publishTogether,
  sweepSegments,
} from './publish.ts'
import { differing, publishFirst } from './publish-first.ts'
import { sizeRecords } from './records.ts'
import { insightKey, isUnified, subjectsOf } from './subjects.ts'
import { memberTable, mergedTableOf, stateTable } from './tables.ts'
import { troubleRecords } from './trouble.ts'
import { whyOf } from './why.ts'
import { ofThemAlone, refuseStrangers } from './why-stay.ts'

/** What can be done with segments. */
export interface Segments {
  /** All segments with their sizes. */
  readonly list: () => Promise<readonly SegmentOverview[]>
  readonly get: (key: string) => Promise<SegmentOverview>
  /** How many people are meant; nothing is kept. */
  readonly count: (of: Question, signal?: AbortSignal) => Promise<CountAnswer>
  /** Some of those who are meant. */
  readonly sample: (
    of: Question,
    limit: number,
    signal?: AbortSignal,
  ) => Promise<readonly PersonSummary[]>
  /** Some of those whom a segment means, whether it was published or not. */
  readonly sampleOf: (
    key: string,
    limit: number,
    signal?: AbortSignal,
    given?: Given,
  ) => Promise<readonly PersonSummary[]>
  /** Makes those who are meant now, or at an instant that is given, the members. */
  readonly publish: (
    key: string,
    signal?: AbortSignal,
    at?: Date,
    given?: Given,
  ) => Promise<Published>
  /** Publishes segments about people that have never been published and have no ranks, in one reading; `also` is done with each. */
  readonly publishFirst: (
    keys: readonly string[],
    of: { readonly at: Date; readonly signal: AbortSignal },
    also: (writer: Writer, key: string) => Promise<void>,
  ) => Promise<ReadonlyMap<string, Published>>
  /** Which of such segments have other members than those whom they mean at a moment. */
  readonly differing: (
    keys: readonly string[],
    of: { readonly at: Date; readonly signal: AbortSignal },
  ) => Promise<readonly string[]>
  /** The same as a publish, unless it is a part of a waterfall that has been published: that keeps it up to date. */
  readonly refresh: (key: string, signal?: AbortSignal) => Promise<Published>
  /** Notes that the members of some segments are right, whatever failed before. */
  readonly noteWell: (keys: readonly string[]) => Promise<void>
  /** Notes the sizes of segments that were published together. */
  readonly noteSizes: (sizes: ReadonlyMap<string, SegmentSize>) => Promise<void>
  /** One page of the published members, also of those of a moment that is past. */
  readonly members: (
    key: string,
    page: { after?: bigint | undefined; limit: number; at?: Date | undefined },
  ) => Promise<MemberPage>
  /** Who entered and who left, newest first. */
  readonly changes: (key: string, asked: ChangesAsked) => Promise<ChangesAnswer>
  /** The sizes after each publish, or per span, newest first. */
  readonly sizes: (
    key: string,
    limit: number,
    asked?: { per?: SizeSpan | undefined; from?: Date | undefined; to?: Date | undefined },
  ) => Promise<readonly SegmentSize[]>
  /** Why somebody is in a segment or not. */
  readonly why: (
    key: string,
    profile: bigint,
    ask?: { given?: Given | undefined; signal?: AbortSignal },
  ) => Promise<WhyAnswer>
  /** Why somebody is in a segment that they are in; nothing is told of others. */
  readonly whyStay: (key: string, profile: bigint, signal?: AbortSignal) => Promise<WhyAnswer>
  /** The same of a condition that is not kept. */
  readonly whyOf: (of: WhyBody, signal?: AbortSignal) => Promise<WhyAnswer>
  /** How many people are in each combination of segments and conditions. */
  readonly overlap: (of: OverlapBody, signal?: AbortSignal) => Promise<OverlapAnswer>
  /** The segments a person is in, and those they were in. */
  readonly staysOf: (
    profile: bigint,
  ) => Promise<{ readonly current: readonly Stay[]; readonly past: readonly Stay[] }>
  /** What conditions can ask, and with which operators. */
  readonly subjects: (on?: string) => Promise<SubjectsAnswer>
  /** The position of the last change of each segment that has been published. */
  readonly positions: () => Promise<ReadonlyMap<string, number>>
  /** The same with how many members each has. */
  readonly published: () => Promise<
    ReadonlyMap<string, { readonly position: number; readonly members: number }>
  >
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
  /** What segments in SQL may read. */
  readonly relations?: readonly Relation[]
}

export interface SegmentTools {
  readonly engine: Engine
  readonly store: Store
  readonly clock: Clock
  readonly known: () => Promise<KnownToSegments>
  /** How segments are kept up to date, by their keys. */
  readonly keeping?: (segments: readonly Segment[]) => Promise<ReadonlyMap<string, SegmentKeeping>>
}

/** The segments of one installation. */
export function makeSegments({ engine, store, clock, known, keeping }: SegmentTools): Segments {
  const sizes = sizeRecords(store)
  const troubles = troubleRecords(store)

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

  const groundFor = async (on: string) => groundOf(engine, await known(), clock.now(), on)

  const ask = async (of: Question): Promise<Asking> => {
    const { on = 'individual', given, ...body } = of
    const ground = await groundFor(on)
    const segment = { key: '', body: { label: on, on, ...body } }
    return askOf(segment, given, ground)
  }

  const sample = async (of: Question, limit: number, signal?: AbortSignal) => {
    const { who, ground } = await ask(of)
    return sampleOf(engine, who, { limit, ground, ...(signal ? { signal } : {}) })
  }

  const note = async (at: Date, all: ReadonlyMap<string, Published>) => {
    for (const [key, { position, members, entered, left }] of all)
      await sizes.add(key, { at: at.toISOString(), position, members, entered, left })
  }

  const publishWaterfall = async (key: string, by: Publishing) => {
    const { ground, body } = by
    const { waterfall } = body
    const fitting = firstFits(waterfall, ground)
    const who = sql`select segment, profile from (
${fitting}
) each_part union all select ${value(key)}, profile from (
${fitting}
) every_part`
    return publishTogether(engine, { ...by, segments: [key, ...waterfall], who })
  }

  const overviews = async (segments: readonly Segment[]) => {
    const [states, newest, trouble, keepings] = await Promise.all([
      statesOf(engine),
      sizes.newest(),
      troubles.list(),
      keeping?.(segments),
    ])
    return segments.map(({ key, body }): SegmentOverview => {
      const [last, stale, kept] = [newest.get(key), trouble.get(key), keepings?.get(key)]
      return {
        key,
        label: body.label,
        ...(body.about === undefined ? {} : { about: body.about }),
        on: body.on,
        ...states.get(key),
        ...(last ? { last } : {}),
        ...(stale ? { stale } : {}),
        ...(kept ? { kept } : {}),
      }
    })
  }

  const parentOf = async (key: string) => {
    const { segments } = await known()
    return parentsOf(key, new Map(segments.map((one) => [one.key, one.body])))[0]
  }

  // The members of a part of a waterfall are those whom the parts before it left, so all are published together.
  const publishAll = async (
    key: string,
    { signal, at, given }: { signal: AbortSignal | undefined; at: Date; given: Given | undefined },
  ) => {
    const { key: whole, body } = await find((await parentOf(key)) ?? key)
    const ground = await groundOf(engine, await known(), at, body.on)
    const { who } = askOf({ key: whole, body }, given, ground)
    const merges = isUnified(body.on) ? mergedTableOf(body.on) : ('none' as const)
    const by = { at, merges, ...(signal ? { ask: { signal } } : {}) }
    const all =
      'waterfall' in body
        ? await publishWaterfall(whole, { ...by, body, ground })
        : new Map([[whole, await publishSegment(engine, { ...by, segment: whole, who })]])
    await note(at, all)
    return all
  }

  const publish: Segments['publish'] = async (key, signal, at = clock.now(), given = undefined) => {
    const work = async () => publishedOf(key, await publishAll(key, { signal, at, given }))
    if (given !== undefined) return work()
    await find(key)
    return troubles.watch(key, { at, signal }, work)
  }

  const why: Segments['why'] = async (key, profile, { given, signal } = {}) => {
    const segment = await find(key)
    const ground = await groundFor(segment.body.on)
    return whyOf(engine, { segment, isKept: true, given, profile, ground, signal })
  }

  const meantBy = async (keys: readonly string[], at: Date, signal: AbortSignal) => {
    const all = await known()
    const wanted = new Set(keys)
    const bodies = all.segments.flatMap(({ key, body }) =>
      wanted.has(key) && 'include' in body ? [[key, body] as const] : [],
    )
    const ground = await groundOf(engine, all, at)
    return { segments: new Map(bodies), ground, ask: { signal } }
  }

  return {
    sample,
    list: async () => overviews((await known()).segments),
    get: async (key) => {
      const [only] = await overviews([await find(key)])
      if (!only) throw new Error('one segment gave no overview')
      return only
    },
    count: async (of, signal) => countOf(engine, await ask(of), { ...of, signal }),
    sampleOf: async (key, limit, signal, given) => {
      const { label: _, about: __, ...body } = (await find(key)).body
      return sample({ ...body, ...(given ? { given } : {}) }, limit, signal)
    },
    publish,
    publishFirst: async (keys, { at, signal }, also) => {
      const meant = await meantBy(keys, at, signal)
      const done = await publishFirst(engine, { ...meant, at }, also)
      await note(at, done)
      for (const key of done.keys()) await troubles.watch(key, { at, signal }, async () => {})
      return done
    },
    differing: async (keys, { at, signal }) => differing(engine, await meantBy(keys, at, signal)),
    refresh: async (key, signal) => {
      const parent = await parentOf(key)
      const state = parent === undefined ? undefined : (await statesOf(engine)).get(key)
      if (state === undefined) return publish(key, signal)
      const { members, position } = state
      return { members, position, entered: 0, left: 0, moved: 0, changed: true }
    },
    noteSizes: sizes.addAll,
    noteWell: troubles.forget,
    members: async (key, { after, limit, at }) => {
      const of = { segment: key, ground: await groundFor((await find(key)).body.on) }
      if (at === undefined) return membersOf(engine, of, { after, limit })
      if (at > clock.now()) throw segmentFaults.not_yet({ at: at.toISOString() }, { at: 'at' })
      return membersAt(engine, of, { at, after, limit })
    },
    changes: async (key, asked) => {
      const ground = await groundFor((await find(key)).body.on)
      return changesOf(engine, { segment: key, ground }, asked)
    },
    sizes: async (key, limit, { per, from, to } = {}) => {
      await find(key)
      if (per) return sizesPer(sizes, key, { per, limit, from, to: to ?? clock.now() })
      return sizes.list(key, { limit, from: from?.toISOString(), before: to?.toISOString() })
    },
    why,
    whyStay: async (key, profile, signal) => {
      await refuseStrangers(engine, key, profile)
      return ofThemAlone(await why(key, profile, signal ? { signal } : {}))
    },
    whyOf: async ({ profile, on = 'individual', given, ...body }, signal) => {
      const segment = { key: '', body: { label: on, on, ...body } }
      const asked = { segment, isKept: false, given, profile: BigInt(profile), signal }
      return whyOf(engine, { ...asked, ground: await groundFor(on) })
    },
    overlap: async ({ on = 'individual', segments: sets }, signal) => {
      const published = new Set((await statesOf(engine)).keys())
      return overlapOf(engine, { segments: sets, ground: await groundFor(on), published, signal })
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
    subjects: async (on) => subjectsAnswer(await known(), on),
    published: () => statesOf(engine),
    positions: async () =>
      new Map([...(await statesOf(engine))].map(([key, { position }]) => [key, position])),
    foretell: async (of, signal) => {
      const all = await known()
      const ground = await groundOf(engine, all, clock.now(), of.on)
      const published = await statesOf(engine)
      return foretellMembers({ engine, segments: all.segments, ground, published, signal }, of)
    },
    sweep: async () => {
      const keys = (await known()).segments.map(({ key }) => key)
      await sweepSegments(engine, keys)
      await troubles.sweep(keys)
    },
  }
}

interface Publishing extends Omit<JointPublication, 'segments' | 'who'> {
  readonly body: Extract<SegmentDefinition, { waterfall: unknown }>
  readonly ground: Ground
}

function publishedOf(key: string, all: ReadonlyMap<string, Published> | undefined): Published {
  const published = all?.get(key)
  if (!published) throw new Error(`nothing is known of "${key}" after it was published`)
  return published
}

/** What conditions of segments about `on` are compiled against now. */
export async function groundOf(
  engine: Engine,
  known: KnownToSegments,
  now: Date,
  on = 'individual',
): Promise<Ground> {
  const [model, unified] = await Promise.all([engine.tables('model'), engine.tables('unified')])
  const columns = new Map(
    [
      ...model.map((of) => ['model', of] as const),
      ...unified.map((of) => ['unified', of] as const),
    ].map(([schema, of]) => [`${schema}.${of.name}`, new Set(of.columns.map(({ name }) => name))]),
  )
  const isThere = columns.has(`${isUnified(on) ? 'unified' : 'model'}.${on}`)
  const isKnown = known.model.find(on) !== undefined
  if (!isThere && isUnified(on)) throw segmentFaults.no_profiles({})
  if (!isThere && isKnown) throw segmentFaults.no_rows({ on })
  const none: ReadonlySet<string> = new Set()
  return {
    subjects: subjectsOf({ ...known, on }),
    now,
    relations: known.relations ?? [],
    columns: (schema, name) => columns.get(`${schema}.${name}`) ?? none,
  }
}

async function statesOf(engine: Engine) {
  const rows = await engine.rows(
    sql`select segment, members, position, published_at from ${stateTable}`,
    { keptWhile: [stateTable] },
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

function subjectsAnswer(known: KnownToSegments, on = 'individual'): SubjectsAnswer {
  const { person, objects, insights, segments } = subjectsOf({ ...known, on })
  const keys = [...segments].flatMap(([key, body]) => (body.on === on ? [key] : []))
  const own = [...insights].filter(([, { on: whose, dimensions }]) =>
    on === 'individual'
      ? dimensions.join() === insightKey && (whose ?? on) === on
      : whose === on && dimensions.length === 1,
  )
  return {
    person: { ...person },
    objects: Object.fromEntries([...objects].map(([key, { fields }]) => [key, { ...fields }])),
    insights: Object.fromEntries(
      own.map(([key, { measures }]) => [
        key,
        Object.fromEntries([...measures].flatMap(([name, type]) => (type ? [[name, type]] : []))),
      ]),
    ),
    segments: keys,
    operators: Object.fromEntries(fieldTypes.map((type) => [type, [...operatorsFor(type)]])),
    takes: Object.fromEntries(Object.entries(operatorKinds).map(([op, { takes }]) => [op, takes])),
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
