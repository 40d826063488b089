import type { Actions, FiringView } from '#actions'
import type { Activations, PayloadRow } from '#activation'
import type { Collecting } from '#collect'
import type { Connectors } from '#connectors'
import type { Definitions, Reading } from '#definitions'
import type { Graph } from '#graph'
import type { Insights } from '#insights'
import { systemCaller } from '#kernel/caller.ts'
import type { Clock } from '#kernel/clock.ts'
import { refuseIfAny } from '#kernel/fault.ts'
import type { LakeField } from '#lake'
import type { Profiles } from '#profiles'
import type { Segments } from '#segments'
import type { TrialLedger } from './ledger.ts'

/** The rooms of a whole platform on a throwaway data folder. */
export interface TrialRooms {
  readonly definitions: Pick<Definitions, 'plan' | 'apply'>
  /** Makes the tables that definitions ask for. */
  readonly prepare: () => Promise<void>
  /** Waits until definitions that were applied are in force. */
  readonly reloaded: () => Promise<void>
  readonly connectors: Pick<Connectors, 'list'>
  readonly collecting: Pick<Collecting, 'catchUp'>
  /** Keeps a message as the wire of its stream would; why it is not taken. */
  readonly happen: (
    stream: string,
    message: Readonly<Record<string, unknown>>,
  ) => Promise<string | undefined>
  readonly graph: Pick<Graph, 'refresh' | 'workList' | 'look'>
  readonly profiles: Pick<Profiles, 'who' | 'search'>
  readonly insights: Pick<Insights, 'rows'>
  readonly segments: Pick<Segments, 'members' | 'why'>
  readonly activations: Pick<Activations, 'work'>
  readonly actions: Pick<Actions, 'drain' | 'firings'>
}

/** A platform that one test has for itself. */
export interface House {
  readonly rooms: TrialRooms
  readonly ledger: TrialLedger
  readonly clock: Clock & { readonly move: (ms: number) => void }
  /** Fields that events will bring, by the stream; set before anything is defined. */
  readonly expected: Map<string, readonly LakeField[]>
  /** Where the files that streams take lie. */
  readonly files: string
  readonly close: () => Promise<void>
}

/** Opens a house whose clock stands at an instant. */
export type OpenHouse = (now: Date) => Promise<House>

/** Applies definitions to an empty house. */
export async function define({ rooms }: House, reading: Reading): Promise<void> {
  const apply = async (of: Reading) => {
    const plan = await rooms.definitions.plan(of)
    refuseIfAny(plan.problems)
    await rooms.definitions.apply(plan, systemCaller)
    await rooms.reloaded()
  }
  // What is asked of events is checked against the fields of streams, so these come first.
  const isFirst = ({ kind }: { readonly kind: string }) => first.has(kind)
  await apply({ ...reading, documents: reading.documents.filter(isFirst) })
  await apply(reading)
  await rooms.prepare()
}

const first = new Set(['connection', 'stream'])

/** What is brought up to date: what lies in streams, and what is made of it. */
export interface Refreshing {
  readonly streams: readonly string[]
  /** Nodes of the graph; those that are not there are left out. */
  readonly wanted: readonly string[]
  readonly signal: AbortSignal
}

/** Whether something that is wanted is stale, or something above it. */
async function isStale({ graph }: TrialRooms, wanted: readonly string[]): Promise<boolean> {
  const steps = await graph.workList(wanted)
  return steps.some(({ reasons }) =>
    reasons.some(({ kind }) => kind !== 'asked' && kind !== 'input first'),
  )
}

// Segments on the members of others, and ages of several hours, take more than one round.
const mostRounds = 8

/** What a refresh came to: steps that failed, as sentences, and how many rows of each stream were rejected. */
export interface Refreshed {
  readonly failed: readonly string[]
  readonly rejected: ReadonlyMap<string, number>
}

/** Lets everything run that has become stale, and sends what is to be sent. */
export async function refresh(
  { rooms }: House,
  { streams, wanted, signal }: Refreshing,
): Promise<Refreshed> {
  await rooms.collecting.catchUp(signal)
  const failed = new Map<string, string>()
  const looks = streams.map((stream) => `stream:${stream}`)
  const rejected = new Map<string, number>()
  const note = ({ steps }: Awaited<ReturnType<Graph['refresh']>>) => {
    for (const { node, result, fault, counts } of steps) {
      if (result === 'failed') failed.set(node, `${node}: ${fault?.say ?? 'failed'}`)
      const count = counts?.['rejected'] ?? 0
      if (count > 0) rejected.set(node.slice('stream:'.length), count)
    }
  }
  note(await rooms.graph.refresh({ signal, want: looks }))
  for (let round = 0; round < mostRounds; round++) {
    const known = new Set((await rooms.graph.look()).nodes.map(({ key }) => key))
    const want = wanted.filter((key) => known.has(key) && !failed.has(key))
    if (round > 0 && !(await isStale(rooms, want))) break
    note(await rooms.graph.refresh({ signal, want, failed: [...failed.keys()] }))
  }
  await rooms.activations.work.drain(signal)
  await rooms.actions.drain(signal)
  return { failed: [...failed.values()], rejected }
}

/** Everybody in a segment. */
export async function membersOf({ rooms }: House, segment: string): Promise<readonly string[]> {
  const all: string[] = []
  for (let after: bigint | undefined; ; ) {
    const page = await rooms.segments.members(segment, { after, limit: 1000 })
    all.push(...page.members.map(({ profile }) => profile))
    if (page.next === undefined) return all
    after = BigInt(page.next)
  }
}

/** Firings of an action, oldest first. */
export async function firingsOf({ rooms }: House, action: string): Promise<readonly FiringView[]> {
  const all: FiringView[] = []
  for (let before: number | undefined; ; before = all.at(-1)?.sequence) {
    const page = await rooms.actions.firings({ action, before, limit: 500 })
    all.push(...page)
    if (page.length < 500) return all.toReversed()
  }
}

/** What was delivered, by activation or action. */
export type Delivered = ReadonlyMap<string, readonly PayloadRow[]>
