import { asProblems, Fault, type Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { CannotTell, type Catalogue, catalogueOf } from './catalogue.ts'
import { type Definition, named, type Reference } from './definition.ts'
import { definitionFaults } from './faults.ts'
import type { Kinds, Need } from './kind.ts'

/** A set of definitions to be judged together. */
export interface Whole {
  readonly kinds: Kinds
  /** Definitions whose shape is right. */
  readonly definitions: readonly Definition[]
  /** Those whose shape is wrong; nobody is blamed for referring to them. */
  readonly broken: readonly Reference[]
  /** Those that would be removed. */
  readonly removed: readonly Reference[]
}

/** A problem and the definition it is about. */
export interface Finding extends Reference {
  readonly problem: Problem
}

/** Everything that is wrong between definitions: references to nothing, and what their kinds' checks say. */
export function findings(whole: Whole): readonly Finding[] {
  const all = catalogueOf(whole.definitions, whole.broken)
  const judged = whole.definitions.flatMap((one) =>
    judgedAlone(one, whole, all).map((problem) => ({ kind: one.kind, key: one.key, problem })),
  )
  return [...stillNeeded(whole), ...judged]
}

/** A reference to nothing is told once, even if the kind's check stumbles over it at the same place. */
function judgedAlone(one: Definition, whole: Whole, all: Catalogue): readonly Problem[] {
  const missing = missingNeeds(one, whole, all)
  const told = new Set(missing.map(({ at }) => at).filter((at) => at !== ''))
  return [...missing, ...checked(one, whole, all).filter(({ at }) => !told.has(at))]
}

const needsOf = ({ kind, body }: Definition, kinds: Kinds): readonly Need[] =>
  kinds.get(kind)?.needs?.(body) ?? []

function checked(one: Definition, { kinds, removed }: Whole, all: Catalogue): readonly Problem[] {
  try {
    return kinds.get(one.kind)?.check?.(one.body, all, { kind: one.kind, key: one.key }) ?? []
  } catch (thrown) {
    if (thrown instanceof CannotTell) return []
    if (!(thrown instanceof Fault)) throw thrown
    // A check that stumbles over a missing need has nothing new to say: the need itself is told.
    const told = new Set([...needsOf(one, kinds), ...removed].map(named))
    const isTold = thrown.code === definitionFaults.unknown.code && told.has(nameIn(thrown.details))
    return isTold ? [] : asProblems(thrown)
  }
}

const nameIn = ({ kind, key }: Readonly<Record<string, unknown>>) =>
  named({ kind: String(kind), key: String(key) })

function missingNeeds(one: Definition, whole: Whole, all: Catalogue): readonly Problem[] {
  const excused = new Set([...whole.broken, ...whole.removed].map(named))
  return needsOf(one, whole.kinds)
    .filter((need) => !excused.has(named(need)) && !isGiven(need, whole.kinds))
    .filter((need) => all.find(need.kind, need.key) === undefined)
    .map(({ kind, key, at = '' }) => {
      const defined = whole.definitions.filter((other) => other.kind === kind)
      const keys = [...defined.map((other) => other.key), ...(whole.kinds.get(kind)?.given ?? [])]
      const words = { kind, key, hint: didYouMean(key, keys) }
      return problemOf(definitionFaults.unknown_reference(words), at)
    })
}

const isGiven = ({ kind, key }: Reference, kinds: Kinds) =>
  kinds.get(kind)?.given?.includes(key) ?? false

const problemOf = ({ code, message }: Fault, at = ''): Problem => ({ code, at, say: message })

function stillNeeded({ kinds, definitions, removed }: Whole): readonly Finding[] {
  const needers = Map.groupBy(
    definitions.flatMap((one) => needsOf(one, kinds).map((need) => ({ need: named(need), one }))),
    ({ need }) => need,
  )
  const gone = removed.filter((reference) => !isGiven(reference, kinds))
  return gone.flatMap(({ kind, key }) => {
    const reference = { kind, key }
    const by = [...new Set(needers.get(named(reference))?.map(({ one }) => named(one)))].join(', ')
    if (by === '') return []
    return [{ ...reference, problem: problemOf(definitionFaults.still_needed({ by })) }]
  })
}
