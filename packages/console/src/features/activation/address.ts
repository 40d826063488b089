import { textIn, wordIn } from '../../lib/address.ts'
import { type EditorView, editorViews } from '../../lib/editor-views.ts'
import { type ListAddress, readListAddress } from '../../lib/listing.ts'

/** What the page of activations shows: what is sent, or where to. */
export const activationLists = ['activations', 'destinations'] as const
export type ActivationList = (typeof activationLists)[number]

const sorts = [
  'name',
  'state',
  'segment',
  'destination',
  'members',
  'delivered',
  'type',
  'promise',
  'waiting',
  'dead',
] as const
/** A column by which activations or destinations can be sorted. */
export type ActivationSort = (typeof sorts)[number]

/** What the address of the lists keeps. */
export interface ActivationsAddress extends ListAddress<ActivationSort> {
  readonly show?: ActivationList
}

/** Reads the address of the lists. */
export function readActivationsAddress(
  words: Readonly<Record<string, unknown>>,
): ActivationsAddress {
  const show = wordIn(words, 'show', activationLists)
  return { ...readListAddress(words, sorts), ...(show === undefined ? {} : { show }) }
}

/** The parts of the page of one activation. */
export const activationTabs = ['overview', 'people', 'deliveries', 'dead', 'edit'] as const
export type ActivationTab = (typeof activationTabs)[number]

/** Where a delivery can stand. */
export const deliveryStates = ['waiting', 'delivered', 'dead', 'cancelled'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** What can have become of a person. */
export const peopleStates = ['sent', 'held'] as const
export type PeopleState = (typeof peopleStates)[number]

/** What the address of one activation keeps. */
export interface ActivationAddress {
  readonly tab?: ActivationTab
  readonly state?: DeliveryState
  /** Which people are shown: those who were sent, or those held back. */
  readonly people?: PeopleState
  /** Why they are held back. */
  readonly reason?: string
  /** The person after whom people are shown. */
  readonly after?: string
  /** The sequence before which deliveries are shown. */
  readonly before?: string
  readonly view?: EditorView
}

/** Reads the address of one activation. */
export function readActivationAddress(words: Readonly<Record<string, unknown>>): ActivationAddress {
  const tab = wordIn(words, 'tab', activationTabs)
  const state = wordIn(words, 'state', deliveryStates)
  const before = textIn(words, 'before')
  const people = wordIn(words, 'people', peopleStates)
  const reason = textIn(words, 'reason')
  const after = textIn(words, 'after')
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(state === undefined ? {} : { state }),
    ...(people === undefined ? {} : { people }),
    ...(reason === undefined ? {} : { reason }),
    ...(after === undefined || !/^\d{1,19}$/.test(after) ? {} : { after }),
    ...(before === undefined || !/^\d{1,15}$/.test(before) ? {} : { before }),
    ...readViewAddress(words),
  }
}

/** What the address of an editor keeps. */
export interface ViewAddress {
  readonly view?: EditorView
}

/** Reads the address of an editor. */
export function readViewAddress(words: Readonly<Record<string, unknown>>): ViewAddress {
  const view = wordIn(words, 'view', editorViews)
  return view === undefined ? {} : { view }
}

/** What the address of a new activation keeps: the segment that it is begun with. */
export interface NewActivationAddress extends ViewAddress {
  readonly segment?: string
}

/** Reads the address of a new activation. */
export function readNewActivationAddress(
  words: Readonly<Record<string, unknown>>,
): NewActivationAddress {
  const segment = textIn(words, 'segment')
  return { ...readViewAddress(words), ...(segment === undefined ? {} : { segment }) }
}
