import type { Catalogue } from '#definitions'
import type { LakeField } from '#lake'
import { type StreamDefinition, statedFields, takesAnything } from '#streams'
import type { SourceField, Sources } from './compile.ts'

/**
 * What the formulas of a mapping may name, of a stream with these fields so far. What its definition states besides is null in all
 * rows, and of a stream that takes whatever is sent so is anything else: it may come with the next row.
 */
export function sourcesOf(
  all: Catalogue,
  stream: string,
  { fields, lookups }: Pick<Sources, 'lookups'> & { readonly fields: readonly LakeField[] },
): Sources {
  const isOpen = takesAnything(all, stream)
  const body = isOpen ? all.find<StreamDefinition>('stream', stream)?.body : undefined
  const names = new Set(fields.map(({ name }) => name))
  const absent = (body ? statedFields(body) : [])
    .filter(({ name }) => !names.has(name))
    .map((field): SourceField => ({ ...field, isAbsent: true }))
  return { fields: [...fields, ...absent], lookups, isOpen }
}
