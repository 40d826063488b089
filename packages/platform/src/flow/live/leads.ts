import type { Ask, Engine } from '#engine'
import type { Again } from './again.ts'
import { type Asked, nameOfAsked } from './asked.ts'
import { makeBatches } from './batches.ts'
import { findProfiles } from './find.ts'

/** Where identifiers lead. */
export interface Leads {
  /** The profiles that an identifier means, from memory where it was asked before. */
  readonly of: (asked: Asked) => Promise<readonly string[]>
  /** The same, asked anew. */
  readonly anew: (asked: Asked) => Promise<readonly string[]>
  /** Identifiers may lead elsewhere from now on. */
  readonly note: () => void
  readonly clear: () => void
}

const mostAtOnce = 200
const mostNames = 500_000

/** Remembers where identifiers lead; many are looked up at once. */
export function makeLeads(of: {
  readonly engine: Engine
  readonly ask: Ask
  readonly again: Again
  /** The sources whose ids events name. */
  readonly sources: () => readonly string[]
  /** How long what was found is believed at least. */
  readonly restMs: number
}): Leads {
  const { engine, ask, again, restMs } = of
  const known = new Map<string, Lead>()
  let generation = 1

  const look = makeBatches<Asked, Lead>({
    nameOf: nameOfAsked,
    most: mostAtOnce,
    look: async (all) => {
      const at = generation
      const objects = new Set((await engine.tables('model')).map(({ name }) => name))
      const found = await findProfiles({ engine, sources: of.sources(), objects, ask }, all)
      if (known.size > mostNames) known.clear()
      const foundAt = performance.now()
      const made = [...found].map(
        ([name, profiles]) => [name, { profiles, generation: at, foundAt }] as const,
      )
      for (const [name, lead] of made) known.set(name, lead)
      return new Map(made)
    },
  })
  const anew = async (asked: Asked) => (await look(asked))?.profiles ?? []
  return {
    of: async (asked) => {
      const name = nameOfAsked(asked)
      const lead = known.get(name)
      if (!lead) return anew(asked)
      if (lead.generation !== generation && performance.now() - lead.foundAt >= restMs)
        again.ask(name, () => anew(asked))
      return lead.profiles
    },
    anew,
    note: () => {
      generation++
    },
    clear: () => known.clear(),
  }
}

/** Where an identifier leads, and when that was found. */
interface Lead {
  readonly profiles: readonly string[]
  readonly generation: number
  readonly foundAt: number
}
