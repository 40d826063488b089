/** What the layout needs to know of a node. */
export interface LayoutNode {
  readonly key: string
  /** How far to the right nodes of its kind stand. */
  readonly rank: number
  readonly inputs: readonly string[]
}

/** Where a node stands. */
export interface Spot {
  readonly x: number
  readonly y: number
}

/** The sizes that a layout keeps to. */
export interface LayoutSizes {
  readonly width: number
  readonly height: number
  readonly across: number
  readonly between: number
}

const sweeps = 6

/** How a picture fits into a place: how large it is drawn, how far its columns stand apart, how high it makes the place, and where it begins. */
export interface Fit {
  readonly zoom: number
  readonly across: number
  readonly height: number
  readonly left: number
  readonly top: number
}

const zooms = { least: 0.72, most: 1 }
const gaps = { least: 56, most: 190 }

/** Fits a picture into a place: never so small that it cannot be read, so it may be wider or higher than the place. */
export function fitInto(
  place: { readonly width: number; readonly height: number },
  nodes: readonly LayoutNode[],
  { width, height, between }: Omit<LayoutSizes, 'across'>,
): Fit {
  const columns = columnsOf(nodes)
  const spaces = Math.max(1, columns.length - 1)
  const tall = Math.max(1, ...columns.map((column) => column.length)) * (height + between)
  const wide = columns.length * width + spaces * gaps.least
  const zoom = clamp(Math.min(place.width / wide, place.height / tall), zooms)
  const across = clamp((place.width / zoom - columns.length * width) / spaces, gaps)
  const drawn = { width: (columns.length * width + spaces * across) * zoom, height: tall * zoom }
  return {
    zoom,
    across,
    height: Math.max(place.height, drawn.height),
    // A small picture stands in the middle; a large one begins with the sources.
    left: Math.max(0, (place.width - drawn.width) / 2),
    top: Math.max(0, (place.height - drawn.height) / 2),
  }
}

const clamp = (value: number, { least, most }: { least: number; most: number }): number =>
  Math.min(most, Math.max(least, value))

/** Lays nodes out from left to right: a column for each kind, and in each column those near each other that belong together. */
export function layOut(
  nodes: readonly LayoutNode[],
  { width, height, across, between }: LayoutSizes,
): ReadonlyMap<string, Spot> {
  const columns = untangle(columnsOf(nodes), nodes)
  const step = height + between
  const tallest = Math.max(0, ...columns.map((column) => column.length))
  return new Map(
    columns.flatMap((column, i) => {
      const top = ((tallest - column.length) * step) / 2
      return column.map((key, j): [string, Spot] => [
        key,
        { x: i * (width + across), y: top + j * step },
      ])
    }),
  )
}

/** The keys of each column. A node that is made from one of its own kind stands one column further. */
export function columnsOf(nodes: readonly LayoutNode[]): readonly (readonly string[])[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const depths = new Map<string, number>()
  const depthOf = ({ key, rank, inputs }: LayoutNode): number => {
    const known = depths.get(key)
    if (known !== undefined) return known
    // A circle ends here; the graph refuses them, but a picture must not hang.
    depths.set(key, 0)
    const kin = inputs.flatMap((input) => byKey.get(input) ?? []).filter((n) => n.rank === rank)
    const depth = kin.length === 0 ? 0 : 1 + Math.max(...kin.map(depthOf))
    depths.set(key, depth)
    return depth
  }
  const columns = new Map<number, string[]>()
  for (const node of nodes) {
    const place = node.rank * nodes.length + depthOf(node)
    columns.set(place, [...(columns.get(place) ?? []), node.key])
  }
  return [...columns].sort(([a], [b]) => a - b).map(([, keys]) => keys)
}

// Each node moves towards the middle of its neighbours, column by column, to and fro.
function untangle(
  columns: readonly (readonly string[])[],
  nodes: readonly LayoutNode[],
): readonly (readonly string[])[] {
  const neighbours = neighboursOf(nodes)
  let current = columns
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const places = new Map(
      current.flatMap((column) =>
        column.map((key, j): [string, number] => [key, (j + 0.5) / column.length]),
      ),
    )
    const order = sweep % 2 === 0 ? current : current.toReversed()
    const sorted = order.map((column) => {
      const next = sortByMiddle(column, neighbours, places)
      for (const [j, key] of next.entries()) places.set(key, (j + 0.5) / next.length)
      return next
    })
    current = sweep % 2 === 0 ? sorted : sorted.toReversed()
  }
  return current
}

function sortByMiddle(
  column: readonly string[],
  neighbours: ReadonlyMap<string, readonly string[]>,
  places: ReadonlyMap<string, number>,
): readonly string[] {
  const middles = new Map(
    column.map((key) => {
      const around = (neighbours.get(key) ?? []).flatMap((other) => places.get(other) ?? [])
      const sum = around.reduce((total, place) => total + place, 0)
      return [key, around.length === 0 ? (places.get(key) ?? 0) : sum / around.length]
    }),
  )
  return column.toSorted((a, b) => (middles.get(a) ?? 0) - (middles.get(b) ?? 0))
}

function neighboursOf(nodes: readonly LayoutNode[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>(nodes.map(({ key }) => [key, []]))
  for (const { key, inputs } of nodes) {
    for (const input of inputs) {
      found.get(key)?.push(input)
      found.get(input)?.push(key)
    }
  }
  return found
}

/** A node with all that it comes from and all that comes from it. */
export function lineageOf(key: string, nodes: readonly LayoutNode[]): ReadonlySet<string> {
  const inputs = new Map(nodes.map((node) => [node.key, node.inputs]))
  const outputs = new Map<string, string[]>()
  for (const node of nodes) {
    for (const input of node.inputs) outputs.set(input, [...(outputs.get(input) ?? []), node.key])
  }
  return new Set([...reach(key, inputs), ...reach(key, outputs)])
}

function reach(start: string, ways: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set([start])
  // A set may grow while it is walked; what is added is visited too.
  for (const key of seen) {
    for (const next of ways.get(key) ?? []) seen.add(next)
  }
  return seen
}
