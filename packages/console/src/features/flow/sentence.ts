import type { GraphNode } from '@tessera/platform/contract'
import { texts } from '../../lib/texts.ts'

/** A node in a sentence: what it is, how it stands, and why. */
export function sentenceFor({ label, state, why, fault }: GraphNode): string {
  const reasons = fault ? [fault.say] : why
  const because = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`
  return `${label}, ${texts.flow.states[state].toLowerCase()}${because}`
}
