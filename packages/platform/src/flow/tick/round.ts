import { type Draft, type Engine, join, nothing, type Row, sql, value, type Writer } from '#engine'
import { peopleMark, touchedNow, touchedTable } from '#model'
import { memberPositions, mergedTable, publishAmong, type Segments } from '#segments'
import type { Copies } from './copies.ts'
import { type Evaluated, evaluate } from './evaluate.ts'
import { addDue, byObject, momentsOf, soonerDue, wholeOf } from './flips.ts'
import type { LiveSegment } from './lane.ts'
import { coveredNow, keepBits } from './memberships.ts'
import type { Scene } from './scene.ts'
import { dueTable } from './tables.ts'

/** What working off marks needs. */
export interface RoundTools {
  readonly engine: Engine
  readonly segments: Pick<Segments, 'publish' | 'noteSizes'>
  readonly now: () => Date
  readonly timings: { step: string; ms: number }[]
  readonly signal: AbortSignal
  /** Up to which mark it was told whose rows those of marked people are. */
  readonly told: number
  /** Whether those who are due with time alone are asked, too; otherwise they wait for a later round. */
  readonly asksDue: boolean
  /** A segment that fails is no longer kept, so that the others are. */
  readonly setAside: (segment: string, thrown: unknown) => Promise<void>
  /** Rows of large objects in the order of people. */
  readonly copies: Copies
  /** Hears of whom something changed, once the members are those that follow from it. */
  readonly onTouched?: (profiles: readonly string[] | 'all') => void
}

/** What was worked off. */
export interface WorkedOff {
  readonly profiles: number
  readonly segments: number
  readonly changed: boolean
  /** Live segments that were published whole since bits told of their members. */
  readonly uncovered: readonly string[]
}

/** What waits: marks up to a position, and moments that have passed. */
interface Waiting {
  readonly until: number
  readonly objects: ReadonlyMap<string, number | 'all'>
  readonly due: ReadonlySet<string>
}

/** Works off what is marked and what is due: everybody who is touched is asked anew of every segment that it can concern. */
export async function workOff(tools: RoundTools, scene: Scene): Promise<WorkedOff> {
  for (let tries = 1; tries <= 5; tries++) {
    const done = await workOnce(tools, scene)
    if (done) return done
  }
  throw new Error('segments are being published again and again by somebody else')
}

async function workOnce(tools: RoundTools, scene: Scene): Promise<WorkedOff | undefined> {
  const { engine } = tools
  const waiting = await waitingNow(tools, scene)
  if (waiting.objects.size === 0 && waiting.due.size === 0) {
    const { uncovered } = await standing(engine, scene)
    return { profiles: 0, segments: 0, changed: false, uncovered }
  }
  const concerned = concernedBy(waiting, scene)
  if ([...waiting.objects.values()].includes('all'))
    return timed(tools, 'publish', () => everybody(tools, scene, waiting, concerned))
  const now = scene.ground.now
  return engine.staged(
    await concernedPeople(engine, waiting, now),
    async (among) => {
      const who = await engine.rows(sql`select profile from ${among}`, { lane: 'tick' })
      const keys = concerned.map(({ key }) => key)
      const isConcerned = new Set(keys)
      const { positions, covered, uncovered } = await standing(engine, scene)
      const before = new Map([...positions].filter(([key]) => isConcerned.has(key)))
      const copies = await tools.copies.having(scene.read)
      const asked = { ...scene, segments: concerned, among, named: namesOf(who), uncovered, copies }
      const done = await evaluate(engine, asked, tools, (evaluated) => {
        const { who, there, bits } = evaluated
        return timed(tools, 'publish', () =>
          publishAmong(
            engine,
            { segments: keys, before, who, there, among, at: now },
            async (writer, written) => {
              await tools.copies.noteStrays(writer, waiting.until)
              await settle(writer, { scene, waiting, evaluated })
              if (written) await keepBits(writer, written, { bits, covered })
            },
          ),
        )
      })
      if (!done) return undefined
      await timed(tools, 'sizes', () => tools.segments.noteSizes(done.sizes))
      const changed = done.sizes.size > 0
      tools.onTouched?.(who.map((row) => String(row['profile'])))
      return { profiles: who.length, segments: concerned.length, changed, uncovered }
    },
    { lane: 'tick' },
  )
}

