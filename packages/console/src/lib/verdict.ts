import type { DefinitionPlan } from '@tessera/platform/contract'
import { type Body, isBody } from './body.ts'
import type { Writable } from './draft.ts'

/** What the server says of a draft. */
export interface Verdict {
  /** What was read out of the text, if it could be read. */
  readonly body: Body | undefined
  /** The key under which it is published; that of something new is its own word. */
  readonly key: string
  readonly differences: DefinitionPlan['change'][number]['fields']
  readonly problems: DefinitionPlan['problems']
  /** What should be known, and does not stand in the way. */
  readonly warnings: DefinitionPlan['warnings']
  /** The key of something new that another definition has already. */
  readonly taken: string | undefined
  /** What the text speaks of besides this definition, or instead of it. */
  readonly strangers: readonly string[]
  /** Whether the draft may be published: it is new or differs, and nothing speaks against it. */
  readonly isApplicable: boolean
}

/** Reads out of a plan what it says of one definition; one without a version is new, and may have any free key. */
export function verdictOf(plan: DefinitionPlan, published: Writable): Verdict {
  const isNew = published.version === 0
  const mayBe = (of: { readonly kind: string; readonly key: string }) =>
    of.kind === published.kind && (published.keyIs === undefined || of.key === published.key)
  const created = isNew ? plan.create.find(mayBe) : undefined
  const there = isNew && !created ? [...plan.change, ...plan.unchanged].find(mayBe) : undefined
  const key = created?.key ?? published.key
  const isThis = (of: { readonly kind: string; readonly key: string }) =>
    of.kind === published.kind && of.key === key
  const differing = isNew ? undefined : plan.change.find(isThis)
  const change = created ?? differing
  const isSame = !isNew && plan.unchanged.some(isThis)
  const strangers = [...plan.create, ...plan.change, ...plan.unchanged]
    .filter((of) => of !== created && of !== there && (isNew || !isThis(of)))
    .map(({ kind, key: name }) => `${kind}/${name}`)
  const body = isSame ? published.body : change?.body
  return {
    body: isBody(body) ? body : undefined,
    key,
    differences: differing?.fields ?? [],
    problems: plan.problems,
    warnings: plan.warnings,
    taken: there?.key,
    strangers,
    isApplicable: change !== undefined && plan.problems.length === 0 && strangers.length === 0,
  }
}
