import { useQuery } from '@tanstack/react-query'
import type { DefinitionAnswer } from '@tessera/platform/contract'
import { isBody, textAt } from '../../lib/body.ts'
import { definitionsQuery, modelQuery } from '../../lib/definitions.ts'
import { subjectsQuery } from '../../lib/subjects.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What conditions can speak of, once it is known, or why it is not. */
export function useVocabulary(on: string): {
  readonly of: Vocabulary | undefined
  readonly thrown: Error | null
} {
  const subjects = useQuery(subjectsQuery(on === '' ? 'individual' : on))
  const model = useQuery(modelQuery)
  const segments = useQuery(definitionsQuery('segment'))
  const insights = useQuery(definitionsQuery('insight'))
  const of = subjects.data &&
    model.data && {
      on: on === '' ? 'individual' : on,
      objects: model.data.objects,
      subjects: subjects.data,
      segments: labelsOf(segments.data),
      insights: labelsOf(insights.data),
    }
  return { of, thrown: subjects.error ?? model.error }
}

const labelsOf = (all: readonly DefinitionAnswer[] = []): ReadonlyMap<string, string> =>
  new Map(all.map(({ key, body }) => [key, (isBody(body) && textAt(body, ['label'])) || key]))
