import {
  call,
  cast,
  column,
  type Made,
  made,
  type Part,
  placed,
  sql,
  type TableName,
  value,
} from '#engine'
import { weightOf, withModel } from '#matching'
import { leastProbability } from './definition.ts'
import { identityFaults } from './faults.ts'
import { namesOf } from './find-record.ts'
import { withRecords } from './model-bench.ts'
import { type WeighTools, waterfallAnswer } from './model-explain.ts'
import { trainedModelOf } from './model-links.ts'
import type { Sample, SampleQuery } from './sample-api.ts'

/** How wide a stratum is, in bits, and how many there are on each side of the threshold. */
const stratum = { bits: 4, aside: 4 } as const

/**
 * Pairs around the threshold of a ruleset's model, as many from each stratum of weights as there are to be had; or of all
 * candidates, each as likely. Which they are follows from the seed and the keys of the records alone.
 */
export async function samplePairs(
  { bench, model, ruleset }: WeighTools,
  { count = 20, seed = 'tessera', among = 'doubtful' }: SampleQuery,
): Promise<Sample> {
  const { on, key, limits } = ruleset
  const trained = trainedModelOf(ruleset)
  if (!trained) throw identityFaults.no_model({ ruleset: key })
  const { learned } = trained
  const weighing = { settings: trained.trained.settings, learned }
  const least = weightOf(leastProbability(ruleset))
  return withRecords({ bench, on, model, limits }, ({ records }, where) =>
    withModel(bench, records, weighing, async ({ scored, explain }) => {
      const lowest = among === 'all' ? 0 : leastOf(least - stratum.aside * stratum.bits)
      const { strata, drawn } = await scored(learned, lowest, (pairs) =>
        draw(bench, { pairs, where, least, seed, count, among }),
      )
      const names = await namesOf(
        bench.engine,
        on,
        drawn.flatMap((of) => of.records),
      )
      const pairs: Sample['pairs'] = []
      for (const { numbers, records: keys } of drawn) {
        const [left, right] = keys.map((record) => names.get(record))
        if (!left || !right) continue
        const found = await explain(learned, ...numbers)
        pairs.push({ left, right, model: waterfallAnswer(found, trained.key, ruleset) })
      }
      return {
        model: trained.key,
        at_least: leastProbability(ruleset),
        weight_at_least: least,
        strata,
        pairs,
      }
    }),
  )
}

const leastOf = (weight: number): number => 1 / (1 + 2 ** -weight)

interface Drawing {
  readonly pairs: TableName
  readonly where: Made
  readonly least: number
  readonly seed: string
  readonly count: number
  readonly among: NonNullable<SampleQuery['among']>
}

interface Drawn {
  readonly numbers: readonly [number, number]
  readonly records: readonly string[]
}

async function draw(
  { engine, ask }: WeighTools['bench'],
  { count, among, ...of }: Drawing,
): Promise<{ strata: Sample['strata']; drawn: readonly Drawn[] }> {
  const all = placed(inStrata(of), of.where)
  const most = value(stratum.aside)
  const near = sql`select * from (${all}) a where stratum >= -${most} and stratum < ${most}`
  const counts = await engine.rows(
    sql`select stratum, count(*) as n from (${near}) near group by stratum`,
    ask,
  )
  const byStratum = new Map(counts.map((row) => [Number(row['stratum']), Number(row['n'])]))
  const rows = await engine.rows(
    among === 'all'
      ? sql`select * from (${all}) a order by lot, left_record, right_record limit ${value(count)}`
      : sql`select * from (${near}) near order by turn, abs(stratum + 0.5), stratum desc limit ${value(count)}`,
    ask,
  )
  const from = (i: number) => of.least + i * stratum.bits
  return {
    strata: Array.from({ length: 2 * stratum.aside }, (_, i) => i - stratum.aside).map((i) => ({
      from: from(i),
      to: from(i + 1),
      pairs: byStratum.get(i) ?? 0,
    })),
    drawn: rows.map((row) => ({
      numbers: [Number(row['left']), Number(row['right'])],
      records: [String(row['left_record']), String(row['right_record'])],
    })),
  }
}

/** Pairs, each with its lot, its stratum and its turn within it. */
function inStrata({ pairs, least, seed }: Omit<Drawing, 'count' | 'where' | 'among'>): Part {
  const [left, right] = [column('left'), column('right')]
  const lot = call(
    'key64',
    sql`${value(`${seed} `)} || least(left_record, right_record) || ' ' || greatest(left_record, right_record)`,
  )
  const band = cast(sql`floor((p.weight - ${value(least)}) / ${value(stratum.bits)})`, 'integer')
  return sql`select *, row_number() over (partition by stratum order by lot, left_record, right_record) as turn from (
    select *, ${lot} as lot from (
      select p.${left}, p.${right}, a.record as left_record, b.record as right_record, ${band} as stratum
      from ${pairs} p join ${made('record')} a on a.n = p.${left} join ${made('record')} b on b.n = p.${right}) placed) lots`
}
