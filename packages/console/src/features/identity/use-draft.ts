import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query'
import type { DefinitionAnswer } from '@tessera/platform/contract'
import { type Body, isBody } from './body.ts'
import { printYaml } from './yaml.ts'

/** A ruleset that somebody is writing, and the version that it was begun from. */
export type Draft = { readonly over: number } & (
  | { readonly body: Body }
  | { readonly text: string }
)

/** The draft of a ruleset; it lives until the tab is closed or somebody else signs in. */
export function useDraft(published: DefinitionAnswer) {
  const queries = useQueryClient()
  const queryKey = ['drafts', published.kind, published.key]
  const { data: draft } = useQuery<Draft | null>({
    queryKey,
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
  return {
    draft: draft ?? undefined,
    keep: (next: Draft | undefined) => queries.setQueryData(queryKey, next ?? null),
  }
}

/** A draft as the text of a definition file; without a draft, what is published. */
export function textOf(published: DefinitionAnswer, draft: Draft | undefined): string {
  if (draft !== undefined && 'text' in draft) return draft.text
  const { kind, key } = published
  const body = draft?.body ?? published.body
  return printYaml({ kind, key, ...(isBody(body) ? body : {}) })
}
