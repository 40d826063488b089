import { refuseIfAny } from '#kernel/fault.ts'
import { named } from './definition.ts'
import { definitionFaults } from './faults.ts'
import type { Wish } from './plan.ts'
import type { Version } from './records.ts'

/**
 * What puts everything back to how it was before a change; each history holds all versions of one definition that the
 * change touched, newest first. Refused when one of them was changed again since.
 */
export function reverseOf(number: number, histories: readonly (readonly Version[])[]): Wish {
  const pairs = histories.flatMap(([newest, before]) => (newest ? [{ newest, before }] : []))
  const later = pairs.filter(({ newest }) => newest.change !== number)
  refuseIfAny(
    later.flatMap(({ newest }) => {
      const words = { name: named(newest), number, by: newest.change }
      return definitionFaults.changed_since(words).problems
    }),
    409,
  )
  return {
    put: pairs.flatMap(({ before }) => (before && before.did !== 'remove' ? [before] : [])),
    remove: pairs.flatMap(({ newest, before }) =>
      before && before.did !== 'remove' ? [] : [newest],
    ),
  }
}
