import type { GraphNode, ProfileGraph, RecordName } from '@tessera/platform/contract'
import { type Point, placesOf } from './layout.ts'

/** Everything that ties two records of a profile, as one line. */
export interface Bond {
  readonly key: string
  readonly left: string
  readonly right: string
  readonly links: ProfileGraph['links']
  /** Whether the profile falls apart without it. */
  readonly isBridge: boolean
  /** Whether it is the bridge that the profile hangs on by least. */
  readonly isWeakest: boolean
  /** Whether a person said so. */
  readonly isDecided: boolean
}

/** Another profile that rules offered to join with, and that was kept apart. */
export interface Neighbour {
  readonly profile: string
  /** Records of this profile, with how many links lead from each to the other profile. */
  readonly from: readonly { readonly record: string; readonly links: number }[]
  readonly refused: ProfileGraph['refused']
}

/** A profile as it is drawn. */
export interface Cluster {
  readonly records: readonly (RecordName & { readonly at: Point })[]
  readonly bonds: readonly Bond[]
  readonly neighbours: readonly (Neighbour & { readonly at: Point })[]
}

/** Two records in an order that does not depend on who is named first. */
export const pairOf = (left: string, right: string): string =>
  left < right ? `${left} ${right}` : `${right} ${left}`

/** A profile with a place for each record, each line between two records, and each profile it was kept apart from. */
export function clusterOf(graph: ProfileGraph): Cluster {
  const { records } = graph
  const bonds = bondsOf(graph)
  const neighbours = neighboursOf(graph)
  const places = new Map(records.map(({ record }, i) => [record, i]))
  const ties = [
    ...bonds.map(({ left, right }) => [places.get(left), places.get(right)] as const),
    ...neighbours.flatMap(({ from }, i) =>
      from.map(({ record }) => [places.get(record), records.length + i] as const),
    ),
  ].flatMap(([a, b]) => (a === undefined || b === undefined ? [] : [[a, b] as const]))
  const points = placesOf(records.length + neighbours.length, ties)
  const at = (i: number): Point => points[i] ?? { x: 0, y: 0 }
  return {
    records: records.map((record, i) => ({ ...record, at: at(i) })),
    bonds,
    neighbours: neighbours.map((neighbour, i) => ({ ...neighbour, at: at(records.length + i) })),
  }
}

/** Every source there is, in an order that stays when records come or go: the streams, and what a profile has besides. */
export const allSources = (
  nodes: readonly Pick<GraphNode, 'key'>[],
  here: readonly string[],
): readonly string[] => {
  const streams = nodes.flatMap(({ key }) => (key.startsWith('stream:') ? [key.slice(7)] : []))
  return [...new Set([...streams, ...here])].toSorted()
}

function bondsOf({ links, weakest }: ProfileGraph): readonly Bond[] {
  const weak = weakest && pairOf(weakest.left, weakest.right)
  const byPair = Map.groupBy(links, ({ left, right }) => pairOf(left, right))
  return [...byPair].flatMap(([key, between]) => {
    const [first] = between
    if (!first) return []
    return {
      key,
      left: first.left,
      right: first.right,
      links: between,
      isBridge: between.some(({ bridge }) => bridge),
      isWeakest: key === weak,
      isDecided: between.some(({ decision }) => decision !== undefined),
    }
  })
}

function neighboursOf({ profile, records, refused }: ProfileGraph): readonly Neighbour[] {
  const own = new Set(records.map(({ record }) => record))
  const outward = refused.map((link) => {
    const [inside, outside] = own.has(link.left.record)
      ? [link.left, link.right]
      : [link.right, link.left]
    return { link, inside, outside }
  })
  const byProfile = Map.groupBy(outward, ({ outside }) => outside.profile ?? outside.record)
  byProfile.delete(profile)
  return [...byProfile].map(([other, links]) => ({
    profile: other,
    from: [...Map.groupBy(links, ({ inside }) => inside.record)].map(([record, of]) => ({
      record,
      links: of.length,
    })),
    refused: links.map(({ link }) => link),
  }))
}

/** A place in a picture, in per cent of its width and height. */
export interface Share {
  readonly left: number
  readonly top: number
}

/** Stretches a picture over a frame with room at its edges for names: places in per cent of the frame. */
export function sharesOf(points: readonly Point[], room = 12): (point: Point) => Share {
  const along = (of: (point: Point) => number) => {
    const all = points.map(of)
    const [low, high] = [Math.min(...all), Math.max(...all)]
    const share = high - low < 1 ? 0 : (100 - 2 * room) / (high - low)
    // What stands in one line stands in the middle.
    return (at: number) => (share === 0 ? 50 : room + (at - low) * share)
  }
  const [left, top] = [along(({ x }) => x), along(({ y }) => y)]
  return ({ x, y }) => ({ left: left(x), top: top(y) })
}
