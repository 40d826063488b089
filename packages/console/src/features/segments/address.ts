import { textIn, wordIn } from '../../lib/address.ts'
import { type EditorView, editorViews } from '../../lib/editor-views.ts'
import { type ListAddress, readListAddress } from '../../lib/listing.ts'

const segmentSorts = ['name', 'members', 'changed', 'stale'] as const
/** A column by which segments can be sorted. */
export type SegmentSort = (typeof segmentSorts)[number]

/** How segments are kept up to date. */
export const lanes = ['live', 'scheduled', 'unpublished'] as const
export type Lane = (typeof lanes)[number]

/** What the address of the list of segments keeps. */
export interface SegmentsAddress extends ListAddress<SegmentSort> {
  readonly lane?: Lane
}

type Words = Readonly<Record<string, unknown>>

/** Reads the address of the list of segments. */
export function readSegmentsAddress(words: Words): SegmentsAddress {
  const lane = wordIn(words, 'lane', lanes)
  return { ...readListAddress(words, segmentSorts), ...(lane === undefined ? {} : { lane }) }
}

/** The parts of the page of one segment. */
export const segmentTabs = ['overview', 'members', 'why', 'history', 'rules'] as const
export type SegmentTab = (typeof segmentTabs)[number]

/** In which spans the size of a segment is shown. */
export const sizeSpans = ['hour', 'day', 'week'] as const
export type SizeSpan = (typeof sizeSpans)[number]

/** What the address of one segment keeps: the part that is open, and what is looked at in it. */
export interface SegmentAddress {
  readonly tab?: SegmentTab
  readonly view?: EditorView
  /** The person who is asked about. */
  readonly person?: string
  /** Who is searched. */
  readonly q?: string
  /** The moment whose members are shown. */
  readonly at?: string
  readonly per?: SizeSpan
}

/** Reads the address of one segment. */
export function readSegmentAddress(words: Words): SegmentAddress {
  const tab = wordIn(words, 'tab', segmentTabs)
  const view = wordIn(words, 'view', editorViews)
  const person = textIn(words, 'person')
  const q = textIn(words, 'q')
  const at = textIn(words, 'at')
  const per = wordIn(words, 'per', sizeSpans)
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(view === undefined ? {} : { view }),
    ...(person === undefined ? {} : { person }),
    ...(q === undefined ? {} : { q }),
    ...(at === undefined ? {} : { at }),
    ...(per === undefined ? {} : { per }),
  }
}

/** What the address of a new segment keeps. */
export interface NewSegmentAddress {
  readonly view?: EditorView
}

/** Reads the address of a new segment. */
export function readNewSegmentAddress(words: Words): NewSegmentAddress {
  const view = wordIn(words, 'view', editorViews)
  return view === undefined ? {} : { view }
}

/** What the address of a comparison of segments keeps: their keys, with commas between them. */
export interface OverlapAddress {
  readonly of?: string
}

/** Reads the address of a comparison of segments. */
export function readOverlapAddress(words: Words): OverlapAddress {
  const of = textIn(words, 'of')
  return of === undefined ? {} : { of }
}