/** When the members of live segments last changed, and which of these have bits that tell of them. */
async function standing(engine: Engine, scene: Scene) {
  const live = scene.live.map(({ key }) => key)
  const positions = await memberPositions(engine, live)
  const covered = await coveredNow(engine, positions)
  return { positions, covered, uncovered: live.filter((key) => !covered.has(key)) }
}

/** Beyond these, people are looked up and not named. */
const mostNamed = 4000

const namesOf = (who: readonly Row[]): Draft | undefined =>
  who.length === 0 || who.length > mostNamed
    ? undefined
    : join(who.map((row) => value(BigInt(String(row['profile'])))))

/** Does a step of a round and tells how long it took. */
async function timed<T>(
  { timings }: Pick<RoundTools, 'timings'>,
  step: string,
  work: () => Promise<T>,
): Promise<T> {
  const begun = performance.now()
  const done = await work()
  timings.push({ step, ms: performance.now() - begun })
  return done
}

/** Who is marked or due, and whoever took them in. */
async function concernedPeople(engine: Engine, { until, due }: Waiting, now: Date): Promise<Draft> {
  const isDue = sql`union select profile from ${dueTable} where moment < ${value(now.getTime())}`
  const marked = sql`select distinct profile from ${touchedTable} where position <= ${value(until)}
    ${due.size > 0 ? isDue : nothing}`
  const hasMerges = (await engine.tables('unified')).some(({ name }) => name === mergedTable.name)
  return hasMerges
    ? sql`with marked as (${marked}) select profile from marked
        union select r.new from ${mergedTable} r join marked on marked.profile = r.old`
    : marked
}

/** After a round that failed: the segments that cannot be asked, each by itself, with why. */
export async function failingIn(
  tools: Pick<RoundTools, 'engine' | 'now' | 'signal' | 'told' | 'asksDue'>,
  scene: Scene,
): Promise<ReadonlyMap<string, unknown>> {
  const { engine, now, signal } = tools
  const waiting = await waitingNow(tools, scene)
  const failing = new Map<string, unknown>()
  await engine.staged(
    await concernedPeople(engine, waiting, scene.ground.now),
    async (among) => {
      for (const one of scene.live) {
        signal.throwIfAborted()
        const asked = { ...scene, segments: [one], among, uncovered: [], copies: new Map() }
        const ask = async ({ who, made }: Evaluated) => {
          await engine.rows(sql`select count(*) as n from (${who}) w`, { lane: 'tick' })
          for (const [object, flips] of flipsOf([one])) {
            const rows = made.get(object === peopleMark ? 'people' : `rows_${object}`)
            const moments = rows && momentsOf(flips, rows, scene.ground.now)
            if (moments) await engine.rows(sql`select count(*) as n from (${moments}) m`)
          }
        }
        await evaluate(engine, asked, { now, timings: [] }, ask).catch((thrown: unknown) =>
          failing.set(one.key, thrown),
        )
      }
    },
    { lane: 'tick' },
  )
  return failing
}

async function waitingNow(
  { engine, told, asksDue }: Pick<RoundTools, 'engine' | 'told' | 'asksDue'>,
  { ground }: Scene,
): Promise<Waiting> {
  // Rows of people who are marked since may belong to others: these wait for the next round.
  const { position: until, objects } = await touchedNow(engine, told)
  if (!asksDue) return { until, objects, due: new Set() }
  const rows = await engine.rows(
    sql`select distinct object from ${dueTable} where moment < ${value(ground.now.getTime())}`,
    { lane: 'tick' },
  )
  return { until, objects, due: new Set(rows.map((row) => String(row['object']))) }
}

/** The live segments that what waits can concern: those that read it, and those that ask for the members of these. */
function concernedBy({ objects, due }: Waiting, { live, reads }: Scene): readonly LiveSegment[] {
  const touched = new Set([...objects.keys(), ...due])
  const isOfPeople = touched.has(peopleMark)
  const chosen = new Set<string>()
  for (const one of live) {
    const isConcerned =
      isOfPeople ||
      [...reads(one).keys()].some((object) => touched.has(object)) ||
      one.asks.some((key) => chosen.has(key))
    if (isConcerned) chosen.add(one.key)
  }
  return live.filter(({ key }) => chosen.has(key))
}

