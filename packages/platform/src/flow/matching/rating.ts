/** How good an answer is. */
export interface Quality {
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

/** A part of a whole. Nothing found is nothing wrong, and nothing to find is nothing missed. */
export const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole)

/** Precision and recall with the mean that punishes the smaller one. */
export const quality = (precision: number, recall: number): Quality => ({
  precision,
  recall,
  f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
})

/**
 * B-cubed of clusters (Bagga and Baldwin 1998), by the number of each record's cluster and of who it really is, both from 0
 * on: on average over records, how much of its cluster is who it is, and how much of who it is is in its cluster. Counted
 * from the sizes of groups, so that no record is compared with another.
 */
export function bCubed(clusters: Int32Array, entities: Int32Array): Quality {
  const [inCluster, ofEntity] = [sizesOf(clusters), sizesOf(entities)]
  const width = ofEntity.length
  const cells = Float64Array.from(clusters, (of, i) => of * width + (entities[i] ?? 0)).sort()
  let [pure, whole] = [0, 0]
  for (let start = 0, end = 0; start < cells.length; start = end) {
    const cell = cells[start] ?? 0
    while (end < cells.length && cells[end] === cell) end++
    const both = end - start
    pure += (both * both) / (inCluster[Math.floor(cell / width)] ?? both)
    whole += (both * both) / (ofEntity[cell % width] ?? both)
  }
  return quality(share(pure, cells.length), share(whole, cells.length))
}

function sizesOf(numbers: Int32Array): Int32Array {
  const most = numbers.reduce((all, of) => Math.max(all, of), -1)
  const sizes = new Int32Array(most + 1)
  for (const of of numbers) sizes[of] = (sizes[of] ?? 0) + 1
  return sizes
}
