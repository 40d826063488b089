import { cast, column, type Part, type Row, sql, type TableName, value } from '#engine'
import { probabilityOf } from './learn.ts'
import { type Quality, quality, share } from './rating.ts'

/** How good it would be to take every pair of at least this weight for a match. */
export interface Threshold extends Quality {
  readonly weight: number
  readonly probability: number
  /** Pairs that would be taken, and those of them that are right. */
  readonly found: number
  readonly right: number
}

/** Scored pairs against known answers. */
export interface Measured {
  /** Pairs that are one, whether a block made them or not. */
  readonly true_pairs: number
  readonly thresholds: readonly Threshold[]
  readonly best: Threshold | undefined
}

type AskFor = (query: Part) => Promise<readonly Row[]>

/** Counts scored pairs by weight against a table of answers (`n`, `entity`); pairs without an answer do not count. */
export async function measureScores(
  ask: AskFor,
  scored: TableName,
  truth: TableName,
  step: number,
): Promise<Measured> {
  const [all = {}] =
    await ask(sql`select ${cast(sql`coalesce(sum(size * (size - 1) / 2), 0)`, 'number')} as pairs
    from (select count(*) as size from ${truth} group by entity) e`)
  const rated = sql`select p.weight, a.entity = b.entity as is_right from ${scored} p
    join ${truth} a on a.n = p.${column('left')} join ${truth} b on b.n = p.${column('right')}`
  return byWeight(ask, rated, { truePairs: Number(all['pairs']), step })
}

/** Counts scored pairs by weight against pairs that were judged (`left`, `right`, `is_match`); others do not count. */
export async function measureJudged(
  ask: AskFor,
  scored: TableName,
  judged: TableName,
  step: number,
): Promise<Measured> {
  const [all = {}] = await ask(sql`select count(*) as pairs from ${judged} where is_match`)
  const [left, right] = [column('left'), column('right')]
  const rated = sql`select p.weight, j.is_match as is_right from ${scored} p
    join ${judged} j on least(j.${left}, j.${right}) = p.${left} and greatest(j.${left}, j.${right}) = p.${right}`
  return byWeight(ask, rated, { truePairs: Number(all['pairs']), step })
}

/** Counts pairs (`weight`, `is_right`) by weight. */
async function byWeight(
  ask: AskFor,
  rated: Part,
  { truePairs, step }: { readonly truePairs: number; readonly step: number },
): Promise<Measured> {
  const rows =
    await ask(sql`select floor(weight / ${value(step, 'number')}) as slot, count(*) as found,
      count(*) filter (where is_right) as ${column('right')} from (${rated}) r group by slot order by slot desc`)
  const thresholds = thresholdsOf(rows, truePairs, step)
  const best = thresholds.reduce<Threshold | undefined>(
    (top, one) => (top && top.f1 >= one.f1 ? top : one),
    undefined,
  )
  return { true_pairs: truePairs, thresholds, best }
}

function thresholdsOf(rows: readonly Row[], truePairs: number, step: number): readonly Threshold[] {
  let [found, right] = [0, 0]
  return rows.map((row) => {
    found += Number(row['found'])
    right += Number(row['right'])
    const weight = Number(row['slot']) * step
    const rated = quality(share(right, found), share(right, truePairs))
    return { weight, probability: probabilityOf(weight), found, right, ...rated }
  })
}
