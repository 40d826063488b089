import type { Audit } from '#audit'
import type { Caller } from '#kernel/caller.ts'
import type { Clock } from '#kernel/clock.ts'
import { type Problem, refuseIfAny } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { Store } from '#store'
import { type Catalogue, catalogueOf } from './catalogue.ts'
import { type Current, type Definition, named, type Reference } from './definition.ts'
import type { Reading } from './documents.ts'
import { definitionFaults } from './faults.ts'
import { gatherKinds, type Kind, type Kinds } from './kind.ts'
import type { PlacedProblem } from './place.ts'
import { isEmptyPlan, type Plan, planReading, planWish, wishOf } from './plan.ts'
import { type Change, type ChangeVerb, type Records, recordsIn, type Version } from './records.ts'
import { reverseOf } from './reverse.ts'
import { problemsOfStanding, type Standing, soundOf, standingReader } from './standing.ts'
import { type SecretNames, withWarnings } from './warn.ts'

/** What users have defined: read it, plan a change, make it, take it back. */
export interface Definitions {
  readonly kinds: Kinds
  /** Everything that is defined and of sound shape, at this moment. */
  readonly catalogue: () => Promise<Catalogue>
  readonly get: (reference: Reference) => Promise<Current>
  /** All definitions, or those of one kind, in the order of kind and key. */
  readonly list: (kind?: string) => Promise<readonly Current[]>
  /** Every version there was, newest first; a removal is one, its body is null. */
  readonly versions: (reference: Reference) => Promise<readonly Version[]>
  /** What is wrong with the definitions as they are kept; a newer program may ask more than an older one did. */
  readonly problems: () => Promise<readonly PlacedProblem[]>
  /** What documents would change. With `prune`, what they do not speak of would be removed. */
  readonly plan: (reading: Reading, options?: { prune?: boolean }) => Promise<Plan>
  /** Makes a planned change, whole or not at all. Gives nothing when there was nothing to change. */
  readonly apply: (plan: Plan, caller: Caller) => Promise<Change | undefined>
  /** Puts one definition; refused when it is not at the version `over` that the writer has seen (0: none). */
  readonly put: (
    definition: Definition,
    caller: Caller,
    seen?: { over?: number },
  ) => Promise<Change | undefined>
  /** Refused, with their names, while others need it. */
  readonly remove: (reference: Reference, caller: Caller) => Promise<Change | undefined>
  /** Newest first. */
  readonly changes: (page?: { before?: number; limit?: number }) => Promise<readonly Change[]>
  /** Makes the reverse of a change, which is a change as well. */
  readonly undo: (number: number, caller: Caller) => Promise<Change | undefined>
}

export interface DefinitionTools {
  readonly store: Store
  readonly kinds: readonly Kind[]
  readonly clock: Clock
  readonly audit: Audit
  /** Which secrets there are, to tell of those that are not there yet. */
  readonly secrets?: SecretNames | undefined
  /** Hears, once it is kept, that something was changed. */
  readonly onChange?: () => void
}

