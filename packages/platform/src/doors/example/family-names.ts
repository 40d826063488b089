import type { Country } from './countries/country.ts'
import { chance, pick, pickCommon, type Random } from './random.ts'

const shareOfRareNames = 0.35

/** A family name of the country; some are rare, and some are two in one. */
export function newFamilyName(country: Country, random: Random): string {
  const { share, joint } = country.twoFamilyNames
  const name = newSingleName(country, random)
  return chance(random, share) ? name + joint + newSingleName(country, random) : name
}

function newSingleName(country: Country, random: Random): string {
  if (!chance(random, shareOfRareNames)) return pickCommon(random, country.families)
  const [starts, ends] = country.rareFamilies
  return pick(random, starts) + pick(random, ends)
}
