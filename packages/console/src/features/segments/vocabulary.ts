import type { SubjectsAnswer } from '@tessera/platform/contract'
import type { ModelObject } from '../../lib/definitions.ts'
import type { Option } from '../../lib/form.ts'

/** What conditions can speak of, with the names that people know. */
export interface Vocabulary {
  /** Whom a segment is about: `individual`, `account`, or an object of the model. */
  readonly on: string
  readonly objects: readonly ModelObject[]
  readonly subjects: SubjectsAnswer
  /** The labels of segments and insights, by key. */
  readonly segments: ReadonlyMap<string, string>
  readonly insights: ReadonlyMap<string, string>
}

/** What a question is about: whom the segment is about, or the rows of an object. */
export interface Ground {
  readonly rows?: string
}

/** The label of an object. */
export const objectLabel = ({ objects }: Vocabulary, key: string): string =>
  objects.find((object) => object.key === key)?.label ?? key

const isUnified = (on: string) => on === 'individual' || on === 'account'

const objectOf = ({ objects }: Vocabulary, key: string | undefined) =>
  objects.find((object) => object.key === key)

const startOf = ({ on }: Vocabulary, { rows }: Ground): string => rows ?? on

/** The fields that can be asked directly, with their types. */
const fieldsOf = ({ subjects }: Vocabulary, { rows }: Ground) =>
  rows === undefined ? subjects.person : (subjects.objects[rows] ?? {})

/** The label of a field, or of what a path leads to: `Product › Category`. */
export function pathLabel(of: Vocabulary, ground: Ground, path: string): string {
  const words: string[] = []
  let object = objectOf(of, startOf(of, ground))
  for (const step of path.split('.')) {
    const field = object?.fields[step]
    const to = objectOf(of, field?.links_to)
    const isLast = words.length === path.split('.').length - 1
    words.push(isLast || to === undefined ? (field?.label ?? step) : to.label)
    object = to
  }
  return words.join(' › ')
}

/** The type of what a path leads to, if it is known. */
export function pathType(of: Vocabulary, ground: Ground, path: string): string | undefined {
  const [first = '', ...rest] = path.split('.')
  if (rest.length === 0) return fieldsOf(of, ground)[first]
  let object = objectOf(of, startOf(of, ground))
  for (const step of [first, ...rest.slice(0, -1)])
    object = objectOf(of, object?.fields[step]?.links_to)
  return object?.fields[rest.at(-1) ?? '']?.type
}

/** The fields that a question can be about: its own, and those of what its links lead to. */
export function pathOptions(of: Vocabulary, ground: Ground): readonly Option[] {
  const own = Object.keys(fieldsOf(of, ground))
  // A unified profile is made of many records, each with links of its own.
  const isPerson = ground.rows === undefined && isUnified(of.on)
  const links = Object.entries(objectOf(of, startOf(of, ground))?.fields ?? {}).flatMap(
    ([name, { links_to: to }]) =>
      to === undefined || isPerson || isUnified(to) ? [] : [[name, to]],
  )
  const linked = links.flatMap(([name = '', to]) =>
    Object.keys(objectOf(of, to)?.fields ?? {}).map((field) => `${name}.${field}`),
  )
  return [...own, ...linked].map((value) => ({ value, label: pathLabel(of, ground, value) }))
}

/** The measures of insights that tell one value of each person. */
export const insightOptions = ({ subjects, insights }: Vocabulary): readonly Option[] =>
  Object.entries(subjects.insights).flatMap(([key, measures]) =>
    Object.keys(measures).map((measure) => ({
      value: `${key}.${measure}`,
      label: insightLabel(insights, `${key}.${measure}`),
    })),
  )

/** The name of a measure of an insight. */
export function insightLabel(insights: Vocabulary['insights'], path: string): string {
  const [key = '', measure = ''] = path.split('.')
  return `${insights.get(key) ?? key}: ${measure.replaceAll('_', ' ')}`
}

/** The type of a measure of an insight, if it is known. */
export function insightType({ subjects }: Vocabulary, path: string): string | undefined {
  const [key = '', measure = ''] = path.split('.')
  return subjects.insights[key]?.[measure]
}

/** The type that a measure over rows has. */
export function measureType(
  of: Vocabulary,
  { related, measure, of: path }: { related: string; measure: string; of: string },
): string | undefined {
  if (measure === 'count' || measure === 'count_distinct') return 'integer'
  const type = pathType(of, { rows: related }, path)
  return measure === 'avg' && type !== undefined ? 'number' : type
}
