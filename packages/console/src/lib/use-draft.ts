import type { DefinitionAnswer } from '@tessera/platform/contract'
import { type Body, isBody, textAt } from './body.ts'
import { useCell } from './cell.ts'
import { changed, type History, redone, undone } from './history.ts'
import { keptCell } from './kept.ts'
import { keyMadeOf } from './key-made.ts'
import { printYaml } from './yaml.ts'

/** A definition that somebody is writing, and the version that it was begun from. */
export type Draft = { readonly over: number } & (
  | { readonly body: Body /** Of one that is new: the key it will have. */; readonly key?: string }
  | { readonly text: string }
)

/** A definition that can be written: as it is published, or one that has no version yet. */
export interface Writable extends DefinitionAnswer {
  /** What is new has this key and no other. */
  readonly keyIs?: 'given'
}

// No draft is null in a history, because what is kept as JSON has no undefined.
const none: History<Draft | null> = { now: null, past: [], future: [], at: 0 }

const cellOf = (kind: string, name: string) => keptCell<History<Draft | null>>(`${kind}.${name}`)

/** Forgets the draft of a definition that is no longer there. */
export const forgetDraft = (kind: string, key: string): void => cellOf(kind, key).set(undefined)

/** The draft of a definition with its steps; it lives until the tab is closed or somebody signs in or out. */
export function useDraft({ kind, key, version, keyIs }: Writable) {
  // What is new has no name of its own yet.
  const name = version === 0 && keyIs === undefined ? '' : key
  const cell = cellOf(kind, name)
  const last = () => cell.get() ?? none
  const history = useCell(cell) ?? none
  return {
    draft: history.now ?? undefined,
    keep: (next: Draft | undefined) => cell.set(changed(last(), next ?? null, Date.now())),
    /** Forgets the draft and its steps, because it is published. */
    forget: () => cell.set(undefined),
    undo: history.past.length === 0 ? undefined : () => cell.set(undone(last())),
    redo: history.future.length === 0 ? undefined : () => cell.set(redone(last())),
  }
}

/** A draft as the text of a definition file; without a draft, what is published. */
export function textOf(published: Writable, draft: Draft | undefined): string {
  if (draft !== undefined && 'text' in draft) return draft.text
  const body = draft?.body ?? published.body
  return printYaml({
    kind: published.kind,
    key: keyOf(published, draft),
    ...(isBody(body) ? body : {}),
  })
}

/** The key of a draft: its own, that of what is published, or for something new one that is made of its label. */
export function keyOf(published: Writable, draft: Draft | undefined): string {
  const isNamed = published.version > 0 || published.keyIs === 'given'
  if (draft === undefined || 'text' in draft || isNamed) return published.key
  return draft.key ?? keyMadeOf(textAt(draft.body, ['label'])) ?? published.key
}
