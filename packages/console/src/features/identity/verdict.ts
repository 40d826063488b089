import type { DefinitionAnswer, DefinitionPlan } from '@tessera/platform/contract'
import { type Body, isBody } from './body.ts'

/** What the server says of a draft. */
export interface Verdict {
  /** The ruleset that was read out of the text, if it could be read. */
  readonly body: Body | undefined
  readonly differences: DefinitionPlan['change'][number]['fields']
  readonly problems: DefinitionPlan['problems']
  /** What the text speaks of besides this ruleset, or instead of it. */
  readonly strangers: readonly string[]
  /** Whether the draft may be published: it differs, and nothing speaks against it. */
  readonly isApplicable: boolean
}

/** Reads out of a plan what it says of one ruleset. */
export function verdictOf(plan: DefinitionPlan, published: DefinitionAnswer): Verdict {
  const isThis = ({ kind, key }: { readonly kind: string; readonly key: string }) =>
    kind === published.kind && key === published.key
  const change = plan.change.find(isThis)
  const isSame = plan.unchanged.some(isThis)
  const strangers = [...plan.create, ...plan.change, ...plan.unchanged]
    .filter((of) => !isThis(of))
    .map(({ kind, key }) => `${kind}/${key}`)
  const body = isSame ? published.body : change?.body
  return {
    body: isBody(body) ? body : undefined,
    differences: change?.fields ?? [],
    problems: plan.problems,
    strangers,
    isApplicable: change !== undefined && plan.problems.length === 0 && strangers.length === 0,
  }
}
