import { consentObjects } from '#consent'
import {
  column,
  type Engine,
  type Made,
  made,
  makeAll,
  type Part,
  placed,
  type Row,
  sql,
  value,
} from '#engine'
import { modelTable, systemColumns } from '#model'
import type { RankFound, WaterfallFound, WhyAnswer, WhyNode } from './api.ts'
import { askOf } from './ask.ts'
import { parentsOf } from './check-segment.ts'
import { compile, compileAnswers, peopleOf, type Zoned } from './compile.ts'
import type { Given, Membership, Rank, Segment } from './definition.ts'
import { segmentFaults } from './faults.ts'
import type { Ground } from './ground.ts'
import { lastStayOf, presentOf } from './past.ts'
import { memberTable } from './tables.ts'
import { conditionsOf, withInner } from './walk.ts'
import {
  type Answered,
  type Flips,
  type Followed,
  flipsOf,
  isClocked,
  objectsOf,
} from './why-flips.ts'
import { rankOf } from './why-rank.ts'
import { cellOf, evidenceOf, progressOf, type Scene, untimedOf } from './why-rows.ts'
import { type Branch, branchesOf, treesOf, waterfallTree } from './why-tree.ts'
import { saysOf } from './why-words.ts'

/** Whom a question is about, and what is asked of them. */
export interface WhyAsked {
  readonly segment: Segment
  /** Whether it is defined, so that it may have been published. */
  readonly isKept: boolean
  readonly given?: Given | undefined
  readonly profile: bigint
  readonly ground: Ground
  readonly signal?: AbortSignal | undefined
}

/** Why somebody is in a segment or not: every condition compiled as for everybody, and asked of this one person. */
export async function whyOf(engine: Engine, asked: WhyAsked): Promise<WhyAnswer> {
  const { segment, given, ground, signal } = asked
  const profile = await presentOf(engine, ground.subjects.on, asked.profile)
  const isOther = profile !== asked.profile
  const { membership } = askOf(segment, given, ground)
  const trees = treesFor(segment, membership, ground)
  const question = { ...asked, profile, trees, membership, ...partFor(segment, asked) }
  const found = await among(engine, question, (scene) =>
    answer({ ...scene, engine, signal, profile }, question),
  )
  return isOther ? { ...found, asked_for: String(asked.profile) } : found
}

interface Trees {
  readonly include: Branch
  readonly exclude?: Branch
}

function treesFor(
  { body }: Segment,
  membership: Membership | undefined,
  { subjects }: Ground,
): Trees {
  if (membership) return treesOf(membership, subjects.segments)
  if ('waterfall' in body) return { include: waterfallTree(body.waterfall, subjects.segments) }
  return {
    include: {
      // What a query means is asked as a whole; see `answersOf`.
      condition: { any: [] },
      zone: 'UTC',
      at: 'sql',
      kind: 'sql',
      parts: [],
      note: 'it is written in SQL, so only in or out can be told',
    },
  }
}

/** Of a part of a waterfall: the waterfall, and its parts up to this one. */
interface PartOf {
  readonly parent?: { readonly key: string; readonly parts: readonly string[] }
}

function partFor({ key, body }: Segment, { isKept, ground }: WhyAsked): PartOf {
  const { segments } = ground.subjects
  if ('waterfall' in body) return { parent: { key, parts: body.waterfall } }
  const parent = isKept ? parentsOf(key, segments)[0] : undefined
  const whole = parent === undefined ? undefined : segments.get(parent)
  if (parent === undefined || whole === undefined || !('waterfall' in whole)) return {}
  return { parent: { key: parent, parts: whole.waterfall } }
}

interface Question extends WhyAsked, PartOf {
  readonly trees: Trees
  readonly membership: Membership | undefined
}

interface Here extends Scene {
  readonly profile: bigint
  /** What conditions are compiled against: only this person, unless others matter. */
  readonly whole: Ground
}

