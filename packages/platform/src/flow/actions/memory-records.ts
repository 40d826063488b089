import type { FiringState } from './api.ts'
import type { Deciding } from './decide.ts'
import type { FiringRecord, PersonRecord } from './records.ts'

/** A firing of a trial, as the store would keep it. */
export type TriedFiring = FiringRecord

/** Records that decisions can be made over and that are thrown away after a trial. */
export function memoryRecords(): Deciding['records'] & {
  /** In the order in which they were met. */
  readonly firings: () => readonly TriedFiring[]
} {
  const firings = new Map<string, TriedFiring>()
  const people = new Map<string, PersonRecord>()
  const hours = new Map<string, number>()
  const settle = (firing: TriedFiring, state: FiringState, reason: string) =>
    firings.set(firing.key, { ...firing, state, reason })
  return {
    firings: () => [...firings.values()],
    known: async (keys) => new Set(keys.filter((key) => firings.has(key))),
    people: async (_, of) => of.flatMap((person) => people.get(person) ?? []),
    keepPeople: async (_, of) => {
      for (const one of of) people.set(one.person, one)
    },
    firedIn: async (_, hour) => hours.get(hour) ?? 0,
    addCount: async ({ hour, fired }) => {
      hours.set(hour, (hours.get(hour) ?? 0) + fired)
    },
    keepFirings: async (of) => {
      const news = of.filter(({ key }) => !firings.has(key))
      for (const one of news)
        firings.set(one.key, {
          ...one,
          sequence: firings.size + 1,
          attempts: 0,
          sent_at: null,
          settled_at: null,
        })
      return news.length
    },
    suppress: async (_, { people: whom, from, until, reason }) => {
      const isMeant = ({ state, happened_at: at, due_at: due, ...of }: TriedFiring) =>
        // What was due by then had been sent.
        state === 'waiting' &&
        at >= from &&
        at <= until &&
        due > until &&
        [of.profile, of.person, of.subject].some((id) => id !== null && whom.includes(id))
      const meant = [...firings.values()].filter(isMeant)
      for (const one of meant) settle(one, 'suppressed', reason)
      return meant.length
    },
  }
}