/** The definitions of one installation, of the kinds that its rooms bring. */
export function makeDefinitions(tools: DefinitionTools): Definitions {
  const { store } = tools
  const kinds = gatherKinds(tools.kinds)
  const records = recordsIn(store)
  const asStanding = standingReader(kinds)
  const standing = async () => asStanding(await records.current())
  const make = maker(tools, records, kinds)

  const list = async (kind?: string) => {
    if (kind !== undefined) assertKind(kind, kinds)
    const { current } = await standing()
    return current.filter((one) => kind === undefined || one.kind === kind)
  }
  const get = async (reference: Reference) => {
    const all = await list(reference.kind)
    const found = all.find(({ key }) => key === reference.key)
    if (found) return found
    const keys = all.map(({ key }) => key)
    throw definitionFaults.unknown({ ...reference, hint: didYouMean(reference.key, keys) })
  }

  return {
    kinds,
    list,
    get,
    versions: records.versions,
    catalogue: async () => catalogueIn(await standing()),
    problems: async () => problemsOfStanding(await standing()),
    plan: async (reading, options) => {
      const now = await standing()
      const plan = planReading(reading, now, options)
      return withWarnings(plan, reading, { standing: now, secrets: tools.secrets })
    },
    apply: (plan, caller) =>
      store.transaction(async () => {
        refuseIfAny(plan.problems)
        const now = await standing()
        refuseIfAny(staleness([...plan.create, ...plan.change, ...plan.remove], now.current), 409)
        return make(planWish(wishOf(plan), now), { verb: 'apply', caller })
      }),
    put: (definition, caller, { over } = {}) =>
      store.transaction(async () => {
        const now = await standing()
        if (over !== undefined) refuseIfAny(staleness([seen(definition, over)], now.current), 409)
        return make(planWish({ put: [definition], remove: [] }, now), { verb: 'put', caller })
      }),
    remove: (reference, caller) =>
      store.transaction(async () => {
        await get(reference)
        const plan = planWish({ put: [], remove: [reference] }, await standing())
        return make(plan, { verb: 'remove', caller })
      }),
    changes: ({ before = Number.MAX_SAFE_INTEGER, limit = 100 } = {}) =>
      records.changes({ before, limit }),
    undo: (number, caller) =>
      store.transaction(async () => {
        const did = await records.versionsOfChange(number)
        if (did.length === 0) throw definitionFaults.unknown_change({ number })
        const histories = await Promise.all(did.map(records.versions))
        const plan = planWish(reverseOf(number, histories), await standing())
        return make(plan, { verb: 'undo', caller, undoes: number })
      }),
  }
}

// What others make of a catalogue is kept with it, so the same definitions give the same one.
const catalogues = new WeakMap<Standing, Catalogue>()

function catalogueIn(standing: Standing): Catalogue {
  const catalogue = catalogues.get(standing) ?? catalogueOf(soundOf(standing).definitions)
  catalogues.set(standing, catalogue)
  return catalogue
}

interface Asked {
  readonly verb: ChangeVerb
  readonly caller: Caller
  readonly undoes?: number
}

/** Writes a plan down as a change; within a transaction. */
function maker({ store, clock, audit, onChange }: DefinitionTools, records: Records, kinds: Kinds) {
  return async (plan: Plan, { caller, ...asked }: Asked): Promise<Change | undefined> => {
    refuseIfAny(plan.problems)
    if (isEmptyPlan(plan)) return undefined
    refuseIfAny(rightsLacking([...plan.create, ...plan.change], kinds, caller), 403)
    const at = clock.now().toISOString()
    const change = await records.addChange({ ...asked, at, by: caller.name })
    for (const one of plan.create) await records.put(one, { did: 'create', change, at })
    for (const one of plan.change) await records.put(one, { did: 'change', change, at })
    for (const one of plan.remove) await records.remove(one, { change })
    if (onChange) store.afterCommit(onChange)
    const [made] = await records.changes({ before: change + 1, limit: 1 })
    for (const { kind, key, version, did } of made?.did ?? [])
      await audit.record(caller, `definition.${did}`, `${kind}:${key}`, { change, version })
    return made
  }
}

/** What a caller would have to be allowed to save these definitions. */
function rightsLacking(
  saved: readonly Definition[],
  kinds: Kinds,
  { name: who, rights }: Caller,
): readonly Problem[] {
  return saved.flatMap((one) => {
    const asked = kinds.get(one.kind)?.rights?.(one.body) ?? []
    const name = named(one)
    return asked
      .filter((right) => !rights.includes(right))
      .flatMap((right) => definitionFaults.not_allowed({ who, right, name }, { at: name }).problems)
  })
}

type Over = Reference & { readonly over?: number }

// Version 0 says that the writer has seen none.
const seen = ({ kind, key }: Reference, over: number): Over =>
  over > 0 ? { kind, key, over } : { kind, key }

function staleness(expected: readonly Over[], current: readonly Current[]): readonly Problem[] {
  const now = new Map(current.map((one) => [named(one), one.version]))
  return expected
    .filter((one) => now.get(named(one)) !== one.over)
    .flatMap((one) => {
      const version = now.get(named(one))
      const words = version === undefined ? 'it is gone' : `it has version ${version} now`
      return definitionFaults.changed_meanwhile({ name: named(one), now: words }).problems
    })
}

function assertKind(kind: string, kinds: Kinds): void {
  if (kinds.has(kind)) return
  const names = [...kinds.keys()]
  const words = { kind, hint: didYouMean(kind, names), kinds: names.join(', ') }
  throw definitionFaults.unknown_kind(words)
}
