import { isBody, textAt } from '../../lib/body.ts'
import type { ModelObject } from '../../lib/definitions.ts'
import type { SqlRelation } from '../../ui/sql-words.ts'

/** A dimension, however shortly it is written. */
export function dimensionIn(entry: unknown): { readonly of: string; readonly by: string } {
  if (typeof entry === 'string') return { of: entry, by: '' }
  if (!isBody(entry)) return { of: '', by: '' }
  return { of: textAt(entry, ['of']), by: textAt(entry, ['by']) }
}

/** A dimension with something else in it; it stays short as long as it is only a field. */
export function withDimension(
  entry: unknown,
  change: { readonly of: string } | { readonly by: string | undefined },
): unknown {
  const was = dimensionIn(entry)
  if (!isBody(entry)) {
    if ('of' in change) return change.of
    if (change.by === undefined) return was.of
    return { name: lastOf(was.of), of: was.of, by: change.by }
  }
  // A name that was made of the field goes with the field.
  const isMade = textAt(entry, ['name']) === lastOf(was.of)
  if ('of' in change)
    return { ...entry, ...(isMade ? { name: lastOf(change.of) } : {}), of: change.of }
  const { by: _, zone, ...rest } = entry
  if (change.by !== undefined)
    return { ...rest, by: change.by, ...(zone === undefined ? {} : { zone }) }
  return isMade && Object.keys(rest).length === 2 ? was.of : rest
}

/** The last step of a path as a name: `product_id.category` is `category`. */
const lastOf = (path: string): string => path.split('.').at(-1) ?? path

/** A name that no entry of a list has yet. */
export function nameOf(begin: string, entries: readonly unknown[]): string {
  const taken = new Set(entries.map((entry) => (isBody(entry) ? entry['name'] : undefined)))
  let number = entries.length + 1
  while (taken.has(`${begin}_${number}`)) number++
  return `${begin}_${number}`
}

/** The fields of an object or insight, and those of what its links lead to. */
export function pathsOf(
  from: string,
  objects: readonly ModelObject[],
  relations: readonly SqlRelation[],
): readonly string[] {
  const own = relations.find(({ name }) => name === from)?.columns.map(({ name }) => name) ?? []
  const links = Object.entries(objects.find(({ key }) => key === from)?.fields ?? {})
  const linked = links.flatMap(([name, { links_to: to }]) =>
    Object.keys(objects.find(({ key }) => key === to)?.fields ?? {}).map(
      (field) => `${name}.${field}`,
    ),
  )
  return [...own, ...linked]
}

/** An object whose rows values can be about, with the dimension that tells which row. */
export interface SubjectPath {
  readonly key: string
  readonly label: string
  readonly path: string
}

const mostLinks = 3

/**
 * The objects that rows lead to, each by its shortest path of links, and the object itself; accounts only once they are unified. Of people
 * profiles speak.
 */
export function subjectsOf(
  from: string,
  objects: readonly ModelObject[],
  relations: readonly Pick<SqlRelation, 'name'>[],
): readonly SubjectPath[] {
  const hasAccounts = relations.some(({ name }) => name === unifiedAccount)
  const all = new Map(objects.map((object) => [object.key, object]))
  const paths = new Map([[from, 'id']])
  let ends: readonly (readonly [key: string, links: readonly string[]])[] = [[from, []]]
  for (let hop = 0; hop < mostLinks; hop++) {
    ends = ends.flatMap(([key, links]) =>
      Object.entries(all.get(key)?.fields ?? {}).flatMap(([name, { links_to: to }]) => {
        if (to === undefined || paths.has(to)) return []
        const path = [...links, name]
        paths.set(to, path.join('.'))
        return [[to, path] as const]
      }),
    )
  }
  if (from === unifiedAccount) paths.set(account, 'profile_id')
  return [...paths].flatMap(([key, path]) => {
    const object = all.get(key)
    const isLeft = key === 'individual' || (key === account && !hasAccounts)
    return object === undefined || isLeft ? [] : [{ key, label: object.label, path }]
  })
}

const account = 'account'
const unifiedAccount = 'unified_account'
