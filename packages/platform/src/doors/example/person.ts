import type { City, Country } from './countries/country.ts'
import type { Phone } from './phones.ts'

/** Someone as they really are; the sources know only copies. */
export interface Person {
  readonly country: Country
  readonly given: string
  readonly nickname: string | undefined
  readonly family: string
  /** Before a marriage, or during one that ended. */
  readonly formerFamily: string | undefined
  readonly bornAt: number
  readonly address: Address
  readonly formerAddress: Address | undefined
  readonly mobile: Phone
  /** Shared by the household, as the household's mailbox is. */
  readonly landline: Phone | undefined
  readonly householdEmail: string | undefined
  readonly email: string
  readonly otherEmail: string | undefined
  readonly job: Job | undefined
}

/** A city of a country. */
export interface Place {
  readonly country: Country
  readonly city: City
}

/** Where post is delivered; the street in full and abbreviated. */
export interface Address extends Place {
  readonly street: string
  readonly shortStreet: string
  readonly postcode: string
}

/** What someone does for a dealer. */
export interface Job {
  readonly dealer: Dealer
  readonly title: string
  readonly email: string
}

/** A company that buys to sell, to lend or to ride. */
export interface Dealer {
  readonly name: string
  /** The name with the legal form, as on an invoice. */
  readonly legalName: string
  readonly industry: string
  readonly employees: number
  readonly domain: string
  /** Read by everyone who works there. */
  readonly email: string
  /** Answered by whoever is near. */
  readonly switchboard: Phone
  readonly address: Address
}
