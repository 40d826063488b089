import { type Engine, sql } from '#engine'
import { clearedIn } from './clearings.ts'
import { learnMore } from './lessons.ts'
import { isWidening, kindsIn, misfitsIn, suspectsIn, withTypes } from './misfits.ts'
import { type Arriving, type Drafted, isClosed, type Opened, openedLines } from './opened.ts'
import { type Judgement, type StagedStream, stagedFrom } from './staged-rows.ts'

/** Takes the lines of a stream apart, learning new members on the way; the tables are gone after `use`. */
export async function stageStream<T>(
  engine: Engine,
  arriving: Arriving,
  use: (staged: StagedStream) => Promise<T>,
): Promise<T> {
  const { known, shape } = arriving
  const pinned = shape.fields.filter(({ name }) => !known.some((field) => field.name === name))
  let draft: Drafted = { ...arriving, fields: [...known, ...pinned], widened: [], seen: 0 }
  for (;;) {
    const next = await engine.staged(
      openedLines(draft),
      (opened) => settle(engine, { ...draft, opened }, use),
      draft.ask,
    )
    if ('done' in next) return next.done
    draft = next.again
  }
}

type Settled<T> = { readonly done: T } | { readonly again: Drafted }

/** Goes on when all members have their columns and all columns their types; else the lines are taken apart once more. */
async function settle<T>(
  engine: Engine,
  of: Opened,
  use: (staged: StagedStream) => Promise<T>,
): Promise<Settled<T>> {
  const { hasStrays, hasOdd } = await lookOver(engine, of)
  const learned = isClosed(of) ? undefined : await learnMore(engine, of, hasStrays)
  if (learned) return { again: { ...of, ...learned } }
  const finish = async (judgement: Omit<Judgement, 'cleared'>) => ({
    done: await use(stagedFrom(of, { ...judgement, cleared: await clearedIn(engine, of) })),
  })
  const suspects = hasOdd ? await suspectsIn(engine, of) : []
  if (suspects.length === 0) return finish({ judged: undefined, misfits: [] })
  return engine.staged(
    kindsIn(of, suspects),
    async (kinds): Promise<Settled<T>> => {
      const judged = { kinds, suspects }
      const misfits = await misfitsIn(engine, of, judged)
      const wider = misfits.filter((one) => isWidening(of, one))
      if (wider.length > 0) return { again: await withTypes(engine, of, wider) }
      return finish({ judged, misfits })
    },
    of.ask,
  )
}

/** Whether there is anything that is not as usual. */
async function lookOver(engine: Engine, { opened, ask }: Opened) {
  const [found] = await engine.rows(
    sql`select max(case when _stray then 1 else 0 end) as strays, max(case when _odd then 1 else 0 end) as odd from ${opened}`,
    ask,
  )
  return { hasStrays: found?.['strays'] === 1, hasOdd: found?.['odd'] === 1 }
}
