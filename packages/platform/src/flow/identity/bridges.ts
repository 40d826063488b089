/** Two nodes that something ties, and by how many links. */
export interface Edge {
  readonly left: string
  readonly right: string
}

/** An edge whose removal makes two parts of a connected graph, with their sizes. */
export interface Bridge<E extends Edge> {
  readonly edge: E
  readonly parts: readonly [number, number]
}

interface Visit<E> {
  readonly node: string
  readonly by: E | undefined
  /** When the node was first seen. */
  readonly at: number
  /** The earliest node that is reached from below without the edge that leads here. */
  low: number
  size: number
  readonly rest: E[]
}

/**
 * The bridges of a connected graph, by Tarjan's walk in depth: an edge is one when nothing below it leads back above it.
 * Two edges between the same nodes are no bridge, so what counts as one tie must come as one edge.
 */
export function bridgesOf<E extends Edge>(edges: readonly E[]): readonly Bridge<E>[] {
  const touching = Map.groupBy(
    edges.flatMap((edge) => [
      { node: edge.left, edge },
      { node: edge.right, edge },
    ]),
    ({ node }) => node,
  )
  const leaving = (node: string) => (touching.get(node) ?? []).map(({ edge }) => edge)
  const seen = new Map<string, Visit<E>>()
  const enter = (node: string, by: E | undefined): Visit<E> => {
    const visit = { node, by, at: seen.size, low: seen.size, size: 1, rest: leaving(node) }
    seen.set(node, visit)
    return visit
  }
  const bridges: { edge: E; below: number }[] = []
  const [start] = touching.keys()
  // The way is kept beside the call stack, which a long chain of records would overflow.
  const way = start === undefined ? [] : [enter(start, undefined)]
  for (let visit = way.at(-1); visit; visit = way.at(-1)) {
    const edge = visit.rest.pop()
    if (edge === undefined) {
      way.pop()
      leave(visit, way.at(-1), bridges)
    } else if (edge !== visit.by) {
      const next = edge.left === visit.node ? edge.right : edge.left
      const known = seen.get(next)
      if (known) visit.low = Math.min(visit.low, known.at)
      else way.push(enter(next, edge))
    }
  }
  return bridges.map(({ edge, below }) => ({ edge, parts: [seen.size - below, below] }))
}

function leave<E>(
  { low, at, by, size }: Visit<E>,
  above: Visit<E> | undefined,
  bridges: { edge: E; below: number }[],
): void {
  if (!above || by === undefined) return
  above.low = Math.min(above.low, low)
  above.size += size
  if (low === at) bridges.push({ edge: by, below: size })
}
