import { findings } from './check.ts'
import { type Current, named, type Reference } from './definition.ts'
import type { Kind, Kinds } from './kind.ts'
import { type PlacedProblem, placedByName } from './place.ts'
import type { Kept } from './records.ts'
import { shapeOf } from './shape.ts'

/** How the definitions stand at one moment. */
export interface Standing {
  readonly kinds: Kinds
  /** All of them, save those of kinds that no room of this program brings. */
  readonly current: readonly Current[]
  /** Those among them whose shape the schema of a newer program does not accept, by name. */
  readonly broken: ReadonlySet<string>
}

/** Those of a standing that can be relied on, and the names of the others. */
export function soundOf({ current, broken }: Standing): {
  readonly definitions: readonly Current[]
  readonly broken: readonly Reference[]
} {
  const [sound = [], rest = []] = [false, true].map((isBroken) =>
    current.filter((one) => broken.has(named(one)) === isBroken),
  )
  return { definitions: sound, broken: rest }
}

/** Everything that is wrong with the definitions as they stand. */
export function problemsOfStanding(standing: Standing): readonly PlacedProblem[] {
  const { kinds } = standing
  const { definitions, broken } = soundOf(standing)
  const shapes = broken.flatMap((one) => {
    const kind = kinds.get(one.kind)
    const current = standing.current.find((other) => named(other) === named(one))
    const shape = kind && shapeOf(kind.schema, current?.body)
    return shape && !shape.isSound ? shape.problems.map((problem) => ({ ...one, problem })) : []
  })
  return [...shapes, ...findings({ kinds, definitions, broken, removed: [] })].map((finding) =>
    placedByName(finding.problem, finding),
  )
}

/**
 * Reads kept records, filling in defaults that they did not know when they were put. What was read before is not read
 * again while its text is the same: the catalogue is asked for all the time and changes rarely.
 */
export function standingReader(kinds: Kinds): (kept: readonly Kept[]) => Standing {
  let seen = new Map<string, Seen>()
  let last: { readonly kept: readonly Kept[]; readonly standing: Standing } | undefined
  return (kept) => {
    if (last?.kept === kept) return last.standing
    const known = kept.filter(({ kind }) => kinds.has(kind))
    const entries = known.map((row): [string, Seen] => {
      const name = named(row)
      const old = seen.get(name)
      return [name, old?.text === row.body ? old : readText(kinds.get(row.kind), row.body)]
    })
    seen = new Map(entries)
    const standing = {
      kinds,
      current: known.map(({ kind, key, version, changed_at }, i) => {
        return { kind, key, version, changedAt: changed_at, body: entries[i]?.[1].body }
      }),
      broken: new Set(entries.filter(([, { isSound }]) => !isSound).map(([name]) => name)),
    }
    last = { kept, standing }
    return standing
  }
}

interface Seen {
  readonly text: string
  readonly body: unknown
  readonly isSound: boolean
}

function readText(kind: Kind | undefined, text: string): Seen {
  const body: unknown = JSON.parse(text)
  const shape = kind && shapeOf(kind.schema, body)
  const isSound = shape?.isSound ?? false
  return { text, body: deepFreeze(shape?.isSound ? shape.value : body), isSound }
}

// One reader's change must not reach the next one.
function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
