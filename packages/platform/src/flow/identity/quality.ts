/** A part of a whole. Nothing found is nothing wrong, and nothing to find is nothing missed. */
export const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole)

/** Precision and recall with the mean that punishes the smaller one. */
export const quality = (precision: number, recall: number) => ({
  precision,
  recall,
  f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
})
