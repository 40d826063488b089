import { textIn, wordIn } from '../../lib/address.ts'
import { type ListAddress, readListAddress } from '../../lib/listing.ts'

/** The parts of the page. */
export const operationTabs = [
  'health',
  'jobs',
  'schedules',
  'staleness',
  'audit',
  'tokens',
  'settings',
] as const
export type OperationTab = (typeof operationTabs)[number]

/** Where a job can stand. */
export const jobStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type JobState = (typeof jobStates)[number]

const sorts = [
  'name',
  'kind',
  'state',
  'refreshed',
  'took',
  'value',
  'from',
  'created',
  'cron',
  'zone',
  'next',
  'last',
] as const
/** A column by which what is derived, schedules, settings or tokens can be sorted. */
export type OperationSort = (typeof sorts)[number]

/** Whether a column is one of those. */
export const isSort = (column: string): column is OperationSort =>
  sorts.some((sort) => sort === column)

/** How what is derived can be shown. */
export const freshnessViews = ['picture', 'table'] as const
export type FreshnessView = (typeof freshnessViews)[number]

/** What the address of the page keeps: the part that is open, and what is looked for in it. */
export interface OperationsAddress extends ListAddress<OperationSort> {
  readonly tab?: OperationTab
  readonly state?: JobState
  readonly kind?: string
  /** Only what was done to this noun. */
  readonly verb?: string
  /** How what is derived is shown. */
  readonly view?: FreshnessView
  readonly behind?: 'only'
  /** The last one of the page before. */
  readonly before?: string
}

/** Reads the address of the page. */
export function readOperationsAddress(words: Readonly<Record<string, unknown>>): OperationsAddress {
  const tab = wordIn(words, 'tab', operationTabs)
  const state = wordIn(words, 'state', jobStates)
  const kind = textIn(words, 'kind')
  const verb = textIn(words, 'verb')
  const before = textIn(words, 'before')
  const view = wordIn(words, 'view', freshnessViews)
  const behind = wordIn(words, 'behind', ['only'])
  return {
    ...readListAddress(words, sorts),
    ...(tab === undefined ? {} : { tab }),
    ...(state === undefined ? {} : { state }),
    ...(kind === undefined ? {} : { kind }),
    ...(verb === undefined ? {} : { verb }),
    ...(before === undefined ? {} : { before }),
    ...(view === undefined ? {} : { view }),
    ...(behind === undefined ? {} : { behind }),
  }
}
