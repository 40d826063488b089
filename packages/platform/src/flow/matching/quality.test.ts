import { expect, test } from 'vitest'
import { memoryEngine } from '#engine/testing'
import { environment } from '#kernel/config.ts'
import { benchOf } from './testing/people.ts'
import { qualityOf } from './testing/quality.ts'
import { realSets } from './testing/real-sets.ts'

const datasets = environment()['TESSERA_DATASETS']
const leftOut = datasets ? '' : ' (left out: TESSERA_DATASETS is not set)'

/** F1 that was measured, with little slack: edges and clusters at the usual threshold, then at the best. */
const least: Readonly<Record<string, readonly [number, number, number, number]>> = {
  febrl1: [0.998, 0.998, 0.999, 0.999],
  febrl2: [0.999, 0.999, 0.9995, 0.9995],
  febrl3: [0.998, 0.999, 0.9995, 0.9995],
  febrl4: [0.9995, 0.9995, 0.9997, 0.9997],
  fake_1000: [0.87, 0.967, 0.91, 0.965],
}

test.runIf(datasets).each(realSets)(
  `real people are told apart without settings: $name${leftOut}`,
  async ({ name, read }) => {
    const bench = benchOf(await memoryEngine())
    const { edges, clusters } = await qualityOf(bench, name, read(datasets ?? ''))
    const found = [edges.usual, clusters.usual, edges.best, clusters.best].map(({ f1 }) => f1)
    for (const [i, f1] of found.entries()) expect(f1).toBeGreaterThanOrEqual(least[name]?.[i] ?? 1)
  },
  60_000,
)
