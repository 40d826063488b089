import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type Body, isBody } from './body.ts'
import { definitionQuery, planQuery, putDefinition, undoChange } from './definitions.ts'
import { type Draft, keptKey, keyOf, textOf, type Writable } from './draft.ts'
import { useDraft } from './use-draft.ts'
import { verdictOf } from './verdict.ts'

// Long enough that a word is typed to its end, short enough that nobody waits for the verdict.
const pauseMs = 250

/** Follows a draft: what the server says of it, and the means to publish it. `renews` is asked anew after a change. */
export function useEditor(
  published: Writable,
  renews: readonly (readonly string[])[],
  onApplied?: (key: string) => void,
) {
  const queries = useQueryClient()
  const drafting = useDraft(published)
  const { draft, keep, forget } = drafting
  const text = textOf(published, draft)
  const [asked] = useDebouncedValue(text, pauseMs)
  const plan = useQuery(planQuery(asked, published.version))
  const verdict = plan.data && verdictOf(plan.data, published)
  const isCurrent = asked === text && !plan.isPlaceholderData
  const renew = () =>
    Promise.all(
      [['definitions'], ['graph'], ...renews].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    )
  const takeBack = useMutation({ mutationFn: undoChange, onSuccess: renew })
  const apply = useMutation({
    mutationFn: putDefinition,
    onSuccess: async ({ change }, { kind, key, body, over }) => {
      const version = change?.did[0]?.version ?? over
      queries.setQueryData(definitionQuery(kind, key).queryKey, {
        ...published,
        key,
        version,
        body,
      })
      takeBack.reset()
      forget()
      await renew()
      onApplied?.(key)
    },
    // Somebody else may have published meanwhile: then what is published now has to be seen.
    onError: renew,
  })
  const over = draft?.over ?? published.version
  return {
    ...drafting,
    text,
    plan,
    verdict,
    isCurrent,
    apply,
    takeBack,
    /** What is written, however it was written; text that cannot be read has none. */
    written: writtenIn(published, drafting.draft, verdict?.body),
    write: (body: Body) => keep({ ...keptKey(published, draft, verdict), over, body }),
    writeText: (next: string) => keep({ over, text: next }),
    rename: (key: string | undefined) =>
      keep({ over, body: bodyIn(published, draft), ...(key === undefined ? {} : { key }) }),
    key: verdict?.isApplicable ? verdict.key : keyOf(published, draft),
    /** Somebody has published since the draft was begun. */
    isOld: draft !== undefined && draft.over < published.version,
    /** Keeps the draft as one over what is published now. */
    keepOver: () => {
      apply.reset()
      if (draft) keep({ ...draft, over: published.version })
    },
    publish: () => {
      if (verdict?.body)
        apply.mutate({ kind: published.kind, key: verdict.key, body: verdict.body, over })
    },
  }
}

/** A draft that is followed. */
export type Editing = ReturnType<typeof useEditor>

function writtenIn(
  published: Writable,
  draft: Draft | undefined,
  read: Body | undefined,
): Body | undefined {
  if (draft !== undefined && 'text' in draft) return read
  return bodyIn(published, draft)
}

function bodyIn(published: Writable, draft: Draft | undefined): Body {
  const body = draft !== undefined && 'body' in draft ? draft.body : published.body
  return isBody(body) ? body : {}
}
