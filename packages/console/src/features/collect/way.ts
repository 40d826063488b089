import type { WayStep } from '@tessera/platform/contract'

/** What a step says besides its sentence, as far as the page knows how to show it. */
export interface StepDetails {
  /** What the event has become in each object of the model, and whose that is. */
  readonly parts: readonly Part[]
  /** What the event says of people, accounts and orders: the lines that were kept with it. */
  readonly statements: readonly { readonly position: number; readonly stream: string }[]
  /** Of a repetition: the event that came first. */
  readonly original?: number
}

/** What a step was for one object of the model. */
export interface Part {
  readonly say: string
  readonly state: string
  readonly profile?: string
}

/** Reads the details of a step; what has another shape is left out. */
export function detailsOf({ details }: Pick<WayStep, 'details'>): StepDetails {
  const original = memberOf(details, 'original')
  return {
    parts: listOf(details).flatMap(partIn),
    statements: listOf(memberOf(details, 'statements')).flatMap(statementIn),
    ...(typeof original === 'number' ? { original } : {}),
  }
}

function partIn(value: unknown): readonly Part[] {
  const [say, state] = [memberOf(value, 'say'), memberOf(value, 'state')]
  const profile = memberOf(value, 'profile')
  if (typeof say !== 'string' || typeof state !== 'string') return []
  return [{ say, state, ...(typeof profile === 'string' ? { profile } : {}) }]
}

function statementIn(value: unknown): StepDetails['statements'] {
  const [position, stream] = [memberOf(value, 'position'), memberOf(value, 'stream')]
  return typeof position === 'number' && typeof stream === 'string' ? [{ position, stream }] : []
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}
