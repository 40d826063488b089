import { fillsOf, formulaOf, type MappingBody, quotedField } from '../../lib/mapping.ts'
import type { ModelObjectFacts } from '../../lib/model.ts'

/** A field of the stream that may well fill a field of the model. */
export interface Suggestion {
  readonly target: number
  readonly object: string
  readonly field: string
  readonly formula: string
  /** By its name, or by what its values look like. */
  readonly why: 'name' | 'content'
}

/** What could be connected and is not yet: fields of the same name, and those that the server proposes by what the rows hold. */
export function suggestionsFor(
  draft: MappingBody,
  around: {
    readonly fields: readonly { readonly name: string }[]
    readonly objects: readonly ModelObjectFacts[]
    readonly proposed: MappingBody | undefined
  },
): readonly Suggestion[] {
  const unused = around.fields
    .map(({ name }) => name)
    .filter((name) => fillsOf(draft, name).length === 0)
  return draft.objects.flatMap(({ object, fields: filled }, target) => {
    const known = around.objects.find(({ key }) => key === object)?.fields ?? {}
    const free = Object.keys(known).filter((field) => !(field in filled))
    return free.flatMap((field): Suggestion[] => {
      const same = unused.find((name) => isSameName(name, field, known[field]?.label))
      if (same !== undefined)
        return [{ target, object, field, formula: quotedField(same), why: 'name' }]
      const content = proposedFor(around.proposed, object, field)
      if (content === undefined) return []
      return [{ target, object, field, formula: content, why: 'content' }]
    })
  })
}

function proposedFor(proposed: MappingBody | undefined, object: string, field: string) {
  const filling = proposed?.objects.find((of) => of.object === object)?.fields[field]
  return filling === undefined ? undefined : formulaOf(filling)
}

const wordsIn = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

const isSameName = (name: string, field: string, label: string | undefined): boolean =>
  [field, label ?? field].some((of) => wordsIn(of) === wordsIn(name))
