import type { Subjects } from '#segments'
import type { Question } from './questions.ts'

/** Objects that questions lead to over links and that belong to nobody; or why the tick cannot follow them. */
export type Leads = { readonly objects: readonly string[] } | { readonly why: string }

/**
 * Where paths such as `product_id.category` lead. What belongs to nobody is small, is read whole and seldom changes. What
 * belongs to people is large, and would be read whole in every round.
 */
export function leadsOf(asked: readonly Question[], subjects: Subjects): Leads {
  const found = asked.map((question) => wayOf(question, subjects))
  const stuck = found.find((one) => 'why' in one)
  return (
    stuck ?? { objects: [...new Set(found.flatMap((one) => ('why' in one ? [] : one.objects)))] }
  )
}

function wayOf({ object, field }: Question, subjects: Subjects): Leads {
  const owned = object === undefined ? undefined : subjects.objects.get(object)
  const objects: string[] = []
  let links = owned?.links
  for (const step of field.split('.').slice(0, -1)) {
    const next: string | undefined = links?.[step]
    if (next === undefined) return { why: `nobody can tell where "${field}" leads` }
    if (subjects.objects.has(next))
      return { why: `"${field}" leads to rows of "${next}", which are those of all people` }
    objects.push(next)
    links = subjects.model.get(next)?.links
  }
  return { objects }
}
