import { textIn, wordIn } from '../../lib/address.ts'
import { type EditorView, editorViews } from '../../lib/editor-views.ts'
import { type ListAddress, readListAddress } from '../../lib/listing.ts'

const sorts = ['name', 'state', 'when', 'lane', 'target', 'met'] as const
/** A column by which actions can be sorted. */
export type ActionSort = (typeof sorts)[number]

/** What the address of the list keeps. */
export type ActionsAddress = ListAddress<ActionSort>

/** Reads the address of the list. */
export const readActionsAddress = (words: Readonly<Record<string, unknown>>): ActionsAddress =>
  readListAddress(words, sorts)

/** The parts of the page of one action. */
export const actionTabs = ['overview', 'firings', 'edit'] as const
export type ActionTab = (typeof actionTabs)[number]

/** Where a firing can stand. */
export const firingStates = [
  'waiting',
  'sent',
  'suppressed',
  'no_consent',
  'repeated',
  'cooled',
  'quiet',
  'capped',
  'dead',
  'denied',
  'cancelled',
] as const
export type FiringState = (typeof firingStates)[number]

/** What the address of one action keeps. */
export interface ActionAddress {
  readonly tab?: ActionTab
  readonly state?: FiringState
  readonly person?: string
  /** The sequence before which firings are shown. */
  readonly before?: string
  readonly view?: EditorView
}

/** Reads the address of one action. */
export function readActionAddress(words: Readonly<Record<string, unknown>>): ActionAddress {
  const tab = wordIn(words, 'tab', actionTabs)
  const state = wordIn(words, 'state', firingStates)
  const person = textIn(words, 'person')
  const before = textIn(words, 'before')
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(state === undefined ? {} : { state }),
    ...(person === undefined ? {} : { person }),
    ...(before === undefined || !/^\d{1,15}$/.test(before) ? {} : { before }),
    ...readNewActionAddress(words),
  }
}

/** What the address of a new action keeps. */
export interface NewActionAddress {
  readonly view?: EditorView
}

/** Reads the address of a new action. */
export function readNewActionAddress(words: Readonly<Record<string, unknown>>): NewActionAddress {
  const view = wordIn(words, 'view', editorViews)
  return view === undefined ? {} : { view }
}
