import type { LakeDifference, ModelDifference } from '@tessera/platform/contract'

/** How many rows would be other than they are. */
export const changesIn = (
  lake: Pick<LakeDifference, 'changed' | 'added' | 'missing'>,
  model: readonly Pick<ModelDifference, 'changed' | 'added' | 'missing'>[],
): number => [lake, ...model].reduce((sum, of) => sum + of.changed + of.added + of.missing, 0)
