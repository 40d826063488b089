import type { ModelObject } from '../definition.ts'
import { commerce } from './commerce.ts'
import { consent } from './consent.ts'
import { engagements } from './engagement.ts'
import { party } from './party.ts'
import { predictions } from './prediction.ts'

/** The model that comes with the product. */
export const standardModel: readonly ModelObject[] = [
  ...party,
  ...consent,
  ...commerce,
  ...engagements,
  ...predictions,
]

/** The subject areas of the standard model, in the order they are shown. */
export const subjectAreas: Readonly<Record<string, string>> = {
  party: 'Party',
  consent: 'Consent',
  sales_order: 'Sales Order',
  product: 'Product',
  case: 'Case',
  engagement: 'Engagement',
  prediction: 'Prediction',
}
