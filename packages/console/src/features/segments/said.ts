import { type Body, isBody, type Path, textAt, valueAt } from '../../lib/body.ts'
import { kindOf } from '../../lib/condition.ts'
import { sentence } from './sentence.ts'
import type { Vocabulary } from './vocabulary.ts'

const leaves: readonly string[] = ['field', 'insight', 'segment', 'related', 'sequence', 'consent']

/** What segments are defined as, by their keys. */
export type Segments = ReadonlyMap<string, Body>

/** A condition of a membership, also one of a segment that it is made of, in the words of its form; nothing where the form says less of it than the server. */
export function saidAt(
  of: Vocabulary,
  membership: Body,
  { at, segments }: { readonly at: string; readonly segments: Segments },
): string | undefined {
  const { node, whole } = find(membership, at, segments)
  if (!isBody(node) || !leaves.includes(kindOf(node))) return undefined
  const isLess = hasParameters(whole) || /"(case_sensitive|time_zone)":/.test(JSON.stringify(node))
  return isLess ? undefined : sentence(of, node, {})
}

/** What stands at a place, and the segment or membership that it is a part of. */
function find(membership: Body, at: string, segments: Segments) {
  let [whole, node]: [Body, unknown] = [membership, membership]
  for (const step of pathTo(at)) {
    const inner =
      node !== whole && beginnings.includes(step) ? segments.get(keyIn(node)) : undefined
    if (inner) [whole, node] = [inner, inner]
    node = valueAt(node, [step])
  }
  return { whole, node }
}

const beginnings: Path = ['include', 'exclude', 'waterfall']

// A waterfall names its parts by their keys alone.
const keyIn = (node: unknown): string => {
  if (typeof node === 'string') return node
  return isBody(node) ? textAt(node, ['segment']) : ''
}

// What stands for a parameter is known to the server only.
const hasParameters = ({ parameters }: Body): boolean =>
  isBody(parameters) && Object.keys(parameters).length > 0

/** The way to a place such as `include.all[1].not`. */
const pathTo = (at: string): Path =>
  at
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step))
