import { type Copy, trueCopy } from './copy.ts'
import { type ErrorName, errorRates, type PersonSource, personSources } from './error-rates.ts'
import { withOtherDots, withoutAccents, withTag } from './mailboxes.ts'
import type { Person } from './person.ts'
import { writePhone } from './phones.ts'
import { chance, pick, type Random } from './random.ts'
import { mistype } from './typos.ts'

/** Spoils a copy in one way, if the person gives occasion to it. */
type MakeError = (copy: Copy, person: Person, random: Random) => void

/** The number that the call centre types when a caller hides theirs. */
export const callCentrePhone = '+44 20 7946 0018'

/** What sales people type when the form insists on an e-mail. */
export const placeholderEmails = ['unknown@example.com', 'noreply@example.com', 'none@example.org']

/** How each departure of the table is made. */
export const makeError: Readonly<Record<ErrorName, MakeError>> = {
  formerFamilyName(copy, person) {
    if (person.formerFamily === undefined) return
    copy.family = person.formerFamily
    copy.isStale = true
  },
  formerAddress(copy, person) {
    if (person.formerAddress === undefined || copy.isAtWork) return
    copy.street = person.formerAddress.street
    copy.postcode = person.formerAddress.postcode
    copy.city = person.formerAddress.city.name
    copy.isStale = true
  },
  nickname(copy, person) {
    copy.given = person.nickname ?? copy.given
  },
  oneFamilyNameOfTwo(copy, person) {
    const { share, joint } = person.country.twoFamilyNames
    const [first = ''] = copy.family.split(joint)
    if (share > 0 && first.length > 2) copy.family = first
  },
  otherEmail(copy, person) {
    copy.email = (copy.isAtWork ? person.email : person.otherEmail) ?? copy.email
  },
  householdEmail(copy, person) {
    if (!copy.isAtWork) copy.email = person.householdEmail ?? copy.email
  },
  companyEmail(copy, person) {
    if (copy.isAtWork) copy.email = person.job?.dealer.email ?? copy.email
  },
  householdPhone(copy, person, random) {
    if (person.landline && !copy.isAtWork) copy.phone = writePhone(person.landline, random)
  },
  companyPhone(copy, person, random) {
    if (person.job && copy.isAtWork) copy.phone = writePhone(person.job.dealer.switchboard, random)
  },
  callCentrePhone(copy) {
    copy.phone = callCentrePhone
  },
  placeholderEmail(copy, _person, random) {
    copy.email = pick(random, placeholderEmails)
  },
  missingEmail(copy) {
    copy.email = ''
  },
  missingPhone(copy) {
    copy.phone = ''
  },
  missingMobile(copy) {
    copy.mobile = ''
  },
  missingAddress(copy) {
    copy.street = ''
    copy.postcode = ''
    copy.city = ''
  },
  missingBirthDate(copy) {
    copy.bornAt = undefined
  },
  typoInGivenName(copy, _person, random) {
    copy.given = mistype(copy.given, random)
  },
  typoInFamilyName(copy, _person, random) {
    copy.family = mistype(copy.family, random)
  },
  typoInEmail(copy, _person, random) {
    const [name = '', domain = ''] = copy.email.split('@')
    if (domain) copy.email = `${mistype(name, random)}@${domain}`
  },
  shortStreet(copy, person) {
    const { formerAddress, address } = person
    if (copy.street === address.street) copy.street = address.shortStreet
    if (copy.street === formerAddress?.street) copy.street = formerAddress.shortStreet
  },
  noAccents(copy, { country }) {
    copy.given = withoutAccents(copy.given, country)
    copy.family = withoutAccents(copy.family, country)
    copy.street = withoutAccents(copy.street, country)
    copy.city = withoutAccents(copy.city, country)
  },
  swappedNames(copy) {
    const { given } = copy
    copy.given = copy.family
    copy.family = given
  },
  upperCaseName(copy) {
    copy.given = copy.given.toUpperCase()
    copy.family = copy.family.toUpperCase()
  },
  lowerCaseName(copy) {
    copy.given = copy.given.toLowerCase()
    copy.family = copy.family.toLowerCase()
  },
  tagInEmail(copy, _person, random) {
    copy.email = withTag(copy.email, random)
  },
  otherDotsInEmail(copy) {
    if (copy.email) copy.email = withOtherDots(copy.email)
  },
  upperCaseEmail(copy) {
    copy.email = copy.email.toUpperCase()
  },
  strayWhitespace(copy, _person, random) {
    if (chance(random, 0.5)) copy.given = `${copy.given} `
    else copy.family = ` ${copy.family}`
  },
}

/** Copies the person as the source would, with its errors. */
export function copyWithErrors(person: Person, source: PersonSource, random: Random): Copy {
  const copy = trueCopy(person, source, random)
  for (const error of drawErrors(source, random)) makeError[error](copy, person, random)
  return copy
}

/** Throws the dice for every departure that the source knows, and names those that come true. */
export function drawErrors(source: PersonSource, random: Random): readonly ErrorName[] {
  const drawn: ErrorName[] = []
  for (const [name, rate] of possible[source]) if (random() < rate) drawn.push(name)
  return drawn
}

type Possible = readonly (readonly [ErrorName, number])[]

const possible: Readonly<Record<PersonSource, Possible>> = {
  crm_contacts: possibleIn('crm_contacts'),
  crm_leads: possibleIn('crm_leads'),
  shop_customers: possibleIn('shop_customers'),
  desk_requesters: possibleIn('desk_requesters'),
  mail_subscribers: possibleIn('mail_subscribers'),
}

function possibleIn(source: PersonSource): Possible {
  const column = personSources.indexOf(source)
  // Object.entries widens the keys to string; the table has no others.
  const rows = Object.entries(errorRates) as [ErrorName, readonly number[]][]
  return rows.map(([name, rates]) => [name, rates[column] ?? 0] as const).filter(([, rate]) => rate)
}
