import type { Catalogue } from '#definitions'
import { column, type Engine, type Part, type Row, sql, value } from '#engine'
import { rulesetsIn } from '#identity'
import { sentenceOf } from '#kernel/fault.ts'
import { currentTable, fieldsOf } from '#lake'
import { type MappingDefinition, modelIn, sourcesOf } from '#mappings'
import { linkColumn, type Model, modelTable, pathTo, systemColumns } from '#model'
import { lookupsOf } from './lookups.ts'
import { type MappedTarget, mappedTargets } from './mapped.ts'

/** Whether something has happened, is still to come, stopped on the way, or has no reason to happen. */
export type State = 'done' | 'waiting' | 'none'

/** What a row of a stream has become in one model object, and whose that is. */
export interface Reached {
  readonly object: string
  readonly label: string
  readonly mapped: { readonly state: State; readonly say: string; readonly id?: string }
  readonly profile: { readonly state: State; readonly say: string; readonly profile?: string }
}

interface Place {
  readonly stream: string
  readonly position: number
}

/** How far a row of the lake has got: the rows it has become in every object that its stream is mapped to. */
export async function reachedOf(
  engine: Engine,
  all: Catalogue,
  place: Place,
): Promise<readonly Reached[]> {
  const mapping = all
    .list<MappingDefinition>('mapping')
    .find(({ body }) => body.stream === place.stream)
  if (!mapping) return []
  const objects = [...new Set(mapping.body.objects.map(({ object }) => object))]
  const reached = await Promise.all(
    objects.map((object) => rowsIn(engine, all, { ...place, object })),
  )
  if (reached.every(({ length }) => length > 0)) return reached.flat()
  const why = await whyNot(engine, all, { ...place, mapping: mapping.body })
  return objects.flatMap((object, i) => (reached[i]?.length ? reached[i] : [why(object)]))
}

async function rowsIn(
  engine: Engine,
  all: Catalogue,
  { stream, position, object }: Place & { object: string },
): Promise<readonly Reached[]> {
  const isThere = (await engine.tables('model')).some(({ name }) => name === object)
  if (!isThere) return []
  const model = modelIn(all)
  const rows =
    await engine.rows(sql`select id, ${column(systemColumns.profile)} as profile, ${personKey(model, object)} as person
    from ${modelTable(object)}
    where ${column(systemColumns.stream)} = ${value(stream)} and ${column(systemColumns.position)} = ${value(position)}
    order by id`)
  const { label } = model.get(object)
  return rows.map((row) => ({
    object,
    label,
    mapped: { state: 'done', say: `${label} ${String(row['id'])}`, id: String(row['id']) },
    profile: profileOf(all, { model, object, row }),
  }))
}

/** The key of the person that a row names; null when it names none, or somebody only through another row. */
function personKey(model: Model, object: string): Part {
  const path = pathTo(model, model.get(object), 'individual')
  if (path?.length === 0) return column(systemColumns.key)
  const [step] = path ?? []
  return path?.length === 1 && step ? column(linkColumn(step.field)) : sql`cast(null as bigint)`
}

function profileOf(
  all: Catalogue,
  { model, object, row }: { model: Model; object: string; row: Row },
): Reached['profile'] {
  const { label } = model.get(object)
  const path = pathTo(model, model.get(object), 'individual')
  if (row['profile'] !== null)
    return {
      state: 'done',
      say: `${label} of profile ${String(row['profile'])}`,
      profile: String(row['profile']),
    }
  if (path === undefined) return { state: 'none', say: `rows of ${label} belong to nobody` }
  if (!rulesetsIn(all).some(({ on }) => on === 'individual'))
    return { state: 'none', say: 'there are no rules yet by which records become profiles' }
  if (path.length < 2 && row['person'] === null)
    return { state: 'none', say: `${label} ${String(row['id'])} names nobody` }
  return {
    state: 'waiting',
    say: `${label} ${String(row['id'])}: identity has not met the person it names yet; the next run does`,
  }
}

/** Why a row has become nothing in an object. */
async function whyNot(
  engine: Engine,
  all: Catalogue,
  { stream, position, mapping }: Place & { mapping: MappingDefinition },
): Promise<(object: string) => Reached> {
  const model = modelIn(all)
  const answer = (object: string, state: State, say: string): Reached => {
    const { label } = model.get(object)
    return {
      object,
      label,
      mapped: { state, say: `${label}: ${say}` },
      profile: {
        state,
        say: `${label}: ${state === 'waiting' ? 'first it has to be mapped' : 'no row'}`,
      },
    }
  }
  try {
    const sources = sourcesOf(all, stream, {
      fields: await fieldsOf(engine, stream),
      lookups: await lookupsOf(engine, all),
    })
    const targets = mappedTargets(mapping, model, sources)
    const row = sql`(select * from ${currentTable(stream)} where _position = ${value(position)})`
    const verdicts = await Promise.all(targets.map((target) => verdictOn(engine, target, row)))
    return (object) => {
      const own = verdicts.filter((_, i) => targets[i]?.object === object)
      if (own.some((verdict) => verdict === 'wanted'))
        return answer(object, 'waiting', 'not mapped yet; the next run does')
      if (own.includes('without id')) return answer(object, 'none', 'it has no id there')
      return answer(object, 'none', 'the mapping leaves such rows out')
    }
  } catch (thrown) {
    return (object) => answer(object, 'waiting', `it cannot be mapped: ${sentenceOf(thrown)}`)
  }
}

async function verdictOn(
  engine: Engine,
  target: MappedTarget,
  row: Part,
): Promise<'wanted' | 'without id' | 'left out'> {
  const [found] = await engine.rows(target.verdictsOn(row))
  if (found?.['wanted'] !== true) return 'left out'
  return found['has_id'] === true ? 'wanted' : 'without id'
}
