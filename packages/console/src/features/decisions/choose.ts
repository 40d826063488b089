import type { DecisionOverview, DecisionReport } from '@tessera/platform/contract'
import { arrange, type ListOf } from '../../lib/listing.ts'
import { texts } from '../../lib/texts.ts'
import type { Plotted } from '../../ui/plot-canvas.tsx'
import type { DecisionSort, DecisionsAddress, Outcome } from './address.ts'

/** How decisions are searched and sorted. */
export const decisionList: ListOf<DecisionOverview, DecisionSort> = {
  text: ({ key, label, offers }) => `${label} ${key} ${offers.join(' ')}`,
  by: {
    name: ({ label }) => label,
    state: ({ enabled }) => Number(enabled),
    asked: (decision) => Number(decision.public),
    offers: ({ offers }) => offers.length,
    chosen: ({ chosen }) => chosen,
    shown: ({ shown }) => shown,
    clicked: ({ clicked }) => clicked,
  },
  usual: 'name',
}

/** The decisions that an address asks for, in its order. */
export const chooseDecisions = (
  all: readonly DecisionOverview[],
  address: DecisionsAddress,
): readonly DecisionOverview[] =>
  arrange(all, address, decisionList).filter(
    ({ enabled }) => address.state === undefined || (address.state === 'on') === enabled,
  )

const colours = [
  '--t-stone-profile',
  '--t-stone-insight',
  '--t-stone-model',
  '--t-stone-segment',
  '--t-stone-identity',
  '--t-stone-activation',
  '--t-stone-stream',
  '--t-stone-other',
] as const

const dayMs = 86_400_000

/** One outcome by day, each offer a series; days on which nothing happened are told as none. */
export function plotOf(
  { offers, days }: Pick<DecisionReport, 'offers' | 'days'>,
  of: { readonly outcome: Outcome; readonly days: number; readonly now: number },
): Plotted {
  const steps = Array.from({ length: of.days }, (_, i) =>
    new Date(of.now - (of.days - 1 - i) * dayMs).toISOString().slice(0, 10),
  )
  const counts = new Map(days.map((one) => [`${one.day} ${one.offer}`, one[of.outcome]]))
  return {
    label: texts.decisions.figures.chart(texts.decisions.outcomes[of.outcome]),
    steps,
    series: offers.map(({ offer }, i) => ({
      name: offer,
      look: 'bar',
      colour: colours[i % colours.length] ?? colours[0],
      values: steps.map((day) => counts.get(`${day} ${offer}`) ?? 0),
    })),
  }
}

/** What somebody is asked for by, as the server takes it; whoever has many digits is a profile. */
export const personQuery = (
  text: string,
): { readonly profile?: string; readonly person?: string } =>
  /^\d{16,19}$/.test(text) ? { profile: text } : { person: text }
