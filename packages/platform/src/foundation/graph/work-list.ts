import { didYouMean } from '#kernel/near.ts'
import { type GraphNode, isMade, type Look } from './definition.ts'
import { graphFaults } from './faults.ts'
import { inOrder, withAncestors } from './order.ts'
import { isDue, outputsOf, type Reason, reasonsOf } from './staleness.ts'
import { isPrompt, restsUntil, sparedUntil } from './times.ts'

/**
 * What to refresh: everything stale, whatever it waits for; what its freshness asks for now, leaving in peace what failed or cost
 * much a short while ago, or trying that again too; or these nodes with what is stale above them.
 */
export type Want = 'stale' | 'due' | 'due or failed' | readonly string[]

/** One node to refresh, and why. */
export interface Step {
  readonly node: GraphNode
  readonly reasons: readonly Reason[]
  /** The reasons as one sentence. */
  readonly why: string
}

/** What to refresh, inputs before what is made from them. */
export function workList(look: Look, want: Want = 'stale'): readonly Step[] {
  const order = inOrder(look.nodes)
  const outputs = outputsOf(look)
  const own = new Map(order.map((node) => [node.key, reasonsOf(node, look, outputs)]))
  const chosen = chosenBy[wantOf(want)]({ look, order, own, asked: want })
  return order
    .filter(({ key }) => chosen.has(key))
    .map((node) => stepOf(node, { chosen, own: own.get(node.key) ?? [], want }))
}

interface Choice {
  readonly look: Look
  readonly order: readonly GraphNode[]
  readonly own: ReadonlyMap<string, readonly Reason[]>
  readonly asked: Want
}

const wantOf = (want: Want) => (typeof want === 'string' ? want : 'asked')

const chosenBy: Readonly<
  Record<'stale' | 'due' | 'due or failed' | 'asked', (choice: Choice) => ReadonlySet<string>>
> = { stale: staleNodes, due: dueNodes, 'due or failed': dueNodes, asked: askedNodes }

function stepOf(
  node: GraphNode,
  { chosen, own, want }: { chosen: ReadonlySet<string>; own: readonly Reason[]; want: Want },
): Step {
  const above = node.inputs.filter((input) => chosen.has(input)).join(', ')
  const reasons: Reason[] = [...own]
  if (own.length === 0 && above !== '')
    reasons.push({ kind: 'input first', say: `${above} will be refreshed first` })
  if (typeof want !== 'string' && want.includes(node.key))
    reasons.push({ kind: 'asked', say: 'it was asked for' })
  return { node, reasons, why: reasons.map(({ say }) => say).join('; ') }
}

// Stale by itself, or made from something that is.
function staleNodes({ order, own }: Choice): ReadonlySet<string> {
  const chosen = new Set<string>()
  for (const node of order) {
    const isBelow = isMade(node) && node.inputs.some((input) => chosen.has(input))
    if (own.get(node.key)?.length || isBelow) chosen.add(node.key)
  }
  return chosen
}

function askedNodes(choice: Choice): ReadonlySet<string> {
  const { look, order, asked } = choice
  const keys = typeof asked === 'string' ? [] : asked
  const known = order.map(({ key }) => key)
  for (const key of keys) {
    if (!known.includes(key)) throw graphFaults.unknown_node({ key, hint: didYouMean(key, known) })
  }
  const above = withAncestors(keys, look.nodes)
  const stale = staleNodes(choice)
  const made = order.filter(isMade).map(({ key }) => key)
  return new Set(made.filter((key) => keys.includes(key) || (above.has(key) && stale.has(key))))
}

function dueNodes({ look, order, own, asked }: Choice): ReadonlySet<string> {
  const isNew = (key: string) => own.get(key)?.some(({ kind }) => kind === 'never built') ?? false
  const rests = (node: GraphNode) =>
    asked === 'due' && (restsUntil(node, look) ?? sparedUntil(node, look)) !== undefined
  // Nothing can be made from what was never built and rests after a failure.
  const stuck = new Set<string>()
  for (const node of order) {
    const waits = node.inputs.some((input) => isNew(input) && stuck.has(input))
    if (waits || rests(node)) stuck.add(node.key)
  }
  const due = order.filter((node) => isDue(node, own.get(node.key) ?? []))
  const startable = due.filter(({ key }) => !stuck.has(key)).map(({ key }) => key)
  // Inputs on demand are made when something due cannot be made without them.
  const chosen = new Set([...startable, ...newAbove(startable, look.nodes, isNew)])
  for (const node of order) {
    const follows = isPrompt(node) && node.inputs.some((input) => chosen.has(input))
    if (follows && !stuck.has(node.key)) chosen.add(node.key)
  }
  return chosen
}

// What was never built above these, as far up as nothing was: what is built stands, whatever it was made from.
function newAbove(
  keys: readonly string[],
  nodes: readonly GraphNode[],
  isNew: (key: string) => boolean,
): readonly string[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const found = new Set<string>()
  const add = (key: string) => {
    for (const input of byKey.get(key)?.inputs ?? []) {
      if (!isNew(input) || found.has(input)) continue
      found.add(input)
      add(input)
    }
  }
  for (const key of keys) add(key)
  return [...found]
}
