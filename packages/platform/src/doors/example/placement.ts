import { type PersonSource, personSources } from './error-rates.ts'
import { pickWeighted, type Random } from './random.ts'

// How many records there are of one person, beginning with one.
const recordsPerPerson = [42, 23, 14, 10, 6, 3, 1.3, 0.7]

// In the order of personSources: contacts, leads, shop, desk, mail.
const consumerWeights = [10, 6, 46, 13, 25]
const dealerWeights = [50, 12, 18, 12, 8]

// A second record in the same source is a duplicate, and rarer.
const duplicateWeight = 0.15

/** Where a person is known, in the order of the sources; a source named twice holds a duplicate. */
export function drawPlacement(who: 'consumer' | 'dealer', random: Random): readonly PersonSource[] {
  const count = 1 + pickWeighted(random, recordsPerPerson)
  const weights = [...(who === 'dealer' ? dealerWeights : consumerWeights)]
  const places: number[] = []
  for (let i = 0; i < count; i++) {
    const place = pickWeighted(random, weights)
    if (!places.includes(place)) weights[place] = (weights[place] ?? 0) * duplicateWeight
    places.push(place)
  }
  return personSources.flatMap((source, i) => places.filter((p) => p === i).map(() => source))
}
