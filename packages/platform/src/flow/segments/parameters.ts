import { joinPlace, type Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { FieldType } from '#kernel/scalar.ts'
import type { Given, Membership, Parameter } from './definition.ts'
import { segmentFaults } from './faults.ts'
import { forms } from './values.ts'

/** Conditions in which every `$name` is replaced by its value, and what is wrong with the values. */
export interface Settled {
  readonly membership: Membership
  readonly problems: readonly Problem[]
}

/**
 * Puts values in the place of parameters: what is given, or else their defaults. A parameter without either is a mistake,
 * unless only the shape is looked at (`missing: 'stands in'`): then some value of its type stands there.
 */
export function settle(
  of: Membership,
  given: Given = {},
  missing: 'is told' | 'stands in' = 'is told',
): Settled {
  const { parameters = {} } = of
  const values = new Map<string, Given[string]>()
  const problems: Problem[] = []
  for (const [name, parameter] of Object.entries(parameters)) {
    const place = joinPlace('parameters', name)
    const wrong = [
      ...problemsOfValue(parameter.default, parameter, joinPlace(place, 'default')),
      ...problemsOfValue(given[name], parameter, joinPlace('given', name)),
    ]
    problems.push(...wrong)
    const found = given[name] ?? parameter.default
    if (found === undefined && missing === 'is told')
      problems.push(...segmentFaults.missing_value({ name }, { at: place }).problems)
    // A value that is wrong is told once, and not again wherever it stands.
    values.set(name, found === undefined || wrong.length > 0 ? standIn(parameter) : found)
  }
  const strangers = Object.keys(given).filter((name) => !Object.hasOwn(parameters, name))
  const unknown = (name: string, at: string) => {
    const near = didYouMean(name, Object.keys(parameters))
    return segmentFaults.unknown_parameter({ name, near }, { at }).problems
  }
  for (const name of strangers) problems.push(...unknown(name, joinPlace('given', name)))
  const replace: Replace = (name, at) => {
    const value = values.get(name)
    if (value === undefined) problems.push(...unknown(name, at))
    return value
  }
  const { include, exclude, rank } = of
  // Only values change, so that what comes out has the shape of what went in.
  const membership = {
    ...of,
    include: replaced(include, replace, 'include'),
    ...(exclude === undefined ? {} : { exclude: replaced(exclude, replace, 'exclude') }),
    ...(rank === undefined ? {} : { rank: replaced(rank, replace, 'rank') }),
  }
  return { membership, problems }
}

type Replace = (name: string, at: string) => Given[string] | undefined

// `$$name` is the text `$name`.
const reference = /^\$([a-z][a-z0-9_]*)$/

function replaced<T>(of: T, replace: Replace, at: string): T {
  if (Array.isArray(of)) return of.map((one, i) => replaced(one, replace, `${at}[${i}]`)) as T
  if (typeof of !== 'object' || of === null) return of
  const entries = Object.entries(of).map(([name, member]) => {
    const place = joinPlace(at, name)
    return [
      name,
      name === 'value' ? valueIn(member, replace, place) : replaced(member, replace, place),
    ]
  })
  return Object.fromEntries(entries) as T
}

function valueIn(written: unknown, replace: Replace, at: string): unknown {
  if (Array.isArray(written))
    return written.flatMap((one, i) => valueIn(one, replace, `${at}[${i}]`))
  if (typeof written !== 'string') return written
  const [, name] = reference.exec(written) ?? []
  if (name !== undefined) return replace(name, at) ?? written
  return /^\$\$[a-z]/.test(written) ? written.slice(1) : written
}

function problemsOfValue(
  value: Given[string] | undefined,
  { type, list }: Parameter,
  at: string,
): readonly Problem[] {
  if (value === undefined) return []
  const refused = (expected: string) =>
    segmentFaults.unfit_value({ expected, found: JSON.stringify(value) }, { at }).problems
  if (Array.isArray(value) !== (list === true))
    return refused(list === true ? 'a list of values' : forms[type].expected)
  const isFit = [value].flat().every((one) => forms[type].fits(one))
  return isFit ? [] : refused(forms[type].expected)
}

const someOf: Readonly<Record<FieldType, string | number | boolean>> = {
  text: 'text',
  json: 'text',
  integer: 1,
  decimal: 1,
  number: 1,
  boolean: true,
  date: '2000-01-01',
  timestamp: '2000-01-01T00:00:00Z',
}

const standIn = ({ type, list }: Parameter): Given[string] => {
  const one = someOf[type]
  return list === true && typeof one !== 'boolean' ? [one] : one
}
