import { useCell } from './cell.ts'
import type { Draft, Writable } from './draft.ts'
import { changed, type History, redone, undone } from './history.ts'
import { keptCell } from './kept.ts'

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
