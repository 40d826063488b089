import type { Group, Profile } from '#profiles'
import { profileApiFaults } from './faults.ts'
import { isVerbose, listIn, pageOf } from './paging.ts'

/** One thing that is known of somebody. */
export interface Trait {
  readonly name: string
  readonly value: unknown
  readonly source?: string | undefined
  readonly updatedAt?: string | undefined
  readonly class: 'custom' | 'audience' | 'computed_trait'
}

/** What is kept of a person beside the profile: segments with the time of entering, insights with their measures. */
export interface Computed {
  readonly segments: readonly { readonly key: string; readonly since: string }[]
  readonly insights: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const changedAt = 'last_modified_at'

/** The traits of a person: the unified values, how to be reached first, the segments, the insights. */
export function traitsOfPerson(profile: Profile, { segments, insights }: Computed): Trait[] {
  const changed = new Map(
    profile.sources.map(({ record, fields }) => [record, textOf(fields, changedAt)]),
  )
  const values = profile.values.map(({ field, value, from }): Trait => {
    const updatedAt = changed.get(from.record)
    return { name: field, value, source: from.source, updatedAt, class: 'custom' }
  })
  const contact = (name: string, [point]: Profile['emails']): Trait[] =>
    point === undefined
      ? []
      : [{ name, value: point.value, source: point.from[0]?.source, class: 'custom' }]
  return [
    ...values.filter(({ name }) => name !== changedAt),
    ...contact('email', profile.emails),
    ...contact('phone', profile.phones),
    ...segments.map(({ key, since }): Trait => {
      return { name: key, value: true, updatedAt: since, class: 'audience' }
    }),
    ...Object.entries(insights).flatMap(([key, measures]) => {
      const all = Object.entries(measures)
      return all.map(([measure, value]): Trait => {
        const name = all.length === 1 ? key : `${key}_${measure}`
        return { name, value, class: 'computed_trait' }
      })
    }),
  ]
}

const textOf = (fields: Profile['sources'][number]['fields'], name: string) => {
  const value = fields.find(({ field }) => field === name)?.value
  return value === undefined ? undefined : String(value)
}

/** The traits of an account: what its records say, the one that changed last first. */
export function traitsOfAccount({ sources }: Group): Trait[] {
  const newestFirst = sources
    .map((record) => ({ ...record, at: textOf(record.fields, changedAt) }))
    .toSorted((a, b) => (b.at ?? '').localeCompare(a.at ?? '', 'en'))
  const traits = new Map<string, Trait>()
  for (const { fields, source, at: updatedAt } of newestFirst)
    for (const { field: name, value } of fields)
      if (name !== changedAt && !traits.has(name))
        traits.set(name, { name, value, source, updatedAt, class: 'custom' })
  return [...traits.values()]
}

/** The answer about traits. */
export function traitsAnswer(
  traits: readonly Trait[],
  of: { readonly query: URLSearchParams; readonly url: string },
) {
  const include = listIn(of.query, 'include')
  const kind = classIn(of.query)
  const asked = traits.filter(
    (trait) =>
      (include?.includes(trait.name) ?? true) && (kind === undefined || trait.class === kind),
  )
  const { page, cursor } = pageOf(asked, ({ name }) => name, of)
  const shown = page.map(({ name, value, source, updatedAt }) => {
    const told = { value, source_id: source ?? null, updated_at: updatedAt ?? null }
    return [name, isVerbose(of.query) ? told : value]
  })
  return { traits: Object.fromEntries(shown), cursor }
}

const classes = ['audience', 'computed_trait'] as const

function classIn(query: URLSearchParams): Trait['class'] | undefined {
  const said = query.get('class')
  if (said === null || said === '') return undefined
  const found = classes.find((one) => one === said)
  if (found) return found
  throw profileApiFaults.bad_parameter({
    name: 'class',
    found: said,
    wants: `one of ${classes.join(', ')}`,
  })
}
