import { type Body, isBody, type Path, valueAt } from '../../lib/body.ts'
import { kindOf } from '../../lib/condition.ts'
import { sentence } from './sentence.ts'
import type { Vocabulary } from './vocabulary.ts'

const leaves: readonly string[] = ['field', 'insight', 'segment', 'related', 'sequence', 'consent']

/** A condition of a membership in the words of its form; nothing where the form says less of it than the server. */
export function saidAt(of: Vocabulary, membership: Body, at: string): string | undefined {
  const node = valueAt(membership, pathTo(at))
  if (!isBody(node) || !leaves.includes(kindOf(node))) return undefined
  const isLess =
    hasParameters(membership) || /"(case_sensitive|time_zone)":/.test(JSON.stringify(node))
  return isLess ? undefined : sentence(of, node, {})
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
