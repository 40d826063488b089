import type { CountAnswer } from '@tessera/platform/contract'
import { createContext, useContext } from 'react'
import { type Path, placeOf } from '../../lib/body.ts'
import type { Changed } from '../../lib/condition.ts'
import type { Form } from '../../lib/form.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What every part of the builder of a segment works with, besides the form. */
export interface Builder {
  readonly vocabulary: Vocabulary
  /** How many each condition means, by its place; of the last answer. */
  readonly counts: ReadonlyMap<string, Counted>
  /** Leads the keyboard to a condition, once it is there. */
  readonly lead: (path: Path, to: 'node' | 'input') => void
}

/** How many a condition means; with `error`, more or less. */
export type Counted = Pick<CountAnswer, 'members' | 'error'>

const BuilderContext = createContext<Builder | undefined>(undefined)

/** Hands the means to build to the parts of a builder. */
export const BuilderProvider = BuilderContext.Provider

/** The builder that a part stands in. */
export function useBuilder(): Builder {
  const builder = useContext(BuilderContext)
  if (!builder) throw new Error('this part stands outside a builder')
  return builder
}

/** Writes a changed tree, and leads the keyboard to what was changed. */
export function make(
  { change }: Pick<Form, 'change'>,
  { lead }: Pick<Builder, 'lead'>,
  { body, at }: Changed,
  to: 'node' | 'input' = 'node',
): void {
  change(body)
  lead(at, to)
}

/** The counts of an answer, by place. */
export const countsIn = (answer: CountAnswer | undefined): ReadonlyMap<string, Counted> =>
  new Map((answer?.each ?? []).map(({ at, ...counted }) => [at, counted]))

/** The count of a condition, if it is known. */
export const countAt = ({ counts }: Builder, path: Path): Counted | undefined =>
  counts.get(placeOf(path))