// Their rows are gathered once, because each may be read many times; those of other things than people are found by their owner.
async function among<T>(
  engine: Engine,
  { trees, ground, profile, membership, parent, segment, signal }: Question,
  use: (scene: { readonly ground: Ground; readonly whole: Ground }) => Promise<T>,
): Promise<T> {
  const { subjects } = ground
  const mine = (of: Part) => sql`${of} = ${value(profile)}`
  const parts = [trees.include, ...(trees.exclude ? [trees.exclude] : [])].flatMap(branchesOf)
  const rank = membership?.rank
  const ranked = rank && 'related' in rank.by ? [rank.by.related] : []
  // The rank of the segment itself is asked apart; one inside its conditions looks at everybody.
  const [, ...inner] = withInner(segment.body, subjects.segments)
  const needsAll = [...inner, ...partBodies(parent, subjects.segments)].some(
    (body) => conditionsOf(body)?.rank !== undefined,
  )
  const narrow = (instead: Pick<Ground, 'instead'>): { ground: Ground; whole: Ground } => {
    const only = { ...ground, ...instead, sample: mine }
    return { ground: only, whole: needsAll ? ground : only }
  }
  if (subjects.on !== 'individual') return use(narrow({}))
  // What is said of a contact point that others have too is read whole.
  const owned = [...new Set([...objectsOf(parts), ...ranked])].filter(
    (object) =>
      ground.columns('model', object).has(systemColumns.profile) &&
      !consentObjects.includes(object),
  )
  const people = sql`select * from ${peopleOf(ground)} p where ${mine(column('profile'))}`
  const steps = [
    { name: 'person', says: 'the person', query: people },
    ...owned.map((object) => ({
      name: `rows_${object}`,
      says: `their rows of ${object}`,
      query: sql`select * from ${modelTable(object)} r where ${mine(column(systemColumns.profile))}`,
    })),
  ]
  const bench = { engine, ask: signal ? { signal } : {}, now: () => ground.now, timings: [] }
  return makeAll(bench, steps, new Map(), (where: Made) =>
    use(
      narrow({
        instead: {
          people: placed(made('person'), where),
          rows: (object) =>
            owned.includes(object) ? placed(made(`rows_${object}`), where) : modelTable(object),
          members: (key) =>
            sql`select profile from ${memberTable} where segment = ${value(key)} and ${mine(column('profile'))}`,
        },
      }),
    ),
  )
}

const partBodies = (parent: PartOf['parent'], segments: Ground['subjects']['segments']) =>
  (parent?.parts ?? []).flatMap((key) => {
    const body = segments.get(key)
    return body ? withInner(body, segments) : []
  })

async function answer(here: Here, question: Question): Promise<WhyAnswer> {
  const { segment, trees, membership, parent, isKept, given } = question
  const { ground, profile } = here
  const branches = [trees.include, ...(trees.exclude ? [trees.exclude] : [])].flatMap(branchesOf)
  const parts = partConditions(parent)
  const row = await answersOf(here, question, [...branches, ...parts])
  const holds = [...branches, ...parts].map((_, i) => row[`h${i}`] === true)
  const answered = branches.map(
    (branch, i): Found => ({
      branch,
      holds: holds[i] === true,
      value: row[`v${i}`] ?? undefined,
    }),
  )
  const flips = await flipsFor(here, question, { answered, holds })
  const nodes = await nodesOf(here, answered, flips)
  const [includes, excludes] = [nodes.get(trees.include), trees.exclude && nodes.get(trees.exclude)]
  if (!includes) throw new Error('the condition of a segment was not answered')
  const rank =
    membership?.rank &&
    (await rankOf(here, { ...membership, rank: membership.rank }, question.ground))
  const waterfall = parent && waterfallOf(segment, parent, holds.slice(branches.length))
  const isMember =
    includes.holds && !excludes?.holds && (rank?.holds ?? true) && (waterfall?.holds ?? true)
  const published = isKept
    ? await lastStayOf(here.engine, segment.key, ground.subjects.on, profile)
    : undefined
  return {
    profile: String(profile),
    ...(isKept ? { segment: segment.key, label: segment.body.label } : {}),
    ...(published ? { published } : {}),
    member: isMember,
    as_of: ground.now.toISOString(),
    include: includes,
    ...(excludes ? { exclude: excludes } : {}),
    ...(rank ? { rank } : {}),
    ...(waterfall ? { waterfall } : {}),
    ...(given ? { given } : {}),
    ...flipOfAll(flips, rank),
    notes: notesOf(branches, membership?.rank, flips),
  }
}

