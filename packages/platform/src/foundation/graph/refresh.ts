import type { Clock } from '#kernel/clock.ts'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import {
  type Counts,
  type GraphNode,
  isMade,
  type Look,
  type NodeFault,
  type NodeState,
  type Tried,
} from './definition.ts'
import { graphFaults } from './faults.ts'
import type { Changed } from './records.ts'
import { outputsOf, reasonsOf } from './staleness.ts'
import type { Step } from './work-list.ts'

/** How far something has come. */
export interface Progress {
  readonly done: number
  readonly total?: number
  readonly note?: string
}

/** What a refresher gets besides the node. */
export interface RefreshTools {
  readonly signal: AbortSignal
  readonly progress: (note: string) => void
  /** `whole`: make it anew. `changes`: the last good result stands and only what came since needs work. */
  readonly scope: 'whole' | 'changes'
  /** By input: up to where the last good result had worked. */
  readonly from: Readonly<Record<string, number>>
  /** By input: up to where this refresh counts as having worked. */
  readonly to: Readonly<Record<string, number>>
  /** The nodes that this refresh comes to after this one, as far as they still have something to do then. */
  readonly ahead?: readonly string[]
  /** Whether somebody asked for this very node, so that there may be more to do than what came since. */
  readonly isAsked?: boolean
}

/** What a refresh did. */
export interface Outcome {
  /** What changed in the node's output; what is made from it is refreshed only when something did. */
  readonly changed: Changed
  /** The position of the output, where the room numbers it itself; otherwise it is counted. */
  readonly position?: number
  readonly counts?: Counts
  /** What a person should know of it, such as values that could not be read. */
  readonly note?: string
}

/** Brings one node up to date. Safe to do twice: a refresh that was cut short is done again. */
export type Refresher = (node: GraphNode, tools: RefreshTools) => Promise<Outcome>

/** What became of one step. */
export interface StepResult {
  readonly node: string
  readonly why: string
  /** `up to date`: there was nothing to do after all. `blocked`: something it is made from failed or is not built. */
  readonly result: 'refreshed' | 'up to date' | 'failed' | 'blocked' | 'stopped'
  /** Whether its output is another one than before. */
  readonly changed?: boolean
  readonly counts?: Counts
  readonly note?: string
  readonly durationMs?: number
  readonly fault?: NodeFault
}

/** What one attempt needs to be run and written down. */
export interface Attempt {
  readonly node: GraphNode
  readonly look: Look
  readonly signal: AbortSignal
  readonly note: (note: string) => void
  readonly ahead: readonly string[]
  readonly isAsked: boolean
}

/** Where attempts are written down. */
export interface Notebook {
  readonly start: (key: string, tried: Tried) => Promise<void>
  readonly keep: (attempt: Attempt, done: Outcome, tried: Tried) => Promise<void>
  readonly fail: (key: string, state: 'failed' | 'interrupted', tried: Tried) => Promise<void>
}

/** Whether a step still has something to do; its inputs may have turned out unchanged. */
export function isNeeded({ node, reasons }: Step, look: Look): boolean {
  return isAskedFor(reasons) || reasonsOf(node, look, outputsOf(look)).length > 0
}

/** Whether somebody asked for this very node. */
export const isAskedFor = (reasons: Step['reasons']): boolean =>
  reasons.some(({ kind }) => kind === 'asked')

/** Inputs without which a node cannot be made: those that failed in this refresh, and those that were never built. */
export function blockersOf(
  { inputs }: GraphNode,
  { nodes, states }: Look,
  failed: ReadonlySet<string>,
): readonly string[] {
  const makes = new Set(nodes.filter(isMade).map(({ key }) => key))
  return inputs.filter(
    (input) => failed.has(input) || (makes.has(input) && states.get(input)?.built === undefined),
  )
}

/** Runs one refresher and writes down how it went. A failure is an answer here, never thrown. */
export async function attempt(
  of: Attempt,
  tools: {
    readonly refresher: Refresher
    readonly notes: Notebook
    readonly clock: Clock
    readonly log: Log
  },
): Promise<Omit<StepResult, 'why'>> {
  const { node, look, signal } = of
  const { notes, clock } = tools
  const startedAt = clock.now()
  const failures = look.states.get(node.key)?.tried?.failures ?? 0
  const tried = { definition: node.definition, startedAt: startedAt.toISOString(), failures }
  await notes.start(node.key, tried)
  try {
    const outcome = await tools.refresher(node, refreshTools(of))
    await notes.keep(of, outcome, { ...tried, failures: 0 })
    const durationMs = clock.now().getTime() - startedAt.getTime()
    const { counts = {}, note } = outcome
    return {
      node: node.key,
      result: 'refreshed',
      changed: hasMoved(outcome, look.states.get(node.key)?.output ?? 0),
      durationMs,
      counts,
      ...(note === undefined ? {} : { note }),
    }
  } catch (thrown) {
    if (signal.aborted) {
      await notes.fail(node.key, 'interrupted', tried)
      return { node: node.key, result: 'stopped' }
    }
    const fault = faultOf(thrown)
    tools.log.error('refresh failed', { node: node.key, thrown })
    await notes.fail(node.key, 'failed', { ...tried, failures: failures + 1, fault })
    return { node: node.key, result: 'failed', fault }
  }
}

// A room that numbers its changes itself gives the same position again when nothing has changed.
const hasMoved = ({ changed, position }: Outcome, before: number): boolean =>
  position === undefined ? changed !== 'nothing' && changed.length > 0 : position > before

/** How far the inputs of a node have come at this look: what a refresh that starts now will have worked up to. */
export function inputPositions(
  { inputs }: GraphNode,
  look: Look,
): Readonly<Record<string, number>> {
  const outputs = outputsOf(look)
  return Object.fromEntries(inputs.map((input) => [input, outputs.get(input) ?? 0]))
}

function refreshTools({ node, look, signal, note, ahead, isAsked }: Attempt): RefreshTools {
  const built = look.states.get(node.key)?.built
  const to = inputPositions(node, look)
  const scope = built && canContinue(node, built, to) ? 'changes' : 'whole'
  return { signal, progress: note, scope, from: built?.worked ?? {}, to, ahead, isAsked }
}

// An input that is new, or behind where it was, cannot say what changed since.
const canContinue = (
  node: GraphNode,
  { definition, worked }: NonNullable<NodeState['built']>,
  to: Readonly<Record<string, number>>,
) =>
  definition === node.definition &&
  node.inputs.every((input) => (worked[input] ?? Number.POSITIVE_INFINITY) <= (to[input] ?? 0))

function faultOf(thrown: unknown): NodeFault {
  const what = thrown instanceof Error ? thrown.message : String(thrown)
  const { code, message } = thrown instanceof Fault ? thrown : graphFaults.refresh_failed({ what })
  return { code, say: message }
}