const flipsOf = (segments: readonly LiveSegment[]) =>
  byObject(segments.flatMap(({ clock }) => clock.flips))

/** In the change of the members: what was worked off is taken away, and when the same people come next is written down. */
async function settle(
  writer: Writer,
  of: { readonly scene: Scene; readonly waiting: Waiting; readonly evaluated: Evaluated },
): Promise<void> {
  const { waiting, evaluated, scene } = of
  const { now } = scene.ground
  await takeAway(writer, waiting, now)
  const isTouched = (object: string) => waiting.objects.has(object) || waiting.due.has(object)
  const touched = [...flipsOf(scene.live)].flatMap(([object, flips]) => {
    // Whoever is another person than before has all their rows from others.
    if (!isTouched(object) && !waiting.objects.has(peopleMark)) return []
    const rows = evaluated.made.get(object === peopleMark ? 'people' : `rows_${object}`)
    return rows ? [{ object, flips, rows }] : []
  })
  if (touched.length > 0) await writer.run(addDue(soonerDue(touched, now)))
}

async function takeAway(
  writer: Writer,
  { until, objects, due }: Waiting,
  now: Date,
): Promise<void> {
  if (objects.size > 0)
    await writer.run(sql`delete from ${touchedTable} where position <= ${value(until)}`)
  if (due.size > 0)
    await writer.run(sql`delete from ${dueTable} where moment < ${value(now.getTime())}`)
}

/** Too many to name: what is concerned is published whole. */
async function everybody(
  tools: RoundTools,
  scene: Scene,
  waiting: Waiting,
  concerned: readonly LiveSegment[],
): Promise<WorkedOff> {
  const { segments, signal } = tools
  let changed = false
  const well: LiveSegment[] = []
  for (const one of concerned) {
    signal.throwIfAborted()
    try {
      changed = (await segments.publish(one.key, signal, scene.ground.now)).changed || changed
      well.push(one)
    } catch (thrown) {
      await tools.setAside(one.key, thrown)
    }
  }
  const isAll = [...waiting.objects].flatMap(([object, many]) => (many === 'all' ? [object] : []))
  await tools.copies.having(scene.read)
  await tools.engine
    .change('what was marked', async (writer) => {
      await tools.copies.noteStrays(writer, waiting.until)
      await tools.copies.forget(writer, isAll)
      await takeAway(writer, waiting, scene.ground.now)
      await addWholeDue(writer, well, scene.ground.now)
    })
    .finally(tools.copies.forgotten)
  tools.onTouched?.('all')
  return { profiles: 0, segments: concerned.length, changed, uncovered: [] }
}

/** Writes down for everybody when some segments may next change. */
export async function addWholeDue(
  writer: Writer,
  segments: readonly LiveSegment[],
  now: Date,
): Promise<void> {
  for (const [object, flips] of flipsOf(segments))
    await writer.run(addDue(soonerDue([{ object, flips, rows: wholeOf(object) }], now)))
}

/** The same, of many rows: it holds nobody up while it is worked out. Nothing else may write down moments meanwhile. */
export async function noteWholeDue(
  engine: Engine,
  segments: readonly LiveSegment[],
  { now, signal }: { readonly now: Date; readonly signal: AbortSignal },
): Promise<void> {
  for (const [object, flips] of flipsOf(segments))
    await engine.staged(
      soonerDue([{ object, flips, rows: wholeOf(object) }], now),
      (sooner) =>
        engine.change('moments of everybody', (writer) =>
          writer.run(addDue(sql`select * from ${sooner}`)),
        ),
      { signal },
    )
}

/** The next moment at which somebody may change sides, in milliseconds. */
export async function nextDue(engine: Engine): Promise<number | undefined> {
  const [row] = await engine.rows(sql`select min(moment) as moment from ${dueTable}`, {
    lane: 'tick',
  })
  const at = row?.['moment']
  return at === null || at === undefined ? undefined : Number(at)
}
