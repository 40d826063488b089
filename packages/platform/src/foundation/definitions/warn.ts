import { Fault, type Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { type Catalogue, catalogueOf } from './catalogue.ts'
import { type Definition, named, secretRefsIn } from './definition.ts'
import type { Reading } from './documents.ts'
import { definitionFaults } from './faults.ts'
import type { Kinds } from './kind.ts'
import { type PlacedProblem, placed } from './place.ts'
import type { Plan } from './plan.ts'
import { type Standing, soundOf } from './standing.ts'

/** Which secrets there are at this moment. */
export type SecretNames = () => Promise<readonly string[]>

/** The same plan with what should be known of the definitions that were read, also of those that are there already. */
export async function withWarnings(
  plan: Plan,
  reading: Reading,
  {
    standing,
    secrets,
  }: { readonly standing: Standing; readonly secrets?: SecretNames | undefined },
): Promise<Plan> {
  if (plan.problems.length > 0) return plan
  const { definitions, broken } = soundOf(standing)
  const wanted = new Map([...plan.create, ...plan.change].map((one) => [named(one), one]))
  const gone = new Set(plan.remove.map(named))
  const others = definitions.filter((one) => !wanted.has(named(one)) && !gone.has(named(one)))
  const whole = [...wanted.values(), ...others]
  const all = catalogueOf(whole, broken)
  const documents = new Map(reading.documents.map((one) => [named(one), one]))
  const names = await secrets?.()
  const warnings: PlacedProblem[] = []
  for (const one of whole) {
    const document = documents.get(named(one))
    if (document === undefined) continue
    const told = [...secretsMissing(one, names), ...(await warned(one, all, standing.kinds))]
    warnings.push(...told.map((problem) => placed(problem, document)))
  }
  return { ...plan, warnings }
}

async function warned(
  { kind, key, body }: Definition,
  all: Catalogue,
  kinds: Kinds,
): Promise<readonly Problem[]> {
  try {
    return (await kinds.get(kind)?.warn?.(body, all, { kind, key })) ?? []
  } catch (thrown) {
    // What cannot be looked at now has nothing to tell.
    if (thrown instanceof Fault) return []
    throw thrown
  }
}

function secretsMissing(
  { body }: Definition,
  names: readonly string[] | undefined,
): readonly Problem[] {
  if (names === undefined) return []
  return secretRefsIn(body)
    .filter(({ name }) => !names.includes(name))
    .flatMap(({ name, at }) => {
      const near = didYouMean(name, names)
      return definitionFaults.secret_not_there({ name, near }, { at }).problems
    })
}
