import { textIn, wordIn } from '../../lib/address.ts'

/** How the answer is shown. */
export const exploreViews = ['table', 'chart'] as const
export type ExploreView = (typeof exploreViews)[number]

/** How many rows are asked for at most. */
export const rowLimits = ['100', '1000', '10000'] as const
export type RowLimit = (typeof rowLimits)[number]

/** What the address of a question keeps: the text, or which saved one it is, and how its answer is shown. */
export interface ExploreAddress {
  readonly saved?: string
  readonly sql?: string
  readonly limit?: RowLimit
  readonly view?: ExploreView
}

/** Reads the address of a question. */
export function readExploreAddress(words: Readonly<Record<string, unknown>>): ExploreAddress {
  const saved = textIn(words, 'saved')
  const sql = textIn(words, 'sql')
  const limit = wordIn(words, 'limit', rowLimits)
  const view = wordIn(words, 'view', exploreViews)
  return {
    ...(saved === undefined ? {} : { saved }),
    ...(sql === undefined ? {} : { sql }),
    ...(limit === undefined ? {} : { limit }),
    ...(view === undefined ? {} : { view }),
  }
}
