import { textIn, wordIn } from '../../lib/address.ts'

/** How the model is shown. */
export const modelViews = ['picture', 'table'] as const

/** What the address of the model keeps. */
export interface ModelAddress {
  readonly q?: string
  readonly area?: string
  readonly view?: (typeof modelViews)[number]
  readonly filled?: 'only'
}

/** Reads the address of the model. */
export function readModelAddress(words: Readonly<Record<string, unknown>>): ModelAddress {
  const q = textIn(words, 'q')
  const area = textIn(words, 'area')
  const view = wordIn(words, 'view', modelViews)
  const filled = wordIn(words, 'filled', ['only'])
  return {
    ...(q === undefined ? {} : { q }),
    ...(area === undefined ? {} : { area }),
    ...(view === undefined ? {} : { view }),
    ...(filled === undefined ? {} : { filled }),
  }
}

/** The parts of the page of one object. */
export const objectTabs = ['fields', 'rows'] as const

/** What the address of one object keeps. */
export interface ObjectAddress {
  readonly tab?: (typeof objectTabs)[number]
  readonly q?: string
}

/** Reads the address of one object. */
export function readObjectAddress(words: Readonly<Record<string, unknown>>): ObjectAddress {
  const tab = wordIn(words, 'tab', objectTabs)
  const q = textIn(words, 'q')
  return { ...(tab === undefined ? {} : { tab }), ...(q === undefined ? {} : { q }) }
}
