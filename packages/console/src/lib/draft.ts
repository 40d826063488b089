import type { DefinitionAnswer } from '@tessera/platform/contract'
import { type Body, isBody, textAt } from './body.ts'
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

const isNamed = ({ version, keyIs }: Writable): boolean => version > 0 || keyIs === 'given'

/** The key of a draft: its own, that of what is published, or for something new one that is made of its label. */
export function keyOf(published: Writable, draft: Draft | undefined): string {
  if (draft === undefined || 'text' in draft || isNamed(published)) return published.key
  return draft.key ?? keyMadeOf(textAt(draft.body, ['label'])) ?? published.key
}

/** The key that somebody wrote, in the form or in a text that was read, so that it stays when the form is edited. */
export function keptKey(
  published: Writable,
  draft: Draft | undefined,
  read: { readonly key: string; readonly body: Body | undefined } | undefined,
): { readonly key?: string } {
  if (draft === undefined || isNamed(published)) return {}
  if ('body' in draft) return draft.key === undefined ? {} : { key: draft.key }
  if (read?.body === undefined) return {}
  const made = keyOf(published, { over: draft.over, body: read.body })
  return read.key === made ? {} : { key: read.key }
}
