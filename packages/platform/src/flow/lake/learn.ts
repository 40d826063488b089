import type { FieldType } from '#kernel/scalar.ts'
import { deepest, labelOf, nameFor, objectsOf } from './paths.ts'
import { isMain, type LakeField } from './tables.ts'

/** What is known before something is learned. */
export interface Known {
  readonly fields: readonly LakeField[]
  readonly mostFields: number
  /** Names of columns that tell rows apart; they are text unless pinned, so that no key ever fails to fit. */
  readonly keys: readonly string[]
  /** Types that are stated, by the names of columns. */
  readonly types?: Readonly<Record<string, FieldType>> | undefined
}

/** A line whose body may hold something new; what takes a row away tells only of its key. */
export interface Lesson {
  readonly body: string
  readonly isDelete: boolean
}

/**
 * The fields that members of events need and that are not there yet, in the order of their first value; types as they are stated
 * or as the first value has them. What was an object stays one, and what was a value stays one.
 */
export function learn(known: Known, lessons: Iterable<Lesson>): readonly LakeField[] {
  const mains = known.fields.filter(isMain)
  const taken = new Set(known.fields.map(({ name }) => name))
  const labels = new Set(mains.map(({ label }) => label))
  const objects = objectsOf(labels)
  const added: LakeField[] = []
  let onlyKeys = false
  const isFull = () => labels.size >= known.mostFields

  const add = (path: readonly string[], label: string, value: unknown) => {
    const name = nameFor(path, taken)
    if (onlyKeys && !known.keys.includes(name)) return
    const type = known.types?.[name] ?? (known.keys.includes(name) ? 'text' : typeOf(value))
    taken.add(name)
    labels.add(label)
    for (let depth = 1; depth < path.length; depth++) objects.add(labelOf(path.slice(0, depth)))
    added.push({ label, name, type })
  }
  const look = (object: object, outer: readonly string[]) => {
    for (const [part, value] of Object.entries(object)) {
      if (isEmpty(value)) continue
      const path = [...outer, part]
      const label = labelOf(path)
      if (isObject(value) && (objects.has(label) || isNewObject(path, label))) look(value, path)
      // Where an object was expected, a value gets its column however many there are: nowhere else could it stay.
      else if (!labels.has(label) && (!isFull() || objects.has(label))) add(path, label, value)
    }
  }
  const isNewObject = (path: readonly string[], label: string) =>
    path.length < deepest && !labels.has(label) && !isFull()

  for (const { body, isDelete } of lessons) {
    onlyKeys = isDelete
    look(JSON.parse(body), [])
  }
  return added
}

/** Whether there is no value in it, at any depth. */
export const isEmpty = (value: unknown): boolean =>
  value === null || (isObject(value) && Object.values(value).every(isEmpty))

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mostInteger = 2 ** 63

function typeOf(value: unknown): FieldType {
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'text'
  if (typeof value !== 'number') return 'json'
  return Number.isInteger(value) && Math.abs(value) < mostInteger ? 'integer' : 'number'
}
