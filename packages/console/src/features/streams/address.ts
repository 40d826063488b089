import { textIn, wordIn } from '../../lib/address.ts'
import { type EditorView, editorViews } from '../../lib/editor-views.ts'
import { type ListAddress, readListAddress } from '../../lib/listing.ts'

const streamSorts = ['name', 'connection', 'rows', 'received', 'rejected', 'last_run'] as const
/** A column by which streams can be sorted. */
export type StreamSort = (typeof streamSorts)[number]

/** What the address of the list of streams keeps. */
export interface StreamsAddress extends ListAddress<StreamSort> {
  readonly connection?: string
  readonly category?: string
}

/** Reads the address of the list of streams. */
export function readStreamsAddress(words: Readonly<Record<string, unknown>>): StreamsAddress {
  const connection = textIn(words, 'connection')
  const category = textIn(words, 'category')
  return {
    ...readListAddress(words, streamSorts),
    ...(connection === undefined ? {} : { connection }),
    ...(category === undefined ? {} : { category }),
  }
}

/** The parts of the page of one stream. */
export const streamTabs = [
  'rows',
  'fields',
  'hours',
  'differences',
  'rejected',
  'replay',
  'runs',
  'definition',
] as const
export type StreamTab = (typeof streamTabs)[number]

/** How far back the hours of a stream are shown. */
export const spans = ['24h', '48h', '7d', '28d'] as const
export type Span = (typeof spans)[number]

/** What the address of one stream keeps: the part that is open, and what is looked at in it. */
export interface StreamAddress {
  readonly tab?: StreamTab
  readonly span?: Span
  readonly view?: EditorView
  /** What the reasons of rejected records have to hold. */
  readonly q?: string
}

/** Reads the address of one stream. */
export function readStreamAddress(words: Readonly<Record<string, unknown>>): StreamAddress {
  const tab = wordIn(words, 'tab', streamTabs)
  const span = wordIn(words, 'span', spans)
  const view = wordIn(words, 'view', editorViews)
  const q = textIn(words, 'q')
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(span === undefined ? {} : { span }),
    ...(view === undefined ? {} : { view }),
    ...(q === undefined ? {} : { q }),
  }
}
