import { textIn, wordIn } from '../../lib/address.ts'
import { type EditorView, editorViews } from '../../lib/editor-views.ts'
import { type ListAddress, readListAddress } from '../../lib/listing.ts'

const sorts = ['name', 'on', 'records', 'profiles', 'rate', 'review', 'lastRun'] as const
/** A column by which rulesets can be sorted. */
export type RulesetSort = (typeof sorts)[number]

/** What the address of the list of rulesets keeps. */
export type RulesetsAddress = ListAddress<RulesetSort>

/** Reads the address of the list of rulesets. */
export const readRulesetsAddress = (words: Readonly<Record<string, unknown>>): RulesetsAddress =>
  readListAddress(words, sorts)

/** The parts of the page of one ruleset. */
export const rulesetTabs = [
  'results',
  'review',
  'decisions',
  'explain',
  'rules',
  'simulate',
  'model',
] as const
/** One part of the page of a ruleset. */
export type RulesetTab = (typeof rulesetTabs)[number]

/** What the address of one ruleset keeps: the part that is open, and what is looked at in it. */
export interface RulesetAddress {
  readonly tab?: RulesetTab
  /** One of two records that are explained. */
  readonly left?: string
  /** The other one. */
  readonly right?: string
  /** What decisions are searched for. */
  readonly q?: string
  /** Decisions that were withdrawn are shown too. */
  readonly withdrawn?: 'shown'
  readonly view?: EditorView
}

/** Reads the address of one ruleset. */
export function readRulesetAddress(words: Readonly<Record<string, unknown>>): RulesetAddress {
  const tab = wordIn(words, 'tab', rulesetTabs)
  const left = textIn(words, 'left')
  const right = textIn(words, 'right')
  const q = textIn(words, 'q')
  const withdrawn = wordIn(words, 'withdrawn', ['shown'])
  const view = wordIn(words, 'view', editorViews)
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(left === undefined ? {} : { left }),
    ...(right === undefined ? {} : { right }),
    ...(q === undefined ? {} : { q }),
    ...(withdrawn === undefined ? {} : { withdrawn }),
    ...(view === undefined ? {} : { view }),
  }
}

/** What the address of the picture of a profile keeps: the record that is looked at. */
export interface ClusterAddress {
  readonly record?: string
}

/** Reads the address of the picture of a profile. */
export function readClusterAddress(words: Readonly<Record<string, unknown>>): ClusterAddress {
  const record = textIn(words, 'record')
  return record === undefined ? {} : { record }
}
