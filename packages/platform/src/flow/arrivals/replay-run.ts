import { createHash } from 'node:crypto'
import type { Collecting, LiveStream, Target } from '#collect'
import type { Spool } from '#connectors'
import type { Catalogue } from '#definitions'
import { call, column, type Engine, every, join, type Part, sql, value } from '#engine'
import {
  compareShadow,
  foldRejected,
  type Shadow,
  type ShadowComparison,
  type StreamShape,
  shadowOf,
  swapShadow,
} from '#lake'
import type { EventLog } from '#log'
import type { LakeDifference } from './api.ts'
import { compareModel } from './compare-model.ts'
import { arrivalFaults } from './faults.ts'
import { followSwap } from './follow-swap.ts'
import type { ReplayResult } from './records.ts'
import { type ReplayWindow, replayLines } from './replay-lines.ts'

/** What running events again needs. */
export interface RunAgainTools {
  readonly engine: Engine
  readonly events: Pick<EventLog, 'read' | 'head' | 'knows'>
  readonly collecting: Pick<Collecting, 'intake' | 'catchUp' | 'follow'>
  readonly spool: Spool
  readonly now: () => Date
  readonly catalogue: () => Promise<Catalogue>
  /** The streams that receive, as they are defined now. */
  readonly liveStreams: () => Promise<readonly LiveStream[]>
}

/** Runs events again beside what is there, and tells how it differs. */
export const compareReplay = (
  tools: RunAgainTools,
  window: ReplayWindow,
  signal: AbortSignal,
): Promise<ReplayResult> =>
  runAgain(tools, { window, signal }, ({ shadow }) => resultOf(tools, { shadow, window }))

/** What became of a swap: it was done, or it was not because it would no longer do what was shown. */
export type SwapOutcome =
  | { readonly state: 'swapped' }
  | { readonly state: 'moved'; readonly now: ReplayResult }

/** A swap that somebody wants: the replay it belongs to, and what the comparison that was shown stands for. */
export interface SwapWish {
  readonly id: string
  readonly mark: string
  readonly signal: AbortSignal
}

/**
 * Runs events again and puts them in the place of what is there, unless that differs from what the mark stands for. What was
 * rejected and is a row now says what it has to say of others, and its id is taken.
 */
export const swapReplay = (
  tools: RunAgainTools,
  window: ReplayWindow,
  { id, mark, signal }: SwapWish,
): Promise<SwapOutcome> =>
  runAgain(tools, { window, signal }, async ({ shadow, target, copies }): Promise<SwapOutcome> => {
    const now = await resultOf(tools, { shadow, window })
    // What died after it had swapped finds no row left to change, and goes on behind them.
    if (!isSettled(now.lake)) {
      if (now.mark !== mark) return { state: 'moved', now }
      await swapShadow(tools.engine, shadow, { at: tools.now(), as: id })
    }
    await followSwap(tools, { id, target, window })
    await foldRejected(tools.engine, window.stream, copies)
    await tools.collecting.catchUp(signal)
    return { state: 'swapped' }
  })

const isSettled = ({ changed, added, missing }: LakeDifference) => changed + added + missing === 0

/** Events that were run again: what they become, where they go, and the repetitions among them. */
interface Again {
  readonly shadow: Shadow
  readonly target: Target
  readonly copies: readonly number[]
}

async function runAgain<T>(
  tools: RunAgainTools,
  { window, signal }: { readonly window: ReplayWindow; readonly signal: AbortSignal },
  use: (again: Again) => Promise<T>,
): Promise<T> {
  const { engine, collecting, spool } = tools
  const target = collecting.intake.targetOf(window.stream)
  const shape = await shapeOf(tools, window.stream)
  if (!target || !shape) throw arrivalFaults.not_received({ stream: window.stream })
  await collecting.catchUp(signal)
  const { lines, copies } = await replayLines(tools, target, window)
  const { path } = await spool.write(lines, signal)
  try {
    const { from, to } = window
    return await shadowOf(engine, { path, from, to, shape, signal }, (shadow) =>
      use({ shadow, target, copies }),
    )
  } finally {
    await spool.remove(path)
  }
}

async function shapeOf(
  { liveStreams }: RunAgainTools,
  stream: string,
): Promise<StreamShape | undefined> {
  return (await liveStreams()).find(({ key }) => key === stream)?.shape
}

async function resultOf(
  { engine, catalogue }: RunAgainTools,
  { shadow, window }: { readonly shadow: Shadow; readonly window: ReplayWindow },
): Promise<ReplayResult> {
  const { shape, fields } = shadow.staged
  const lake = differenceOf(await compareShadow(engine, shadow), await refusedBy(engine, shadow))
  const isKeyed = shape.mode !== 'append' && shape.primaryKey.length > 0
  const model = await compareModel(engine, await catalogue(), {
    stream: shape.key,
    rows: shadow.rows,
    fields,
    isMet: isMetBy(shadow, isKeyed),
    keys: isKeyed ? ['id'] : ['event', 'id'],
  })
  const content = await contentOf(engine, shadow)
  const told = JSON.stringify([window, content, lake, model])
  return { lake, model, mark: createHash('sha256').update(told).digest('hex') }
}

const differenceOf = (
  { same, changed, onlyInShadow, onlyInLake, fields }: ShadowComparison,
  rejected: number,
): LakeDifference => ({
  same,
  changed,
  added: onlyInShadow,
  missing: onlyInLake,
  rejected,
  fields: fields.map(({ field, differing, examples }) => ({
    field,
    changed: differing,
    examples: examples.map(({ event, lake, shadow }) => ({
      event,
      ...(lake === null ? {} : { was: lake }),
      ...(shadow === null ? {} : { is: shadow }),
    })),
  })),
})

/** How many of the events the lake would refuse. */
async function refusedBy(engine: Engine, { staged, ask }: Shadow): Promise<number> {
  if (!staged.mayRefuse) return 0
  const [row] = await engine.rows(
    sql`select count(*) as n from ${staged.rows(0)} r where _problem is not null`,
    ask,
  )
  return Number(row?.['n'] ?? 0)
}

/** A condition on rows of the lake, as `l`: those that the events became, and those that hold the same keys now. */
function isMetBy({ from, to, rows, staged: { shape } }: Shadow, isKeyed: boolean): Part {
  const isWithin = sql`l._event between ${value(from)} and ${value(to)}`
  if (!isKeyed) return isWithin
  const meets = every(shape.primaryKey.map((key) => sql`${column(key, 's')} = ${column(key, 'l')}`))
  return sql`(${isWithin} or exists (select 1 from ${rows} s where ${meets}))`
}

/** Tells one content of a shadow from another. */
async function contentOf(engine: Engine, { rows, staged, ask }: Shadow): Promise<string> {
  const cells = staged.fields.map(
    ({ name }) => sql`coalesce('=' || cast(${column(name)} as varchar), '-')`,
  )
  const whole = join([sql`cast(_event as varchar)`, ...cells], sql` || chr(31) || `)
  const [row] = await engine.rows(
    sql`select count(*) as n, cast(sum(${call('key64', whole)}) as varchar) as sum from ${rows}`,
    ask,
  )
  return `${row?.['n']} ${row?.['sum']}`
}
