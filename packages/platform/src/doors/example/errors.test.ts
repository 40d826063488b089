import { describe, expect, test } from 'vitest'
import { type Copy, trueCopy } from './copy.ts'
import { spain } from './countries/spain.ts'
import { newStaff } from './dealers.ts'
import { type ErrorName, errorRates, personSources } from './error-rates.ts'
import { callCentrePhone, drawErrors, makeError, placeholderEmails } from './errors.ts'
import { newHome, newPerson } from './people.ts'
import type { Person } from './person.ts'
import { fillLayout, type Phone } from './phones.ts'
import { newAddress } from './places.ts'
import { randomFrom } from './random.ts'
import { openWorld } from './world.ts'

const random = randomFrom(1)
const world = openWorld({ seed: 1, people: 1000, asOf: new Date('2026-03-01') })

/** Someone to whom everything has happened that can be got wrong. */
const maria: Person = {
  ...newPerson(newHome({ country: spain, city: spain.cities[0]! }, 'one person', world), world),
  given: 'Mercedes',
  nickname: 'Merche',
  family: 'Núñez Peña',
  formerFamily: 'Cano Vega',
  formerAddress: newAddress({ country: spain, city: spain.cities[1]! }, random),
  landline: { area: '912', rest: '345678', layouts: ['@ *'] },
  householdEmail: 'familia.nunez@correo.example',
  email: 'mercedes.nunez@correo.example',
  otherEmail: 'merche77@buzon.example',
}
const employed: Person = { ...maria, job: newStaff(world)[0]!.job }
const phone = (of: Phone) => fillLayout(of, of.layouts[0]!)

describe('each departure is made', () => {
  const made: Record<ErrorName, Partial<Record<keyof Copy, unknown>>> = {
    formerFamilyName: { family: 'Cano Vega', isStale: true },
    formerAddress: { street: maria.formerAddress!.street, city: 'Barcelona', isStale: true },
    nickname: { given: 'Merche' },
    oneFamilyNameOfTwo: { family: 'Núñez' },
    otherEmail: { email: 'merche77@buzon.example' },
    householdEmail: { email: 'familia.nunez@correo.example' },
    companyEmail: { email: maria.email },
    householdPhone: { phone: expect.stringMatching(/^(.*34.?)?912/) },
    // Who has no job has no company either; with one, see below.
    companyPhone: { email: maria.email },
    callCentrePhone: { phone: callCentrePhone },
    placeholderEmail: { email: expect.toBeOneOf(placeholderEmails) },
    missingEmail: { email: '' },
    missingPhone: { phone: '' },
    missingMobile: { mobile: '' },
    missingAddress: { street: '', postcode: '', city: '' },
    missingBirthDate: { bornAt: undefined },
    typoInGivenName: { given: expect.not.stringMatching(/^Mercedes$/) },
    typoInFamilyName: { family: expect.not.stringMatching(/^Núñez Peña$/) },
    typoInEmail: { email: expect.not.stringMatching(/^mercedes.nunez@/) },
    shortStreet: { street: maria.address.shortStreet },
    noAccents: { given: 'Mercedes', family: 'Nunez Pena' },
    swappedNames: { given: 'Núñez Peña', family: 'Mercedes' },
    upperCaseName: { given: 'MERCEDES', family: 'NÚÑEZ PEÑA' },
    lowerCaseName: { given: 'mercedes', family: 'núñez peña' },
    tagInEmail: { email: expect.stringMatching(/^mercedes\.nunez\+\w+@correo\.example$/) },
    otherDotsInEmail: { email: 'mercedesnunez@correo.example' },
    upperCaseEmail: { email: 'MERCEDES.NUNEZ@CORREO.EXAMPLE' },
    strayWhitespace: { city: maria.address.city.name },
  }
  // Object.entries widens the keys to string; the record has no others.
  test.each(Object.entries(made) as [ErrorName, object][])('%s', (name, expected) => {
    const copy = trueCopy(maria, 'shop_customers', random)
    makeError[name](copy, maria, random)
    expect(copy).toMatchObject(expected)
  })

  test('at work, mail and phone are those of the dealer', () => {
    const copy = trueCopy(employed, 'crm_contacts', random)
    const { dealer, email } = employed.job!
    expect(copy.email).toBe(email)
    makeError.companyEmail(copy, employed, random)
    makeError.companyPhone(copy, employed, random)
    expect(copy.email).toBe(dealer.email)
    expect(copy.phone.replace(/\D/g, '')).toContain(
      phone(dealer.switchboard).replace(/\D/g, '').slice(-5),
    )
  })

  test('whitespace is a space too many', () => {
    const copy = trueCopy(maria, 'shop_customers', random)
    makeError.strayWhitespace(copy, maria, random)
    expect(`${copy.given}${copy.family}`).toHaveLength('MercedesNúñez Peña'.length + 1)
  })
})

describe.each(personSources)('in %s', (source) => {
  const copies = 4000
  const drawn = Array.from({ length: copies }, () => drawErrors(source, random))
  const column = personSources.indexOf(source)

  test('departures are as frequent as the table says', () => {
    // Object.entries widens the keys to string; the table has no others.
    for (const [name, rates] of Object.entries(errorRates) as [ErrorName, readonly number[]][]) {
      const rate = rates[column]!
      const found = drawn.filter((names) => names.includes(name)).length / copies
      const deviation = Math.sqrt((rate * (1 - rate)) / copies)
      expect(Math.abs(found - rate), `${name}: ${found}, not ${rate}`).toBeLessThanOrEqual(
        4 * deviation,
      )
    }
  })
})
