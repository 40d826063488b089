import type { DefinitionAnswer } from '@tessera/platform/contract'
import { type Body, isBody, textAt } from '../../lib/body.ts'
import type { Chart } from '../../lib/chart.ts'
import { freeKeyOf, keyMadeOf } from '../../lib/key-made.ts'

/** The name of a saved question. */
export const nameOf = ({ key, body }: Pick<DefinitionAnswer, 'key' | 'body'>): string =>
  (isBody(body) && textAt(body, ['label'])) || key

/** The text of a saved question. */
export const sqlOf = ({ body }: Pick<DefinitionAnswer, 'body'>): string =>
  isBody(body) ? textAt(body, ['sql']) : ''

/** How the answer of a saved question is drawn, as it is written there. */
export const chartOf = ({ body }: Pick<DefinitionAnswer, 'body'>): unknown =>
  isBody(body) ? body['chart'] : undefined

/** What is saved of a question: all that is known of it already, with its text and chart as they are now. */
export function bodyOf(
  before: unknown,
  of: { readonly label: string; readonly sql: string; readonly chart: Chart | undefined },
): Body {
  const { chart: _, ...kept } = isBody(before) ? before : {}
  const { label, sql, chart } = of
  return { ...kept, label, sql, ...(chart === undefined ? {} : { chart }) }
}

/** A key that no other question has, made of a name. */
export const freeKey = (name: string, taken: readonly string[]): string =>
  freeKeyOf(keyMadeOf(name) ?? 'query', taken)
