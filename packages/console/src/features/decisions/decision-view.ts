import type { Option } from '../../lib/form.ts'

/** What the pages need to know of a decision as it is defined. */
export interface DecisionView {
  readonly key: string
  readonly label: string
  readonly isOn: boolean
  readonly isPublic: boolean
  /** Their keys, and their names where they have any. */
  readonly offers: readonly Option[]
}
