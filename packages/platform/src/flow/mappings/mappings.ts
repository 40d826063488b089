import { type Catalogue, fingerprint } from '#definitions'
import type { Engine } from '#engine'
import type { GraphNode, Refresher } from '#graph'
import { refuseIfAny } from '#kernel/fault.ts'
import { fieldsByStream, type LakeField, type StreamChange, streamChanges } from '#lake'
import { type Model, type ModelObject, type ModelObjectDefinition, modelOf } from '#model'
import { type StreamDefinition, spaceOf } from '#streams'
import { compileMapping, lackedBy, lookedUp } from './compile.ts'
import type { MappingDefinition } from './definition.ts'
import { mappingFaults } from './faults.ts'
import { lookupsIn } from './kinds.ts'
import {
  type Brought,
  followObject,
  type LostValue,
  refreshObject,
  type Unit,
  unitStates,
} from './refresh.ts'
import { sourcesOf } from './sources.ts'

/** The model as it is defined now: the standard one with what users added. */
export const modelIn = (all: Catalogue): Model =>
  modelOf(all.list<ModelObjectDefinition>('model_object'))

/**
 * The model objects that some mapping fills, as nodes of the graph: made from the streams that fill them. `positions` tells
 * when the rows of each last changed; an object that no mapping fills any more keeps its node, to be emptied.
 */
export function modelNodes(
  all: Catalogue,
  positions: ReadonlyMap<string, number>,
): readonly GraphNode[] {
  const model = modelIn(all)
  const mappings = all.list<MappingDefinition>('mapping')
  return model.objects.flatMap((object): GraphNode[] => {
    const filling = mappings.filter(({ body }) =>
      body.objects.some((target) => target.object === object.key),
    )
    const position = positions.get(object.key)
    if (filling.length === 0 && position === undefined) return []
    const targets = filling.flatMap(({ body }) =>
      body.objects.filter((target) => target.object === object.key),
    )
    const inputs = filling.flatMap(({ body }) => [body.stream, ...streamsLookedUp(body, all)])
    return [
      {
        key: `model:${object.key}`,
        kind: 'model',
        label: object.label,
        inputs: [...new Set(inputs)].map((stream) => `stream:${stream}`),
        definition: fingerprint([
          object,
          targets,
          filling.map(({ body }) => [body.stream, body.qualifier, spaceIn(all, body.stream)]),
        ]),
        freshness: 'live',
        position: position ?? 0,
      },
    ]
  })
}

const spaceIn = (all: Catalogue, stream: string): string =>
  spaceOf(all.get<StreamDefinition>('stream', stream).body)

// By name: what a formula looks up is known before its stream has fields.
const streamsLookedUp = (mapping: MappingDefinition, all: Catalogue): readonly string[] => {
  const text = JSON.stringify(mapping.objects)
  return all
    .list('stream')
    .map(({ key }) => key)
    .filter((stream) => new RegExp(`lookup\\s*\\(\\s*'?${stream}\\b`, 'i').test(text))
}

/** Whether a mapping finds every field that it names among these. */
export function findsItsFields(
  mapping: MappingDefinition,
  all: Catalogue,
  fields: readonly LakeField[],
): boolean {
  const streams = all.list('stream').map(({ key }) => key)
  const lookups = lookupsIn(streams, () => undefined)
  return compileMapping(mapping, modelIn(all), { fields, lookups }).problems.length === 0
}

/** What refreshing needs. */
export interface MappingTools {
  readonly engine: Engine
  readonly catalogue: () => Promise<Catalogue>
}

/** Refreshes nodes of kind `model`. */
export function modelRefresher({ engine, catalogue }: MappingTools): Refresher {
  return async ({ key }, { signal }) => {
    const all = await catalogue()
    const object = modelIn(all).get(key.slice('model:'.length))
    const streams = await streamsNow(engine, all)
    const units = unitsOf(streams, object)
    const done = await refreshObject(engine, object, units, signal)
    const { rows, added, removed, withoutId: without_id } = done
    const notes = [
      ...units.flatMap((unit) => noteOnLacks(unit, streams)),
      ...done.lost.map(sentenceOn),
    ]
    return {
      changed: done.changed ? 'all' : 'nothing',
      position: done.position,
      counts: { rows, added, removed, without_id },
      ...(notes.length > 0 ? { note: notes.join('; ') } : {}),
    }
  }
}

