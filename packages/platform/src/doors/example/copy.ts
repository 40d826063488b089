import type { PersonSource } from './error-rates.ts'
import { dayMs } from './instants.ts'
import type { Person } from './person.ts'
import { writePhone } from './phones.ts'
import { chance, type Random } from './random.ts'
import type { World } from './world.ts'

/** What a source has written down about a person: missing texts are empty, errors made in place. */
export interface Copy {
  given: string
  family: string
  email: string
  phone: string
  mobile: string
  street: string
  postcode: string
  city: string
  bornAt: number | undefined
  /** Written down in the person's job, not at home. */
  readonly isAtWork: boolean
  /** Nobody has looked at it since the person moved or married. */
  isStale: boolean
}

const shareAtWork: Readonly<Record<PersonSource, number>> = {
  crm_contacts: 1,
  crm_leads: 0.9,
  shop_customers: 0.6,
  desk_requesters: 0.8,
  mail_subscribers: 0.5,
}

/** Copies the person without an error. */
export function trueCopy(person: Person, source: PersonSource, random: Random): Copy {
  const job = chance(random, shareAtWork[source]) ? person.job : undefined
  const address = job?.dealer.address ?? person.address
  const mobile = writePhone(person.mobile, random)
  return {
    given: person.given,
    family: person.family,
    email: job?.email ?? person.email,
    phone: source === 'crm_contacts' ? writeLandline(person, random) : mobile,
    mobile,
    street: address.street,
    postcode: address.postcode,
    city: address.city.name,
    bornAt: person.bornAt,
    isAtWork: job !== undefined,
    isStale: false,
  }
}

/** When the copy was last changed: long ago if it is stale, otherwise rather lately. */
export function lastChange(copy: Copy, { random, asOf }: World): number {
  const ageInDays = copy.isStale ? 400 + 1200 * random() : 400 * random() ** 2
  return asOf - Math.floor(ageInDays * dayMs)
}

const writeLandline = ({ landline }: Person, random: Random): string =>
  landline ? writePhone(landline, random) : ''
