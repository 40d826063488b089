import { useQuery } from '@tanstack/react-query'
import { mappingsQuery } from '../../lib/mappings.ts'
import type { ModelObjectFacts, WholeModel } from '../../lib/model.ts'
import { usesQuery } from './api/model.ts'
import { originsOf } from './uses.ts'

/** Who would miss a field of an object, by the names that people know them by: mappings that fill it, and what asks it. */
export function useUsers(
  object: ModelObjectFacts,
  model: WholeModel,
): (field: string) => readonly string[] {
  const { data: uses = [] } = useQuery(usesQuery(model.objects))
  const { data: mappings = [] } = useQuery(mappingsQuery)
  const origins = originsOf(
    object.key,
    mappings.map(({ body }) => body),
  )
  return (field) => [
    ...new Set([
      ...(origins.get(field) ?? []).map(({ stream }) => stream),
      ...uses.filter(({ asks }) => asks.has(`${object.key}.${field}`)).map(({ label }) => label),
    ]),
  ]
}
