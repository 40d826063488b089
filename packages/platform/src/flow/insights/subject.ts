import type { Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { linkColumn, systemColumns } from '#model'
import { asDimension } from './build.ts'
import { type Builder, personColumn } from './definition.ts'
import { insightFaults } from './faults.ts'
import { accountOf, accountsRelation, type Ground, isPath } from './fields.ts'

/**
 * A builder whose only dimension tells rows of a model object by their keys, or unified accounts by their ids, as the members of
 * segments about them are told.
 */
export function keyedBy(
  builder: Builder,
  on: string,
  { model, relations }: Ground,
): Builder | { readonly problems: readonly Problem[] } {
  if (model.find(on) === undefined) {
    const near = didYouMean(
      on,
      model.objects.map(({ key }) => key),
    )
    return insightFaults.unknown_subject({ on, near }, { at: 'on' })
  }
  const isOfAccounts = on === 'account'
  if (isOfAccounts && !relations.some(({ name }) => name === accountsRelation))
    return insightFaults.no_accounts({}, { at: 'on' })
  const [only, ...others] = (builder.dimensions ?? []).map(asDimension)
  const isPlain = only !== undefined && others.length === 0 && only.by === undefined
  if (isPlain && isOfAccounts && builder.from === accountsRelation && only.of === personColumn)
    return builder
  const key =
    isPlain && isPath(only.of) ? keyAt(only.of.trim(), builder.from, on, model) : undefined
  if (only === undefined || key === undefined)
    return insightFaults.no_subject({ on }, { at: 'build.dimensions' })
  const of = isOfAccounts ? accountOf(key) : key
  return { ...builder, dimensions: [{ name: only.name, of }] }
}

/** The path of the key to which a path of links leads, if it ends at the object. */
function keyAt(path: string, from: string, on: string, model: Ground['model']): string | undefined {
  const links = path.split('.')
  const last = links.pop() ?? ''
  let at: string | undefined = from
  for (const link of links) at = model.find(at ?? '')?.fields[link]?.links_to
  const object = model.find(at ?? '')
  if (object?.fields[last]?.links_to === on) return [...links, linkColumn(last)].join('.')
  return object?.key === on && last === 'id' ? [...links, systemColumns.key].join('.') : undefined
}
