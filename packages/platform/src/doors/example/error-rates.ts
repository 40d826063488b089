/** The sources that know persons, in the order of the table below. */
export const personSources = [
  'crm_contacts',
  'crm_leads',
  'shop_customers',
  'desk_requesters',
  'mail_subscribers',
] as const

/** A source that knows persons. */
export type PersonSource = (typeof personSources)[number]

/**
 * How often a copy of a person departs from the truth, source by source, where it can: only who has
 * moved can be known by a former address. Departures happen independently of each other, in this
 * order, so that the later may spoil what the earlier have left.
 */
export const errorRates = {
  //                 contacts leads shop  desk  mail
  formerFamilyName: [0.25, 0.2, 0.2, 0.2, 0.3],
  formerAddress: [0.3, 0, 0.25, 0, 0],
  nickname: [0.15, 0.2, 0.08, 0.22, 0.15],
  oneFamilyNameOfTwo: [0.15, 0.3, 0.15, 0.3, 0.2],
  otherEmail: [0.2, 0.25, 0.2, 0.25, 0.25],
  householdEmail: [0.15, 0.1, 0.2, 0.15, 0.1],
  companyEmail: [0.12, 0.08, 0.05, 0.05, 0.03],
  householdPhone: [0, 0.15, 0.15, 0.15, 0],
  companyPhone: [0.6, 0.3, 0.3, 0.3, 0],
  callCentrePhone: [0, 0, 0, 0.04, 0],
  placeholderEmail: [0.02, 0, 0, 0, 0],
  missingEmail: [0.18, 0.08, 0, 0.12, 0],
  missingPhone: [0.2, 0.3, 0.12, 0.35, 0],
  missingMobile: [0.35, 0, 0, 0, 0],
  missingAddress: [0.25, 0, 0.04, 0, 0],
  missingBirthDate: [0.55, 0, 0, 0, 0],
  typoInGivenName: [0.03, 0.03, 0.015, 0.03, 0.015],
  typoInFamilyName: [0.04, 0.04, 0.02, 0.04, 0.02],
  typoInEmail: [0.015, 0.015, 0.003, 0.01, 0.002],
  shortStreet: [0.25, 0, 0.15, 0, 0],
  noAccents: [0.15, 0.2, 0.08, 0.15, 0.25],
  swappedNames: [0.01, 0.015, 0.008, 0.01, 0.01],
  upperCaseName: [0.04, 0.02, 0.02, 0.01, 0.02],
  lowerCaseName: [0.01, 0.04, 0.04, 0.05, 0.03],
  tagInEmail: [0.005, 0.02, 0.05, 0.01, 0.04],
  otherDotsInEmail: [0.005, 0.01, 0.02, 0.01, 0.02],
  upperCaseEmail: [0.06, 0.03, 0.03, 0.04, 0.02],
  strayWhitespace: [0.02, 0.03, 0.02, 0.02, 0.01],
} as const satisfies Record<string, readonly [number, number, number, number, number]>

/** A way in which a copy departs from the truth. */
export type ErrorName = keyof typeof errorRates
