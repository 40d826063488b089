import { type Catalogue, type Definitions, fingerprint } from '#definitions'
import { problemsOf } from '#kernel/read.ts'
import type { Ruleset } from './definition.ts'
import { matchModelKind, rulesetsIn } from './kinds.ts'
import {
  isTrained,
  type MatchModel,
  type MatchModelDefinition,
  matchModelSchema,
} from './model-definition.ts'

/** A model as it is defined, with its version and what it has learned. */
export interface KeptModel extends MatchModel {
  readonly version: number
}

/**
 * Models with what they last learned under the settings that they have. A file that does not speak of that does not take it
 * away: otherwise whoever keeps definitions in files would make every model forget by applying them.
 */
export interface ModelMemory {
  readonly models: () => Promise<readonly KeptModel[]>
  /** The rulesets among definitions, each with its model and what that has learned. */
  readonly rulesets: (all: Catalogue) => Promise<readonly Ruleset[]>
}

type Lesson = Pick<MatchModelDefinition, 'learned' | 'trained'>

/** The memory of the models that are defined. */
export function modelMemory(definitions: Pick<Definitions, 'list' | 'versions'>): ModelMemory {
  // What was learned is large, and asked for whenever somebody looks at the graph.
  const lessons = new Map<string, { readonly version: number; readonly lesson: Lesson }>()
  const lessonOf = async (model: KeptModel): Promise<Lesson> => {
    const known = lessons.get(model.key)
    if (known?.version === model.version) return known.lesson
    const lesson = await lastLesson(definitions, model)
    lessons.set(model.key, { version: model.version, lesson })
    return lesson
  }
  const models = async (): Promise<readonly KeptModel[]> => {
    const kept = await definitions.list(matchModelKind.kind)
    return Promise.all(
      kept.map(async ({ key, version, body }) => {
        // The kind's schema has accepted it.
        const model = { ...(body as MatchModelDefinition), key, version }
        return isTrained(model) ? model : { ...model, ...(await lessonOf(model)) }
      }),
    )
  }
  return { models, rulesets: async (all) => rulesetsIn(all, await models()) }
}

async function lastLesson(
  { versions }: Pick<Definitions, 'versions'>,
  model: MatchModel,
): Promise<Lesson> {
  for (const { body } of await versions({ kind: matchModelKind.kind, key: model.key })) {
    // What was removed begins anew.
    if (body === null) return {}
    if (!isModel(body) || !body.learned || !body.trained || !isAlike(body, model)) continue
    return { learned: body.learned, trained: body.trained }
  }
  return {}
}

// Versions are kept as they were written; a program that came later may have read them otherwise.
const isModel = (body: unknown): body is MatchModelDefinition =>
  problemsOf(matchModelSchema, body).length === 0

const isAlike = (one: MatchModelDefinition, other: MatchModelDefinition): boolean =>
  one.on === other.on && fingerprint(one.settings ?? null) === fingerprint(other.settings ?? null)
