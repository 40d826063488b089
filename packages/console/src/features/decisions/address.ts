import { textIn, wordIn } from '../../lib/address.ts'
import { type EditorView, editorViews } from '../../lib/editor-views.ts'
import { type ListAddress, readListAddress } from '../../lib/listing.ts'

const sorts = ['name', 'state', 'asked', 'offers', 'chosen', 'shown', 'clicked'] as const
/** A column by which decisions can be sorted. */
export type DecisionSort = (typeof sorts)[number]

/** Whether a decision is answered. */
export const decisionStates = ['on', 'off'] as const
export type DecisionState = (typeof decisionStates)[number]

/** What the address of the list keeps. */
export interface DecisionsAddress extends ListAddress<DecisionSort> {
  readonly state?: DecisionState
}

type Words = Readonly<Record<string, unknown>>

/** Reads the address of the list. */
export function readDecisionsAddress(words: Words): DecisionsAddress {
  const state = wordIn(words, 'state', decisionStates)
  return { ...readListAddress(words, sorts), ...(state === undefined ? {} : { state }) }
}

/** The parts of the page of one decision. */
export const decisionTabs = ['overview', 'try', 'log', 'edit'] as const
export type DecisionTab = (typeof decisionTabs)[number]

/** What can become of an offer. */
export const outcomes = ['chosen', 'shown', 'clicked'] as const
export type Outcome = (typeof outcomes)[number]

/** What a decision can come to. */
export const givens = ['offers', 'fallback', 'held_out'] as const
export type Given = (typeof givens)[number]

/** By what somebody is tried. */
export const bys = ['person', 'user', 'email', 'phone', 'record'] as const
export type By = (typeof bys)[number]

/** How far back figures are told, in days. */
export const spans = ['7', '30', '90'] as const
export type Span = (typeof spans)[number]

/** What the address of one decision keeps: the part that is open, and what it is narrowed to. */
export interface DecisionAddress {
  readonly tab?: DecisionTab
  readonly view?: EditorView
  readonly days?: Span
  readonly outcome?: Outcome
  readonly offer?: string
  readonly given?: Given
  readonly person?: string
  /** The id of the last one of the page before. */
  readonly before?: string
  readonly by?: By
  readonly who?: string
}

/** Reads the address of one decision. */
export function readDecisionAddress(words: Words): DecisionAddress {
  const read = {
    tab: wordIn(words, 'tab', decisionTabs),
    view: wordIn(words, 'view', editorViews),
    days: wordIn(words, 'days', spans),
    outcome: wordIn(words, 'outcome', outcomes),
    offer: textIn(words, 'offer'),
    given: wordIn(words, 'given', givens),
    person: textIn(words, 'person'),
    before: textIn(words, 'before'),
    by: wordIn(words, 'by', bys),
    who: textIn(words, 'who'),
  }
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
}

/** What the address of a decision that is not there yet keeps. */
export const readNewDecisionAddress = (words: Words): Pick<DecisionAddress, 'view'> => {
  const { view } = readDecisionAddress(words)
  return view === undefined ? {} : { view }
}
