import type { Engine, TableShape } from '#engine'
import { groundOf, type KnownToSegments } from '#segments'
import { type Lanes, type LiveSegment, lanesOf } from './lane.ts'
import { type Field, type Reads, readsOf, together } from './reads.ts'
import { type Kept, keptSegments } from './tables.ts'

/** What a round is about: segments as they are defined, what they read, and which of them were made whole. */
export interface Scene extends Field {
  readonly lanes: Lanes
  readonly kept: ReadonlyMap<string, Kept>
  /** The live segments that were made whole by their present definition. */
  readonly live: readonly LiveSegment[]
  /** What a segment reads. */
  readonly reads: (one: LiveSegment) => Reads
  /** What all live segments read. */
  readonly read: Reads
}

/** Sets scenes. */
export interface SceneSetter {
  readonly at: (now: Date) => Promise<Scene>
  /** What is remembered of kept segments has changed. */
  readonly keptChanged: () => void
}

/** What scenes are worked out from. */
interface Basis {
  readonly known: KnownToSegments
  readonly shapes: readonly (readonly TableShape[])[]
}

/** Sets scenes; what was worked out of definitions and tables is kept as long as they are the same. */
export function sceneSetter(engine: Engine, known: () => Promise<KnownToSegments>): SceneSetter {
  let last: { readonly basis: Basis; readonly scene: Omit<Scene, 'kept' | 'live'> } | undefined
  let kept: Promise<ReadonlyMap<string, Kept>> | undefined
  const prepare = async (basis: Basis, now: Date) => {
    const all = basis.known
    const ground = await groundOf(engine, all, now)
    const field = { ground, model: all.model }
    const lanes = lanesOf(all.segments, ground.subjects)
    const found = new Map([...lanes.live].map(([key, one]) => [key, readsOf(one, field)]))
    const reads = ({ key }: LiveSegment): Reads => found.get(key) ?? new Map()
    return { ...field, lanes, reads, read: together([...found.values()]) }
  }
  return {
    keptChanged: () => {
      kept = undefined
    },
    at: async (now) => {
      const shapes = [await engine.tables('model'), await engine.tables('unified')]
      const basis = { known: await known(), shapes }
      if (!last || !isSame(last.basis, basis)) {
        last = { basis, scene: await prepare(basis, now) }
        // What is no longer defined may have lost its members.
        kept = undefined
      }
      const { scene } = last
      kept ??= keptSegments(engine)
      const remembered = await kept.catch((thrown: unknown) => {
        kept = undefined
        throw thrown
      })
      const live = [...scene.lanes.live.values()].filter(
        (one) => remembered.get(one.key)?.fingerprint === one.fingerprint,
      )
      return { ...scene, ground: { ...scene.ground, now }, kept: remembered, live }
    },
  }
}

// What is read again and again is the same object as long as nobody changes it; what users added to the model is made anew.
function isSame(one: Basis, other: Basis): boolean {
  const [a, b] = [one.known, other.known]
  return (
    one.shapes.every((shape, i) => shape === other.shapes[i]) &&
    a.segments.length === b.segments.length &&
    a.segments.every(({ key, body }, i) => {
      const there = b.segments[i]
      return there?.key === key && there.body === body
    }) &&
    a.model.objects.length === b.model.objects.length &&
    a.model.objects.every((object, i) => {
      const there = b.model.objects[i]
      return object === there || JSON.stringify(object) === JSON.stringify(there)
    })
  )
}
