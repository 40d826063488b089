import type { Engine } from '#engine'
import { linkTable, type Ruleset } from '#identity'
import type { Model, ModelObject } from '#model'

/** Profiles are of people. */
export const on = 'individual'

/** What reading profiles needs from the house. */
export interface ProfileTools {
  readonly engine: Engine
  readonly model: () => Promise<Model>
  readonly rulesets: () => Promise<readonly Ruleset[]>
}

/** The definitions at this moment, and which objects have tables, with what columns. */
export interface Scene {
  readonly engine: Engine
  readonly model: Model
  readonly ruleset: Ruleset | undefined
  readonly tables: ReadonlyMap<string, ReadonlySet<string>>
  /** Whether accounts have been made one by a ruleset of their own. */
  readonly hasUnifiedAccounts: boolean
}

/** Looks at the definitions and the tables. */
export async function openScene({ engine, model, rulesets }: ProfileTools): Promise<Scene> {
  const [tables, unified, all] = await Promise.all([
    engine.tables('model'),
    engine.tables('unified'),
    rulesets(),
  ])
  return {
    engine,
    model: await model(),
    ruleset: all.find((ruleset) => ruleset.on === on),
    hasUnifiedAccounts: unified.some(({ name }) => name === linkTable('account').name),
    tables: new Map(
      tables.map(({ name, columns }) => [name, new Set(columns.map((column) => column.name))]),
    ),
  }
}

/** The label of a field, or its name where it has none. */
export const labelOf = (object: ModelObject, field: string): string =>
  object.fields[field]?.label ?? field
