import { textIn, wordIn } from '../../lib/address.ts'
import { type EditorView, editorViews } from '../../lib/editor-views.ts'
import { type ListAddress, readListAddress } from '../../lib/listing.ts'

const insightSorts = ['name', 'rows', 'run'] as const
/** A column by which insights can be sorted. */
export type InsightSort = (typeof insightSorts)[number]

/** How an insight stands. */
export const insightStates = ['well', 'stale', 'never'] as const
export type InsightState = (typeof insightStates)[number]

/** What the address of the list of insights keeps. */
export interface InsightsAddress extends ListAddress<InsightSort> {
  readonly state?: InsightState
}

type Words = Readonly<Record<string, unknown>>

/** Reads the address of the list of insights. */
export function readInsightsAddress(words: Words): InsightsAddress {
  const state = wordIn(words, 'state', insightStates)
  return { ...readListAddress(words, insightSorts), ...(state === undefined ? {} : { state }) }
}

/** The parts of the page of one insight. */
export const insightTabs = ['overview', 'data', 'lineage', 'rules'] as const
export type InsightTab = (typeof insightTabs)[number]

/** How coarse times can be put together. */
export const grains = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const
export type Grain = (typeof grains)[number]

/** What the address of one insight keeps: the part that is open, and how its rows are put together and drawn. */
export interface InsightAddress {
  readonly tab?: InsightTab
  readonly view?: EditorView
  /** The dimensions that are kept, with commas between them; all unless set. */
  readonly by?: string
  readonly grain?: Grain
  /** What is drawn along, which measures with commas between them, and what stands apart. */
  readonly x?: string
  readonly y?: string
  readonly series?: string
  readonly type?: 'bar' | 'line'
}

/** Reads the address of one insight. */
export function readInsightAddress(words: Words): InsightAddress {
  const tab = wordIn(words, 'tab', insightTabs)
  const view = wordIn(words, 'view', editorViews)
  const by = textIn(words, 'by')
  const grain = wordIn(words, 'grain', grains)
  const x = textIn(words, 'x')
  const y = textIn(words, 'y')
  const series = textIn(words, 'series')
  const type = wordIn(words, 'type', ['bar', 'line'])
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(view === undefined ? {} : { view }),
    ...(by === undefined ? {} : { by }),
    ...(grain === undefined ? {} : { grain }),
    ...(x === undefined ? {} : { x }),
    ...(y === undefined ? {} : { y }),
    ...(series === undefined ? {} : { series }),
    ...(type === undefined ? {} : { type }),
  }
}

/** What the address of a new insight keeps. */
export interface NewInsightAddress {
  readonly view?: EditorView
}

/** Reads the address of a new insight. */
export function readNewInsightAddress(words: Words): NewInsightAddress {
  const view = wordIn(words, 'view', editorViews)
  return view === undefined ? {} : { view }
}
