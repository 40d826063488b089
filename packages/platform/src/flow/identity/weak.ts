import type { Model } from '#model'
import { addressOf, askedBy, type MatchRule } from './definition.ts'
import { formOf } from './forms.ts'

// Fields that have few values, however many records there are.
const fewValues =
  /(^|_)(gender|sex|salutation|language|locale|marital_status|education|industry|status|type|channel|currency|currency_code|state|province|identification_name|number_of_children)$/

/** What a rule asks for, where all of it has few values, so that it would take strangers for one; otherwise nothing. */
export function tooWeak(rule: MatchRule, model: Model): readonly string[] | undefined {
  const asked = askedBy(rule)
  const hasFew = asked.every(({ object, field }) => {
    const of = model.find(object)?.fields[field]
    if (!of) return false
    return of.type === 'boolean' || formOf(object, field, of) === 'country' || fewValues.test(field)
  })
  return hasFew && asked.length > 0 ? asked.map(addressOf) : undefined
}
