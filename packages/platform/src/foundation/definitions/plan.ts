import type { Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { type Finding, findings } from './check.ts'
import { type Current, type Definition, named, type Reference } from './definition.ts'
import { differences, type FieldChange } from './difference.ts'
import type { Document, Reading } from './documents.ts'
import { definitionFaults } from './faults.ts'
import type { Kinds } from './kind.ts'
import { type Origin, type PlacedProblem, placed, placedByName, startOf } from './place.ts'
import { type Shaped, shapeOf } from './shape.ts'
import { type Standing, soundOf } from './standing.ts'

/** What would change, as plain data: it can be shown, sent and applied. */
export interface Plan {
  readonly create: readonly PlannedCreate[]
  readonly change: readonly PlannedChange[]
  readonly remove: readonly PlannedRemove[]
  readonly unchanged: readonly Reference[]
  /** While there is any, nothing can be applied. */
  readonly problems: readonly PlacedProblem[]
  /** What should be known before it is applied, and does not stand in the way; `withWarnings` looks for it. */
  readonly warnings: readonly PlacedProblem[]
}

export interface PlannedCreate extends Definition {
  /** Where it was written, such as `definitions/segments.yaml:12`. */
  readonly from?: string
}

export interface PlannedChange extends PlannedCreate {
  /** The version that it replaces. */
  readonly over: number
  readonly fields: readonly FieldChange[]
}

export interface PlannedRemove extends Reference {
  readonly over: number
}

/** What somebody wants: definitions as they should be, and others gone. */
export interface Wish {
  readonly put: readonly Wanted[]
  readonly remove: readonly Reference[]
}

/** A definition that somebody wants, with the places of its parts when it was written in a file. */
export interface Wanted extends Definition {
  readonly origin?: Origin
  /** False when its text was so broken that its body tells nothing. */
  readonly isSound?: boolean
}

/** Plans what files ask for. With `prune`, what no file speaks of is removed; otherwise it stays. */
export function planReading(
  reading: Reading,
  standing: Standing,
  { prune = false }: { prune?: boolean } = {},
): Plan {
  const spoken = new Set(reading.documents.map(named))
  const remove = prune ? standing.current.filter((one) => !spoken.has(named(one))) : []
  const { first, problems } = withoutRepeats(reading.documents)
  const put = first.map((document) => ({ ...document, origin: document }))
  const plan = planWish({ put, remove }, standing)
  return { ...plan, problems: [...reading.problems, ...problems, ...plan.problems] }
}

/** Plans a wish: what it would change, and everything that speaks against it, all at once. */
export function planWish(wish: Wish, standing: Standing): Plan {
  const currents = new Map(standing.current.map((one) => [named(one), one]))
  const shaped = wish.put.map((wanted) => ({
    wanted,
    shape: shapeOfWanted(wanted, standing.kinds),
  }))
  const sound = shaped.flatMap(({ wanted, shape }) =>
    shape.isSound ? [{ ...wanted, body: shape.value }] : [],
  )
  const removed = wish.remove.flatMap((one) => currents.get(named(one)) ?? [])
  const news = sound.map((wanted) => newsOf(wanted, currents.get(named(wanted))))
  return {
    create: news.filter((one) => one !== 'unchanged').filter((one) => !('over' in one)),
    change: news.filter((one) => one !== 'unchanged').filter((one) => 'over' in one),
    remove: removed.map(({ kind, key, version }) => ({ kind, key, over: version })),
    unchanged: sound.flatMap(({ kind, key }, i) =>
      news[i] === 'unchanged' ? [{ kind, key }] : [],
    ),
    problems: [
      ...shaped.flatMap(({ wanted, shape }) =>
        shape.isSound ? [] : shape.problems.map((problem) => placedIn(problem, wanted)),
      ),
      ...conflicts({ shaped, sound, removed, standing }),
    ],
    warnings: [],
  }
}

/** What a plan asks for, to be looked at again. */
export const wishOf = ({ create, change, remove }: Plan): Wish => ({
  put: [...create, ...change],
  remove,
})

/** Whether applying a plan would change anything. */
export const isEmptyPlan = ({ create, change, remove }: Plan): boolean =>
  create.length + change.length + remove.length === 0

function shapeOfWanted({ kind, body, isSound = true }: Wanted, kinds: Kinds): Shaped {
  if (!isSound) return { isSound: false, problems: [] }
  const known = kinds.get(kind)
  if (known) return namedShape(shapeOf(known.schema, body))
  const names = [...kinds.keys()]
  const words = { kind, hint: didYouMean(kind, names), kinds: names.join(', ') }
  const { code, message } = definitionFaults.unknown_kind(words)
  return { isSound: false, problems: [{ code, at: 'kind', say: message }] }
}

/** A name of blanks is none: lists and pages would show nothing. */
function namedShape(shape: Shaped): Shaped {
  if (!shape.isSound || typeof shape.value !== 'object' || shape.value === null) return shape
  const label = 'label' in shape.value ? shape.value.label : undefined
  if (typeof label !== 'string' || label.trim() !== '') return shape
  return { isSound: false, problems: definitionFaults.blank_label({}, { at: 'label' }).problems }
}

function newsOf(
  { kind, key, body, origin }: Wanted,
  old: Current | undefined,
): PlannedCreate | PlannedChange | 'unchanged' {
  const planned = { kind, key, body, ...(origin ? { from: startOf(origin) } : {}) }
  if (old === undefined) return planned
  const fields = differences(old.body, body)
  return fields.length === 0 ? 'unchanged' : { ...planned, over: old.version, fields }
}

const placedIn = (problem: Problem, { origin, kind, key }: Wanted) =>
  origin ? placed(problem, origin) : placedByName(problem, { kind, key })

function withoutRepeats(documents: readonly Document[]) {
  const first = new Map<string, Document>()
  const problems: PlacedProblem[] = []
  for (const document of documents) {
    const name = named(document)
    const other = first.get(name)
    if (other === undefined) first.set(name, document)
    else {
      const words = { name, other: startOf(other) }
      const { code, message } = definitionFaults.defined_twice(words)
      problems.push(placed({ code, at: 'key', say: message }, document))
    }
  }
  return { first: [...first.values()], problems }
}

// Judges all definitions as they would be, not only those that change: removing a field breaks what was left alone.
function conflicts(of: {
  readonly shaped: readonly { readonly wanted: Wanted; readonly shape: Shaped }[]
  readonly sound: readonly Wanted[]
  readonly removed: readonly Reference[]
  readonly standing: Standing
}): readonly PlacedProblem[] {
  const touched = new Map(of.shaped.map(({ wanted }) => [named(wanted), wanted]))
  const isTouched = new Set([...touched.keys(), ...of.removed.map(named)])
  const before = soundOf(of.standing)
  const untouched = (one: Reference) => !isTouched.has(named(one))
  const unshaped = of.shaped.flatMap(({ wanted, shape }) => (shape.isSound ? [] : [wanted]))
  const found = findings({
    kinds: of.standing.kinds,
    definitions: [...of.sound, ...before.definitions.filter(untouched)],
    broken: [...unshaped, ...before.broken.filter(untouched)],
    removed: of.removed,
  })
  const isNew = newTo(of.standing)
  return found
    .filter((finding) => !untouched(finding) || isNew(finding))
    .map((finding) => {
      const wanted = touched.get(named(finding))
      return wanted ? placedIn(finding.problem, wanted) : placedByName(finding.problem, finding)
    })
}

// What was wrong before, with a definition that nobody touches, must not stand in the way of everything else.
function newTo(standing: Standing): (finding: Finding) => boolean {
  const textOf = (finding: Finding) =>
    JSON.stringify([named(finding), finding.problem.at, finding.problem.say])
  let old: ReadonlySet<string> | undefined
  return (finding) => {
    const whole = { kinds: standing.kinds, ...soundOf(standing), removed: [] }
    old ??= new Set(findings(whole).map(textOf))
    return !old.has(textOf(finding))
  }
}
