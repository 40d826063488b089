import { fingerprint } from '#definitions'
import { type Engine, join, print, type Step, sql, value, type Writer } from '#engine'
import { type Model, type RowChanges, rowChanges } from '#model'
import { decisiveObjects } from './changed.ts'
import type { Ruleset, Subject } from './definition.ts'
import { basisTable } from './tables.ts'

/** Raise it when groups come to be made in another way of the same SQL. */
const method = 3

/** What a run is made by, and when the rows of its objects had changed: what is kept for the next run, which may then look only at what changed. */
export interface Basis {
  readonly madeBy: string
  readonly objects: Readonly<Record<string, RowChanges>>
  /** The rules, as `rulesOf` tells them, where somebody has confirmed what they do. */
  readonly confirmed?: string
}

/** What of a ruleset says whom it takes for one: whoever confirms a run confirms this. */
export const rulesOf = ({ match, limits }: Ruleset): string => fingerprint([match, limits ?? null])

/** What the run that begins now will be made by. Objects come first: a change that comes meanwhile counts as not seen. */
export async function basisNow(
  engine: Engine,
  { ruleset, model, steps }: { ruleset: Ruleset; model: Model; steps: readonly Step[] },
): Promise<Basis> {
  const all = await rowChanges(engine)
  const known = decisiveObjects(ruleset, model).flatMap((object) => {
    const of = all.get(object)
    return of ? [[object, of] as const] : []
  })
  const texts = steps.map(({ query }) => {
    const { text, values } = print(query, engine.dialect)
    return [text, values.map((of) => String(of.value))]
  })
  return {
    madeBy: fingerprint([method, ruleset, texts]),
    objects: Object.fromEntries(known.toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** What the last run was made by; nothing where none has kept what the next needs. */
export async function basisBefore(engine: Engine, on: Subject): Promise<Basis | undefined> {
  const [row] = await engine.rows(
    sql`select made_by, objects, confirmed from ${basisTable} where subject = ${value(on)}`,
  )
  if (!row) return undefined
  // Written below.
  const objects = JSON.parse(String(row['objects'])) as Basis['objects']
  const confirmed = row['confirmed']
  return {
    madeBy: String(row['made_by']),
    objects,
    ...(typeof confirmed === 'string' ? { confirmed } : {}),
  }
}

/** Why a run cannot confine itself to what has changed, as far as that is known before it begins. */
export function reasonForAll(before: Basis | undefined, now: Basis): string | undefined {
  if (!before) return 'nothing is kept of a run before'
  if (before.madeBy !== now.madeBy)
    return 'the rules, the data model or the way values are tidied have changed'
  const remade = Object.entries(now.objects).find(
    ([object, of]) => of.remade > (before.objects[object]?.changed ?? 0),
  )
  return remade && `all rows of ${remade[0]} were made anew`
}

/** Objects of which no row has changed since. */
export const stillObjects = (before: Basis | undefined, now: Basis): ReadonlySet<string> =>
  new Set(
    Object.entries(now.objects)
      .filter(([object, { changed }]) => before?.objects[object]?.changed === changed)
      .map(([object]) => object),
  )

export const isSameBasis = (one: Basis | undefined, other: Basis): boolean =>
  one !== undefined && fingerprint(one) === fingerprint(other)

/** Keeps what a run was made by, in the change that publishes it. */
export async function keepBasis(writer: Writer, on: Subject, basis: Basis): Promise<void> {
  await writer.run(sql`delete from ${basisTable} where subject = ${value(on)}`)
  const cells = [on, basis.madeBy, JSON.stringify(basis.objects), basis.confirmed ?? null]
  await writer.run(
    sql`insert into ${basisTable} (subject, made_by, objects, confirmed) values (${join(cells.map((of) => value(of)))})`,
  )
}