/** Whoever follows what streams bring. */
export interface MappingFollower {
  /** The objects whose streams have brought something that is not mapped yet. */
  readonly behind: () => Promise<readonly string[]>
  /** Maps what came for an object; nothing where it has to be made whole first. */
  readonly follow: (object: string, signal: AbortSignal) => Promise<readonly Brought[] | undefined>
}

/** Maps rows soon after they came, by the delta that a refresh would take. */
export function mappingFollower({ engine, catalogue }: MappingTools): MappingFollower {
  // What was seen when somebody asked who is behind holds for what follows; what came since is mapped the next time.
  let seen: Streams | undefined
  return {
    behind: async () => {
      // First how far it is mapped: what is mapped meanwhile is then taken for new, and not the other way round.
      const states = await unitStates(engine)
      const streams = await streamsNow(engine, await catalogue())
      seen = streams
      return [...states].flatMap(([object, mapped]) =>
        [...mapped].some(
          ([stream, { position }]) => (streams.changes.get(stream)?.position ?? 0) > position,
        )
          ? [object]
          : [],
      )
    },
    follow: async (key, signal) => {
      const streams = seen ?? (await streamsNow(engine, await catalogue()))
      const object = modelIn(streams.all).find(key)
      if (!object) return undefined
      const units = unitsOf(streams, object)
      return followObject(engine, object, { units, changes: streams.changes }, signal)
    },
  }
}

const sentenceOn = ({ stream, field, type, how, count, example }: LostValue) => {
  const what =
    how === 'rounded'
      ? `have more digits than a ${type} keeps, which is four after the point, and were rounded`
      : `could not be read as ${type}`
  return `${field}: ${count.toLocaleString('en-US')} values of ${stream} ${what}, such as "${example}"`
}

/** What is said of fields that a mapping names and that have not come yet. */
function noteOnLacks({ stream, targets }: Unit, { changes }: Streams): readonly string[] {
  const lacks = [...new Set(targets.flatMap(lackedBy))]
  if (lacks.length === 0) return []
  const hasRows = (changes.get(stream)?.position ?? 0) > 0
  return [
    hasRows
      ? `${lacks.join(', ')}: empty, because no row of ${stream} has had it yet`
      : `${stream} waits for its first row`,
  ]
}

/** Streams as they are now. */
interface Streams {
  readonly all: Catalogue
  readonly fields: ReadonlyMap<string, readonly LakeField[]>
  readonly changes: ReadonlyMap<string, StreamChange>
}

async function streamsNow(engine: Engine, all: Catalogue): Promise<Streams> {
  const streams = all.list('stream').map(({ key }) => key)
  const changes = await streamChanges(engine, streams)
  return { all, changes, fields: await fieldsByStream(engine, streams) }
}

/** What each stream gives an object, compiled; refused with everything that is wrong. */
function unitsOf({ all, fields, changes }: Streams, object: ModelObject): readonly Unit[] {
  const known = (stream: string) => fields.get(stream)
  const units: Unit[] = []
  for (const { key, body } of all.list<MappingDefinition>('mapping')) {
    const objects = body.objects.filter((target) => target.object === object.key)
    if (objects.length === 0) continue
    const came = known(body.stream)
    if (came === undefined) throw mappingFaults.nothing_arrived({ stream: body.stream })
    const lookups = lookupsIn([...fields.keys()], known)
    const sources = sourcesOf(all, body.stream, { fields: came, lookups })
    const { targets, problems } = compileMapping({ ...body, objects }, modelIn(all), sources)
    refuseIfAny(problems.map((problem) => ({ ...problem, at: `mapping/${key} ${problem.at}` })))
    const looked = [...new Set(targets.flatMap(lookedUp))]
    const positions = looked.map((stream) => changes.get(stream)?.position ?? 0)
    const space = spaceIn(all, body.stream)
    const remade = changes.get(body.stream)?.remade ?? 0
    units.push({
      stream: body.stream,
      source: body.qualifier,
      space,
      // Whatever is in a key or a value of a row: when it changes, the rows are made anew.
      fingerprint: fingerprint([
        ...[body.qualifier, space, objects, object.fields, looked, positions],
        // Nothing when rows never changed where they stand, so that what was made before this was asked still counts.
        ...(remade === 0 ? [] : [remade]),
      ]),
      targets,
    })
  }
  return units
}
