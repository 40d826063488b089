import { textIn, wordIn } from '../../lib/address.ts'
import { type EditorView, editorViews } from '../../lib/editor-views.ts'
import { type ListAddress, readListAddress } from '../../lib/listing.ts'

/** How the model is shown. */
export const modelViews = ['picture', 'table'] as const

const sorts = ['object', 'area', 'category', 'fields', 'relations', 'rows'] as const
/** A column by which objects can be sorted. */
export type ObjectSort = (typeof sorts)[number]

/** What the address of the model keeps. */
export interface ModelAddress extends ListAddress<ObjectSort> {
  readonly area?: string
  readonly view?: (typeof modelViews)[number]
  readonly filled?: 'only'
}

/** Reads the address of the model. */
export function readModelAddress(words: Readonly<Record<string, unknown>>): ModelAddress {
  const area = textIn(words, 'area')
  const view = wordIn(words, 'view', modelViews)
  const filled = wordIn(words, 'filled', ['only'])
  return {
    ...readListAddress(words, sorts),
    ...(area === undefined ? {} : { area }),
    ...(view === undefined ? {} : { view }),
    ...(filled === undefined ? {} : { filled }),
  }
}

/** The parts of the page of one object. */
export const objectTabs = ['fields', 'rows', 'lineage', 'definition'] as const

/** What the address of one object keeps. */
export interface ObjectAddress {
  readonly tab?: (typeof objectTabs)[number]
  /** The field whose way is shown. */
  readonly field?: string
  readonly view?: EditorView
}

/** Reads the address of one object. */
export function readObjectAddress(words: Readonly<Record<string, unknown>>): ObjectAddress {
  const tab = wordIn(words, 'tab', objectTabs)
  const field = textIn(words, 'field')
  const view = wordIn(words, 'view', editorViews)
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(field === undefined ? {} : { field }),
    ...(view === undefined ? {} : { view }),
  }
}

/** What the address of a new object keeps. */
export interface NewObjectAddress {
  readonly view?: EditorView
}

/** Reads the address of a new object. */
export function readNewObjectAddress(words: Readonly<Record<string, unknown>>): NewObjectAddress {
  const view = wordIn(words, 'view', editorViews)
  return view === undefined ? {} : { view }
}
