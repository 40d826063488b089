import type { Engine } from '#engine'
import { peopleMark } from '#model'
import { type Ground, groundOf, type KnownToSegments } from '#segments'
import { type Field, objectsRead } from './evaluate.ts'
import { type Lanes, type LiveSegment, lanesOf } from './lane.ts'
import { type Kept, keptSegments } from './tables.ts'

/** What a round is about: segments as they are defined, what they read, and which of them were made whole. */
export interface Scene extends Field {
  readonly lanes: Lanes
  readonly kept: ReadonlyMap<string, Kept>
  /** The live segments that were made whole by their present definition. */
  readonly live: readonly LiveSegment[]
  /** What a segment reads: objects, and people. */
  readonly reads: (one: LiveSegment) => ReadonlySet<string>
}

/** Sets scenes; what was worked out of definitions and tables is kept as long as they are the same. */
export function sceneSetter(engine: Engine, known: () => Promise<KnownToSegments>) {
  let lanes: { readonly of: string; readonly lanes: Lanes } | undefined
  const reads = new Map<string, ReadonlySet<string>>()
  let shape = ''
  return async (now: Date): Promise<Scene> => {
    const all = await known()
    const ground = await groundOf(engine, all, now)
    const tables = [...(await engine.tables('model')), ...(await engine.tables('unified'))]
    const shaped = tables.map(({ name, columns }) => `${name}:${columns.length}`).join()
    if (shaped !== shape) reads.clear()
    shape = shaped
    const definitions = JSON.stringify([all.segments, shaped])
    if (lanes?.of !== definitions)
      lanes = { of: definitions, lanes: lanesOf(all.segments, ground.subjects) }
    const kept = await keptSegments(engine)
    const found = lanes.lanes
    const live = [...found.live.values()].filter(
      (one) => kept.get(one.key)?.fingerprint === one.fingerprint,
    )
    const field = { ground, model: all.model }
    return {
      ...field,
      lanes: found,
      kept,
      live,
      reads: (one) => {
        const read = reads.get(one.fingerprint) ?? readBy(one, field)
        reads.set(one.fingerprint, read)
        return read
      },
    }
  }
}

const readBy = (one: LiveSegment, field: { ground: Ground; model: Field['model'] }) =>
  new Set([peopleMark, ...objectsRead(one, field)])
