import type { Engine } from '#engine'
import type { Ruleset } from '#identity'
import type { Model, ModelObject } from '#model'

/** Profiles are of people. */
export const on = 'individual'

/** What reading profiles needs from the house. */
export interface ProfileTools {
  readonly engine: Engine
  readonly model: () => Promise<Model>
  readonly rulesets: () => Promise<readonly Ruleset[]>
}

/** The definitions at this moment, and which objects have tables. */
export interface Scene {
  readonly engine: Engine
  readonly model: Model
  readonly ruleset: Ruleset | undefined
  readonly tables: ReadonlySet<string>
}

/** Looks at the definitions and the tables. */
export async function openScene({ engine, model, rulesets }: ProfileTools): Promise<Scene> {
  const [tables, all] = await Promise.all([engine.tables('model'), rulesets()])
  return {
    engine,
    model: await model(),
    ruleset: all.find((ruleset) => ruleset.on === on),
    tables: new Set(tables.map(({ name }) => name)),
  }
}

/** How much a source is trusted: the first of the ruleset's list comes first, those not in it last. */
export function placeOf(ruleset: Ruleset | undefined, source: string): number {
  const place = (ruleset?.reconcile.sources ?? []).indexOf(source)
  return place < 0 ? Number.MAX_SAFE_INTEGER : place
}

/** The label of a field, or its name where it has none. */
export const labelOf = (object: ModelObject, field: string): string =>
  object.fields[field]?.label ?? field
