import { needsOfWho } from '#actions'
import { type Catalogue, defineKind, type Kind, type KindName } from '#definitions'
import type { Problem } from '#kernel/fault.ts'
import { factFieldsIn, type KnownAround, problemsOfFacts } from '#live'
import { type Decision, type DecisionBody, decisionSchema, type Offer } from './definition.ts'
import { decisionFaults } from './faults.ts'

const decisionName: KindName<DecisionBody> = { kind: 'decision' }

/** The decisions among definitions. */
export const decisionsIn = (all: Catalogue): readonly Decision[] => all.list(decisionName)

/** The fields that the conditions of a decision may ask. */
export const fieldsFor = (body: DecisionBody, all: Catalogue, of: KnownAround) =>
  factFieldsIn(all, of, body.context)

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
      offers.flatMap(({ when }, i) => (when ? needsOfWho(when, `offers[${i}].when`) : [])),
    check: (body, all) => problemsOfDecision(body, all, of),
  })

/** Everything that is wrong with a decision among what else is defined. */
export function problemsOfDecision(
  body: DecisionBody,
  all: Catalogue,
  of: KnownAround,
): readonly Problem[] {
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
