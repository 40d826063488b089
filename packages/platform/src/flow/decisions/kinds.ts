import { type Catalogue, defineKind, type Kind, type KindName, type Need } from '#definitions'
import type { Shapes } from '#insights'
import type { Problem } from '#kernel/fault.ts'
import { countersIn, factFields, problemsOfFacts } from '#live'
import type { Model } from '#model'
import { type Condition, segmentsIn } from '#segments'
import { type Decision, type DecisionBody, decisionSchema, type Offer } from './definition.ts'
import { decisionFaults } from './faults.ts'

const decisionName: KindName<DecisionBody> = { kind: 'decision' }

/** The decisions among definitions. */
export const decisionsIn = (all: Catalogue): readonly Decision[] => all.list(decisionName)

/** What conditions may speak of, read from the other definitions. */
export interface KnownAround {
  readonly modelIn: (all: Catalogue) => Model
  readonly shapesIn: (all: Catalogue) => Shapes
}

/** The fields that the conditions of a decision may ask. */
export const fieldsFor = (body: DecisionBody, all: Catalogue, of: KnownAround) =>
  factFields({
    model: of.modelIn(all),
    insights: [...of.shapesIn(all).shapes.values()],
    segments: segmentsIn(all).flatMap((one) => (one.body.on === 'individual' ? [one.key] : [])),
    counters: countersIn(all).map(({ key }) => key),
    context: body.context ?? {},
  })

/** The kind of decisions. */
export const decisionKind = (of: KnownAround): Kind<DecisionBody> =>
  defineKind({
    kind: decisionName.kind,
    label: 'Decision',
    schema: decisionSchema,
    sample: `kind: decision
key: home_banner
label: Banner of the home page
public: true
offers:
  - key: come_back
    priority: 10
    when: { all: [{ segment: lapsed }, { field: counter.views_today, op: '>=', value: 3 }] }
    limits: [{ most: 3, of: shown, within: day }, { most: 1, of: clicked, within: total }]
    payload: { headline: Good to see you again }
holdout_percent: 5
fallback: { headline: Bicycles made by hand }
`,
    needs: ({ offers }) =>
      offers.flatMap(({ when }, i) => (when ? needsOf(when, `offers[${i}].when`) : [])),
    check: (body, all) => problemsOf(body, all, of),
  })

const prefix = 'counter.'

function needsOf(condition: Condition, at: string): readonly Need[] {
  if ('all' in condition) return condition.all.flatMap((of, i) => needsOf(of, `${at}.all[${i}]`))
  if ('any' in condition) return condition.any.flatMap((of, i) => needsOf(of, `${at}.any[${i}]`))
  if ('not' in condition) return needsOf(condition.not, `${at}.not`)
  if ('segment' in condition)
    return [{ kind: 'segment', key: condition.segment, at: `${at}.segment` }]
  if ('insight' in condition) {
    const [key = ''] = condition.insight.split('.')
    return [{ kind: 'insight', key, at: `${at}.insight` }]
  }
  if ('field' in condition && condition.field.startsWith(prefix))
    return [{ kind: 'live_counter', key: condition.field.slice(prefix.length), at: `${at}.field` }]
  return []
}

function problemsOf(body: DecisionBody, all: Catalogue, of: KnownAround): readonly Problem[] {
  const fields = fieldsFor(body, all, of)
  return body.offers.flatMap((offer, i) => {
    const at = `offers[${i}]`
    return [
      ...(body.offers.findIndex(({ key }) => key === offer.key) < i
        ? decisionFaults.duplicate_offer({ offer: offer.key }, { at: `${at}.key` }).problems
        : []),
      ...problemsOfTimes(offer, at),
      ...(offer.when === undefined ? [] : problemsOfFacts(offer.when, fields, `${at}.when`)),
    ]
  })
}

function problemsOfTimes({ key, starts, ends }: Offer, at: string): readonly Problem[] {
  if (starts === undefined || ends === undefined) return []
  return Date.parse(starts) < Date.parse(ends)
    ? []
    : decisionFaults.never({ offer: key }, { at: `${at}.ends` }).problems
}
