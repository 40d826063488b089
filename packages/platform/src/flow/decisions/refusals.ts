import { askConsent, type ConsentAsked, type Reached, whyNotReached } from '#consent'
import type { Engine } from '#engine'
import type { Clock } from '#kernel/clock.ts'
import type { Asked, LivePerson } from '#live'
import type { Decision, Offer } from './definition.ts'

/** Whom consent is asked for: the profile, and where there is none, the address or number by which somebody was asked for. */
function reachedBy(person: LivePerson | undefined, asked: readonly Asked[]): Reached {
  if (person?.profile !== undefined) return { profile: person.profile }
  const [contactPoint] = asked.flatMap((one) => {
    if (one.by === 'email') return [one.email]
    return one.by === 'phone' ? [one.phone] : []
  })
  return { contactPoint }
}

/** Asks, at this moment, which offers of a decision somebody may not be given, and why. */
export async function refusalsOf(
  { engine, clock }: { readonly engine: Engine; readonly clock: Clock },
  { body: { offers, consent: usual } }: Decision,
  of: { readonly person: LivePerson | undefined; readonly asked: readonly Asked[] },
): Promise<(offer: Offer) => string | undefined> {
  const nameOf = (consent: ConsentAsked) => JSON.stringify(consent)
  const all = new Map(
    offers.flatMap(({ consent = usual }) => (consent ? [[nameOf(consent), consent]] : [])),
  )
  const whys = new Map<string, string | undefined>()
  const people = [reachedBy(of.person, of.asked)]
  for (const [name, consent] of all) {
    const [known] = await askConsent(engine, consent, { people, now: clock.now() })
    whys.set(name, known && whyNotReached(consent, known))
  }
  return ({ consent = usual }) => consent && whys.get(nameOf(consent))
}
