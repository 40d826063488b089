import type { Attribute } from './definition.ts'

/** Why a member is not sent. */
export const reasons = {
  blocked: 'blocked by the filter',
  filterUndivided: 'the filter divides by zero',
  noContactPoint: 'no contact point',
  noConsent: 'no consent',
  /** They may have been sent, as far as anybody knows: it was found as a batch went out. */
  withdrawn: 'consent withdrawn',
  formulaFailed: 'attribute formula failed',
  cancelled: 'cancelled',
  /** They were given up, and by the time of the next try something newer had been sent about them. */
  overtaken: 'overtaken by something newer',
} as const

/** The reason against a member whom a required attribute is missing for. */
export function reasonWithout(attribute: Attribute): string {
  if ('contact_point' in attribute) return reasons.noContactPoint
  if ('formula' in attribute) return reasons.formulaFailed
  return `no ${attribute.as}`
}