const partConditions = (parent: PartOf['parent']): readonly Zoned[] =>
  (parent?.parts ?? []).map((segment) => ({
    condition: { segment, use: 'definition' },
    zone: 'UTC',
  }))

// One row: whether each condition holds, and the values that were found.
async function answersOf(
  { engine, whole, ground, profile, signal }: Here,
  { segment }: Question,
  conditions: readonly Zoned[],
): Promise<Row> {
  const ask = signal ? { signal } : {}
  const mine = sql`where profile = ${value(profile)}`
  const [row] = await engine.rows(
    sql`select * from (${compileAnswers(conditions, whole)}) answers ${mine}`,
    ask,
  )
  if (!row) throw segmentFaults.unknown_person({ profile: String(profile), on: ground.subjects.on })
  if (!('sql' in segment.body)) return row
  const found = await engine.rows(
    sql`select profile from (${compile(segment.body, ground)}) who ${mine}`,
    ask,
  )
  return { ...row, h0: found.length > 0 }
}

interface Found extends Answered {
  readonly holds: boolean
}

interface AllFlips extends Omit<Flips, 'at'> {
  readonly of: ReadonlyMap<Branch, number | undefined>
  readonly whole: number | undefined
}

async function flipsFor(
  here: Here,
  { trees, parent, segment }: Question,
  { answered, holds }: { readonly answered: readonly Found[]; readonly holds: readonly boolean[] },
): Promise<AllFlips> {
  const { subjects } = here.ground
  const branches = answered.map(({ branch }) => branch)
  const parts = partConditions(parent)
  const partTrees = parent ? branchesOf(waterfallTree(parent.parts, subjects.segments)) : []
  const clocked = branches.filter((branch) => isClocked(branch, subjects))
  const others = partTrees.filter((branch) => isClocked(branch, subjects))
  const isStill = clocked.length + others.length === 0
  // Nobody can tell when the answer of a query changes.
  if (isStill || 'sql' in segment.body) return { of: new Map(), whole: undefined, isPartial: false }
  const place = (branch: Branch | undefined) => (branch ? branches.indexOf(branch) : -1)
  const [include, exclude, own] = [
    place(trees.include),
    place(trees.exclude),
    parent?.parts.indexOf(segment.key) ?? -1,
  ]
  const isMember = (all: readonly boolean[]) =>
    all[include] === true &&
    all[exclude] !== true &&
    (own < 0 || all.slice(branches.length).indexOf(true) === own)
  const followed: Followed = {
    conditions: [...branches, ...parts],
    whether: [
      isMember,
      ...clocked.map(place).map((i) => (all: readonly boolean[]) => all[i] === true),
    ],
  }
  const values = [...answered, ...(await valuesOf(here, others))]
  const { at, ...looked }: Flips = await flipsOf(here, values, followed, holds)
  return { of: new Map(clocked.map((branch, i) => [branch, at[i + 1]])), whole: at[0], ...looked }
}

// What the other parts of a waterfall find, whose answers are not shown.
async function valuesOf(here: Here, branches: readonly Branch[]): Promise<readonly Answered[]> {
  if (branches.length === 0) return []
  const { engine, whole, profile, signal } = here
  const [row] = await engine.rows(
    sql`select * from (${compileAnswers(branches, whole)}) answers where profile = ${value(profile)}`,
    signal ? { signal } : {},
  )
  return branches.map((branch, i) => ({ branch, value: row?.[`v${i}`] ?? undefined }))
}

