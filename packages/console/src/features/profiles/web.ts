import type { CustomerRelations } from '@tessera/platform/contract'

/** Where a node of a web stands, and what it is to the one before it. */
export interface Placed {
  readonly x: number
  readonly y: number
  readonly say: string | undefined
}

/** How large a tile is, and how far from the next. */
export const tile = { width: 216, height: 54, across: 64, down: 12 }

type Web = Pick<CustomerRelations, 'nodes' | 'ties'>

/**
 * Places for a web: the one asked about at the left, then what it is tied to, then what that is tied to. Each node stands
 * in the middle of those that were reached from it.
 */
export function placesOf({ nodes, ties }: Web): ReadonlyMap<string, Placed> {
  const [first] = nodes
  if (first === undefined) return new Map()
  const tree = treeOf(first.key, ties)
  const places = new Map<string, Placed>()
  let row = 0
  const place = (key: string, depth: number, say: string | undefined): number => {
    const below = (tree.get(key) ?? []).map((next) => place(next.key, depth + 1, next.say))
    const y = below.length === 0 ? row++ : ((below[0] ?? 0) + (below.at(-1) ?? 0)) / 2
    places.set(key, {
      x: depth * (tile.width + tile.across),
      y: y * (tile.height + tile.down),
      say,
    })
    return y
  }
  place(first.key, 0, undefined)
  return places
}

interface Reached {
  readonly key: string
  readonly say: string
}

/** What is reached from each node first, nearest ones before those farther away. */
function treeOf(first: string, ties: Web['ties']): ReadonlyMap<string, readonly Reached[]> {
  const near = new Map<string, Reached[]>()
  const note = (from: string, key: string, say: string) =>
    near.set(from, [...(near.get(from) ?? []), { key, say }])
  for (const { from, to, say } of ties) {
    note(from, to, say)
    note(to, from, say)
  }
  const seen = new Set([first])
  const tree = new Map<string, Reached[]>()
  const waiting = [first]
  for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
    const reached = (near.get(key) ?? []).filter((one) => !seen.has(one.key) && seen.add(one.key))
    tree.set(key, reached)
    waiting.push(...reached.map((one) => one.key))
  }
  return tree
}
