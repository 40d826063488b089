import { createHash } from 'node:crypto'
import { type EventFields, type EventValues, evaluate } from '#actions'
import { flat } from '#live'
import type { Decided, Reason } from './api.ts'
import type { Decision, Limit, Offer, Outcome } from './definition.ts'

/** What a decision is made from. */
export interface Ground {
  readonly decision: Decision
  readonly fields: EventFields
  readonly facts: EventValues
  /** By whom the holdout goes; empty for nobody, who is never held out. */
  readonly person: string
  /** How often the person has had an offer since an instant. */
  readonly had: (offer: string, outcome: Outcome, since: number) => number
  /** Why the person may not be given an offer, by what they have agreed to. */
  readonly refused: (offer: Offer) => string | undefined
  readonly now: number
  readonly most: number
}

/** What was chosen, and why each of the others was not. */
export type Chosen = Pick<Decided, 'state' | 'offers' | 'left_out'>

/** Chooses: the first offers by priority that are open, meant for the person, and not too often. */
export function choose(ground: Ground): Chosen {
  const { decision, most } = ground
  const ordered = inOrder(decision.body.offers)
  if (isHeldOut(ground))
    return {
      state: 'held_out',
      offers: [],
      left_out: ordered.map(({ key }) => ({ key, reason: 'held_out' })),
    }
  const offers: Chosen['offers'] = []
  const left: Chosen['left_out'] = []
  for (const offer of ordered) {
    const { key, payload = {} } = offer
    const verdict = verdictOn(offer, ground, offers.length >= most)
    if (verdict.reason === 'chosen') offers.push({ key, payload, reason: 'chosen' })
    else left.push({ key, ...verdict })
  }
  return { state: offers.length > 0 ? 'offers' : 'fallback', offers, left_out: left }
}

/** Offers as they are looked at: the higher priority first, equals as they stand. */
export const inOrder = (offers: readonly Offer[]): readonly Offer[] =>
  offers.toSorted((a, b) => (b.priority ?? 0) - (a.priority ?? 0))

function verdictOn(
  offer: Offer,
  ground: Ground,
  isEnough: boolean,
): { readonly reason: Reason; readonly why?: string } {
  const { now, fields, facts } = ground
  if (offer.starts !== undefined && now < Date.parse(offer.starts)) return { reason: 'not_begun' }
  if (offer.ends !== undefined && now >= Date.parse(offer.ends)) return { reason: 'over' }
  const isMeant = offer.when === undefined ? true : evaluate(flat(offer.when), fields, facts)
  if (isMeant === undefined) return { reason: 'not_certain' }
  if (!isMeant) return { reason: 'not_meant' }
  const refused = ground.refused(offer)
  if (refused !== undefined) return { reason: 'no_consent', why: refused }
  const reached = offer.limits?.find((limit) => isReached(offer, limit, ground))
  if (reached) return { reason: 'limit', why: inWords(reached) }
  return { reason: isEnough ? 'enough_chosen' : 'chosen' }
}

const day = 86_400_000
const spans = { day, week: 7 * day, total: Number.POSITIVE_INFINITY } as const

/** From when on outcomes count for a limit. */
const sinceOf = ({ within }: Limit, now: number): number =>
  within === 'total' ? 0 : now - spans[within]

const isReached = ({ key }: Offer, limit: Limit, { had, now }: Ground): boolean =>
  had(key, limit.of, sinceOf(limit, now)) >= limit.most

const inWords = ({ most, of, within }: Limit): string =>
  `${of} ${most === 1 ? 'once' : `${most} times`}${within === 'total' ? '' : ` in a ${within}`}`

/** Whether somebody belongs to the share that gets no offers: always the same people for the same decision. */
function isHeldOut({ decision: { key, body }, person }: Ground): boolean {
  const { holdout_percent: percent = 0 } = body
  if (percent <= 0 || person === '') return false
  const digest = createHash('sha256').update(`${key}\n${person}`).digest()
  return digest.readUInt32BE(0) / 2 ** 32 < percent / 100
}
