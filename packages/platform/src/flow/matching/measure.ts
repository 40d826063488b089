import { cast, column, type Part, type Row, sql, type TableName, value } from '#engine'
import { probabilityOf } from './learn.ts'

/** How good it would be to take every pair of at least this weight for a match. */
export interface Threshold {
  readonly weight: number
  readonly probability: number
  /** Pairs that would be taken, and those of them that are right. */
  readonly found: number
  readonly right: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

/** Scored pairs against known answers. */
export interface Measured {
  /** Pairs that are one, whether a block made them or not. */
  readonly true_pairs: number
  readonly thresholds: readonly Threshold[]
  readonly best: Threshold | undefined
}

/** Counts scored pairs by weight against a table of answers (`n`, `entity`); pairs without an answer do not count. */
export async function measureScores(
  ask: (query: Part) => Promise<readonly Row[]>,
  scored: TableName,
  truth: TableName,
  step: number,
): Promise<Measured> {
  const [all = {}] =
    await ask(sql`select ${cast(sql`coalesce(sum(size * (size - 1) / 2), 0)`, 'number')} as pairs
    from (select count(*) as size from ${truth} group by entity) e`)
  const rows =
    await ask(sql`select floor(p.weight / ${value(step, 'number')}) as slot, count(*) as found,
      count(*) filter (where a.entity = b.entity) as ${column('right')} from ${scored} p
    join ${truth} a on a.n = p.${column('left')} join ${truth} b on b.n = p.${column('right')} group by slot order by slot desc`)
  const truePairs = Number(all['pairs'])
  const thresholds = thresholdsOf(rows, truePairs, step)
  const best = thresholds.reduce<Threshold | undefined>(
    (top, one) => (top && top.f1 >= one.f1 ? top : one),
    undefined,
  )
  return { true_pairs: truePairs, thresholds, best }
}

// Nothing found is nothing wrong, and nothing to find is nothing missed.
const share = (part: number, whole: number) => (whole === 0 ? 1 : part / whole)

function thresholdsOf(rows: readonly Row[], truePairs: number, step: number): readonly Threshold[] {
  let [found, right] = [0, 0]
  return rows.map((row) => {
    found += Number(row['found'])
    right += Number(row['right'])
    const weight = Number(row['slot']) * step
    const [precision, recall] = [share(right, found), share(right, truePairs)]
    const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)
    return { weight, probability: probabilityOf(weight), found, right, precision, recall, f1 }
  })
}