/** What is not said by a condition. */
const wholes: Readonly<Partial<Record<WhyNode['kind'], string>>> = {
  sql: 'in the answer of the query',
  waterfall: 'taken by one of these parts',
}

async function nodesOf(
  here: Here,
  answered: readonly Found[],
  flips: AllFlips,
): Promise<ReadonlyMap<Branch, WhyNode>> {
  const nodes = new Map<Branch, WhyNode>()
  // What is inside comes after what it is in.
  for (const found of answered.toReversed()) {
    const { branch, holds } = found
    const parts = branch.parts.flatMap((part) => nodes.get(part) ?? [])
    const flip = flips.of.get(branch)
    nodes.set(branch, {
      at: branch.at,
      kind: branch.kind,
      says: wholes[branch.kind] ?? saysOf(branch.condition),
      holds,
      ...(await detailsOf(here, found)),
      ...(flip === undefined ? {} : { flips_at: new Date(flip).toISOString() }),
      ...(branch.note === undefined ? {} : { note: branch.note }),
      ...(parts.length > 0 ? { parts } : {}),
    })
  }
  return nodes
}

async function detailsOf(
  here: Here,
  { branch, holds, value: found }: Found,
): Promise<Partial<WhyNode>> {
  const { condition, zone } = branch
  const cell = cellOf(found)
  const shown = cell === undefined ? {} : { value: cell }
  if ('sequence' in condition) {
    const { taken, rows } = await progressOf(here, condition, { zone, holds })
    const untimed = await untimedOf(here, condition)
    return {
      progress: { taken, steps: condition.sequence.length },
      evidence: [...rows],
      ...(untimed === 0 ? {} : { note: untimedNote(untimed) }),
    }
  }
  if ('related' in condition)
    return { ...shown, evidence: [...(await evidenceOf(here, condition, zone))] }
  if (!('segment' in condition) || condition.use === 'definition') return shown
  const { engine, ground, profile } = here
  const stay = await lastStayOf(engine, condition.segment, ground.subjects.on, profile)
  return stay ? { membership: stay } : { note: `"${condition.segment}" has not been published` }
}

const untimedNote = (n: number): string =>
  n === 1
    ? 'one of the rows has no time, and counts as no step'
    : `${n} of the rows have no time, and count as no step`

function waterfallOf(
  { key, body }: Segment,
  parent: NonNullable<PartOf['parent']>,
  holds: readonly boolean[],
): WaterfallFound {
  const taken = parent.parts[holds.indexOf(true)]
  const isWhole = 'waterfall' in body
  return {
    waterfall: parent.key,
    ...(taken === undefined ? {} : { taken_by: taken }),
    holds: isWhole ? taken !== undefined : taken === key,
  }
}

function flipOfAll({ whole, lookedUntil }: AllFlips, rank: RankFound | undefined) {
  // Whoever is not among the first stays out, whatever else changes.
  const flip = rank && !rank.holds ? undefined : whole
  return {
    ...(flip === undefined ? {} : { flips_at: new Date(flip).toISOString() }),
    ...(lookedUntil === undefined ? {} : { looked_until: new Date(lookedUntil).toISOString() }),
  }
}

function notesOf(
  branches: readonly Branch[],
  rank: Rank | undefined,
  { isPartial }: AllFlips,
): string[] {
  const each = branches.flatMap(({ condition, note }) => [
    ...(note === undefined ? [] : [`${note}, and not when that changes`]),
    ...('insight' in condition
      ? [`the insight "${condition.insight.split('.')[0]}" changes when it is refreshed`]
      : []),
    ...('consent' in condition
      ? ['consent changes too when somebody who has the same contact point says so']
      : []),
    ...('segment' in condition && condition.use !== 'definition'
      ? [`membership of "${condition.segment}" changes when "${condition.segment}" is published`]
      : []),
  ])
  const ofRank = rank ? ['places depend on others, so the rank may change at any time'] : []
  const ofRows = isPartial
    ? ['there are so many rows that the next change was looked for among the latest only']
    : []
  return [...new Set([...ofRank, ...each, ...ofRows])]
}
