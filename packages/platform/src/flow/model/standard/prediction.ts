import { standardObject } from '../definition.ts'
import { common, decimal, instant, link, text } from './fields.ts'

/** What models foretell of people, companies and products; filled by a stream like any object. */
export const predictions = [
  standardObject('prediction', {
    label: 'Prediction',
    about:
      'What a model foretold of somebody or something, and when; the latest is the one that holds',
    subject_area: 'prediction',
    category: 'other',
    fields: {
      ...common,
      prediction_name: text('Name', 'churn, lifetime value, next purchase ...'),
      individual_id: link('individual', 'Individual'),
      account_id: link('account', 'Account'),
      household_id: link('household', 'Household'),
      product_id: link('product', 'Product'),
      score: decimal('Score', 'The probability, amount or number that was foretold'),
      outcome: text('Outcome', 'The class that was foretold'),
      top_factor: text('Main reason'),
      model_version: text('Version of the model'),
      predicted_at: instant('Foretold at'),
    },
    time: 'predicted_at',
    shows: ['prediction_name', 'score', 'outcome'],
  }),
]
