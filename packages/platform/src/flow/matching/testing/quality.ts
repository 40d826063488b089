import { sql, type Workbench } from '#engine'
import type { Links } from '../average-link.ts'
import { clusterPairs, usualClustering } from '../clustering.ts'
import { withMatching } from '../matching.ts'
import { proposeSettings } from '../propose.ts'
import { type Person, recordsOf } from './people.ts'

/** How good an answer is, pair by pair. */
export interface Score {
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

/** What comes out without any setting: at the usual threshold, and at the one that would have been best. */
export interface Quality {
  readonly records: number
  readonly truePairs: number
  readonly edges: { readonly usual: Score; readonly best: Score }
  readonly clusters: { readonly usual: Score; readonly best: Score }
}

/** Matches people with nothing but what they hold, and compares with the truth in `entity`. */
export async function qualityOf(
  bench: Workbench,
  name: string,
  people: readonly Person[],
): Promise<Quality> {
  const records = await recordsOf(bench.engine, name, people)
  const { settings } = await proposeSettings(bench, records)
  const rows = await withMatching(bench, records, settings, async (matching) =>
    matching.scored(await matching.learn(), 0, (pairs) =>
      bench.engine.rows(
        sql`select "left", "right", weight from ${pairs} order by weight desc, 1, 2`,
      ),
    ),
  )
  const entity = people.map((of) => of['entity'])
  const pairs = {
    left: rows.map((row) => Number(row['left'])),
    right: rows.map((row) => Number(row['right'])),
    weight: rows.map((row) => Number(row['weight'])),
  }
  const truePairs = pairsWithin(entity)
  const edges = edgesOf(pairs, entity)
  const edgeScore = ({ found, right }: Edge) => scoreOf({ found, right, truePairs })
  const clusterScore = (threshold: number) => {
    const clusters = clusterPairs(people.length, pairs, { ...usualClustering, threshold })
    const right = pairsWithin(entity.map((of, i) => `${of} ${clusters[i]}`))
    return scoreOf({ found: pairsWithin([...clusters]), right, truePairs })
  }
  const { threshold } = usualClustering
  const taken = edges.findLast(({ weight }) => weight >= threshold)
  return {
    records: people.length,
    truePairs,
    edges: {
      usual: edgeScore(taken ?? { weight: 0, found: 0, right: 0 }),
      best: bestOf(edges.map(edgeScore)),
    },
    clusters: {
      usual: clusterScore(threshold),
      best: bestOf(Array.from({ length: 40 }, (_, i) => clusterScore(i - 8))),
    },
  }
}

/** How many pairs weigh at least this, and how many of them are right. */
interface Edge {
  readonly weight: number
  readonly found: number
  readonly right: number
}

/** For pairs by falling weight. */
function edgesOf({ left, right, weight }: Links, entity: readonly unknown[]): readonly Edge[] {
  let so = 0
  return Array.from({ length: weight.length }, (_, i) => {
    if (entity[left[i] ?? 0] === entity[right[i] ?? 0]) so++
    return { weight: weight[i] ?? 0, found: i + 1, right: so }
  })
}

function scoreOf(of: { found: number; right: number; truePairs: number }): Score {
  const precision = of.found === 0 ? 1 : of.right / of.found
  const recall = of.truePairs === 0 ? 1 : of.right / of.truePairs
  return { precision, recall, f1: (2 * of.right) / Math.max(1, of.found + of.truePairs) }
}

const bestOf = (scores: readonly Score[]): Score =>
  scores.reduce((best, one) => (one.f1 > best.f1 ? one : best), {
    precision: 0,
    recall: 0,
    f1: 0,
  })

function pairsWithin(labels: readonly unknown[]): number {
  const groups = Map.groupBy(labels, (of) => of).values()
  return groups.reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0)
}
