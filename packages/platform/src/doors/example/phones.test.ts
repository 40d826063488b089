import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { describe, expect, test } from 'vitest'
import { countries } from './countries/countries.ts'
import type { Country } from './countries/country.ts'
import { callCentrePhone } from './errors.ts'
import { fillLayout, newLandline, newMobile, type Phone } from './phones.ts'
import { openWorld } from './world.ts'

const world = openWorld({ seed: 1, people: 10_000, asOf: new Date('2026-03-01') })

// Each code is one that libphonenumber knows; it wants the narrower type.
const read = (text: string, country: Country) =>
  parsePhoneNumberFromString(text, country.code as 'DE')

describe.each(countries)('in $code', (country) => {
  const landlines = country.cities.flatMap((city) =>
    Array.from({ length: 5 }, () => newLandline(country, city, world)),
  )
  const mobiles = country.cities.flatMap((city) =>
    Array.from({ length: 5 }, () => newMobile(country, city, world)),
  )

  test('numbers are valid, to more than 99 in 100', () => {
    const [layout = ''] = country.phones.layouts
    const texts = [...landlines, ...mobiles].map((phone) => fillLayout(phone, layout))
    const invalid = texts.filter((text) => !read(text, country)?.isValid())
    expect(invalid.length / texts.length, invalid.join(', ')).toBeLessThan(0.01)
  })

  test('every layout writes the same number', () => {
    const written = (phone: Phone) => {
      const texts = phone.layouts.map((layout) => fillLayout(phone, layout))
      return [...new Set(texts.map((text) => read(text, country)?.number ?? `lost: ${text}`))]
    }
    for (const phone of [...landlines, ...mobiles].slice(0, 40))
      expect(written(phone)).toHaveLength(1)
  })

  test('nobody has the number of another', () => {
    const keys = [...landlines, ...mobiles].map(({ area, rest }) => area + rest)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

test('the call centre has a valid number', () => {
  expect(parsePhoneNumberFromString(callCentrePhone)?.isValid()).toBe(true)
})
