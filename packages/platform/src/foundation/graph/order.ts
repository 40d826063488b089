import { didYouMean } from '#kernel/near.ts'
import type { GraphNode } from './definition.ts'
import { graphFaults } from './faults.ts'

/** The nodes so that each stands after its inputs; otherwise as they came. A circle is refused, and named. */
export function inOrder(nodes: readonly GraphNode[]): readonly GraphNode[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  if (byKey.size < nodes.length) throw new Error('two nodes of the graph have the same key')
  const done = new Set<GraphNode>()
  const way: string[] = []
  const visit = (node: GraphNode): void => {
    if (done.has(node)) return
    const met = way.indexOf(node.key)
    if (met >= 0) throw graphFaults.circle({ circle: [...way.slice(met), node.key] })
    way.push(node.key)
    for (const key of node.inputs) {
      const input = byKey.get(key)
      if (input === undefined) throw unknownInput(node, key, byKey.keys())
      visit(input)
    }
    way.pop()
    done.add(node)
  }
  for (const node of nodes) visit(node)
  return [...done]
}

function unknownInput(node: GraphNode, input: string, known: Iterable<string>) {
  return graphFaults.unknown_input({ node: node.key, input, hint: didYouMean(input, known) })
}

/**
 * The nodes without the inputs that no room provides: what a definition speaks of may be gone, or not be there yet. Then that one
 * node fails where it is made, and says why; the others are made as ever.
 */
export function withKnownInputs(nodes: readonly GraphNode[]): readonly GraphNode[] {
  const known = new Set(nodes.map(({ key }) => key))
  return nodes.map((node) =>
    node.inputs.every((input) => known.has(input))
      ? node
      : { ...node, inputs: node.inputs.filter((input) => known.has(input)) },
  )
}

/** These nodes and everything above them. */
export function withAncestors(
  keys: Iterable<string>,
  nodes: readonly GraphNode[],
): ReadonlySet<string> {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const found = new Set(keys)
  // What is added to a set while it is walked is walked as well.
  for (const key of found) for (const input of byKey.get(key)?.inputs ?? []) found.add(input)
  return found
}
