import type { ModelObjectFacts } from '../../lib/model.ts'
import type { ModelAddress } from './address.ts'

/** The objects that an address asks for: of an area, filled, with the text in a name or in a field. */
export function chooseObjects(
  all: readonly ModelObjectFacts[],
  { q = '', area, filled }: ModelAddress,
  isFilled: (key: string) => boolean,
): readonly ModelObjectFacts[] {
  const sought = q.trim().toLowerCase()
  return all
    .filter((of) => area === undefined || of.subject_area === area)
    .filter(({ key }) => filled === undefined || isFilled(key))
    .filter(({ key, label, fields }) =>
      [key, label, ...Object.entries(fields).flatMap(([name, of]) => [name, of.label ?? ''])].some(
        (word) => word.toLowerCase().includes(sought),
      ),
    )
}
