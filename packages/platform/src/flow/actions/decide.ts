import { type Action, durationMs, usualCap } from './definition.ts'
import { keyOfMet, type Met } from './met.ts'
import { endOfQuiet } from './quiet.ts'
import type { NewFiring, PersonRecord, Records } from './records.ts'

/** What deciding about met rules needs. */
export interface Deciding {
  readonly records: Pick<
    Records,
    'known' | 'people' | 'keepPeople' | 'firedIn' | 'addCount' | 'keepFirings' | 'suppress'
  >
  readonly action: Action
  readonly lane: 'live' | 'set'
  readonly now: Date
}

/** Whether something must be remembered of each person. */
export const remembersPeople = ({ body }: Action): boolean =>
  body.often === 'first' || body.cool_down !== undefined

/**
 * Makes firings of what was met, each with what becomes of it; those whose key is there already are left alone. Call it inside a
 * transaction, with what was met in the order in which it happened. How many are to be sent.
 */
export async function decide(of: Deciding, mets: readonly Met[]): Promise<number> {
  const { records, action, lane, now } = of
  const known = new Set(await knownOf(of, mets))
  const memory = await memoryOf(of, mets)
  const cap = await capOf(of)
  const firings: NewFiring[] = []
  for (const met of mets) {
    const key = keyOfMet(action.key, met)
    if (known.has(key)) continue
    if (!met.holds) {
      memory.clear(met.people)
      continue
    }
    known.add(key)
    const verdict = verdictOf(of, met, { memory, cap })
    firings.push({
      key,
      action: action.key,
      trigger: met.trigger,
      lane,
      person: met.cause === '' ? null : met.cause,
      profile: met.profile ?? null,
      subject: met.subject ?? null,
      occurrence: met.occurrence,
      event: met.event ?? null,
      happened_at: met.at.toISOString(),
      met_at: now.toISOString(),
      data: JSON.stringify(met.data),
      change: met.change ?? null,
      was: met.was === undefined ? null : JSON.stringify(met.was),
      ...verdict,
    })
  }
  const kept = await records.keepFirings(firings)
  await memory.keep()
  await cap.keep(kept)
  return kept === 0 ? 0 : firings.filter(({ state }) => state === 'waiting').length
}

/** Which firings are there already. Events that arrive are new where nothing is remembered of people, so that one question is spared. */
async function knownOf(
  { records, action, lane }: Deciding,
  mets: readonly Met[],
): Promise<ReadonlySet<string>> {
  if (lane === 'live' && !remembersPeople(action)) return new Set()
  return records.known(mets.map((met) => keyOfMet(action.key, met)))
}

type Verdict = Pick<NewFiring, 'state' | 'reason' | 'due_at'>

interface Knowing {
  readonly memory: Memory
  readonly cap: Cap
}

function verdictOf({ action, now }: Deciding, met: Met, { memory, cap }: Knowing): Verdict {
  const { often, cool_down, after, quiet_hours } = action.body
  const due = new Date(Math.max(now.getTime(), met.at.getTime() + durationMs(after)))
  const kept = (state: Verdict['state'], reason: string): Verdict => ({
    state,
    reason,
    due_at: due.toISOString(),
  })
  // Of stays, rows and insights the lanes tell only that they have turned; of events it must be remembered.
  if (often === 'first' && met.trigger === 'event') {
    if (memory.holds(met.people))
      return kept('repeated', 'it has held for this person since it last fired')
    memory.mark(met.people)
  }
  const last = memory.firedAt(met.people)
  if (cool_down && last && met.at.getTime() - Date.parse(last) < durationMs(cool_down))
    return kept('cooled', `fired for this person at ${last}, less than ${cool_down} before`)
  const quietUntil = quiet_hours && endOfQuiet(quiet_hours, due)
  if (quiet_hours?.meanwhile === 'drop' && quietUntil)
    return kept('quiet', `quiet hours until ${quietUntil.toISOString()}`)
  if (!cap.take()) return kept('capped', `more than ${cap.most} in this hour`)
  memory.fire(met.people, met.at.toISOString())
  if (quietUntil)
    return {
      state: 'waiting',
      reason: `quiet hours until ${quietUntil.toISOString()}`,
      due_at: quietUntil.toISOString(),
    }
  return { state: 'waiting', reason: null, due_at: due.toISOString() }
}

/** What is remembered of people while one batch is decided. */
interface Memory {
  readonly holds: (people: readonly string[]) => boolean
  readonly firedAt: (people: readonly string[]) => string | null
  readonly mark: (people: readonly string[]) => void
  readonly clear: (people: readonly string[]) => void
  readonly fire: (people: readonly string[], at: string) => void
  readonly keep: () => Promise<void>
}

async function memoryOf({ records, action }: Deciding, mets: readonly Met[]): Promise<Memory> {
  const asked = remembersPeople(action) ? [...new Set(mets.flatMap(({ people }) => people))] : []
  const found = await records.people(action.key, asked)
  const all = new Map(found.map((one) => [one.person, one]))
  const touched = new Set<string>()
  const set = (people: readonly string[], more: Partial<PersonRecord>) => {
    if (!remembersPeople(action)) return
    for (const person of people) {
      touched.add(person)
      all.set(person, { holds: false, fired_at: null, ...all.get(person), ...more, person })
    }
  }
  return {
    holds: (people) => people.some((person) => all.get(person)?.holds === true),
    firedAt: (people) =>
      people
        .map((person) => all.get(person)?.fired_at ?? null)
        .reduce((a, b) => ((a ?? '') > (b ?? '') ? a : b), null),
    mark: (people) => set(people, { holds: true }),
    // Of whom nothing is remembered, nothing needs to be forgotten.
    clear: (people) => {
      set(
        people.filter((person) => all.get(person)?.holds === true),
        { holds: false },
      )
    },
    fire: (people, at) => set(people, { fired_at: at }),
    keep: () =>
      records.keepPeople(
        action.key,
        [...touched].flatMap((person) => all.get(person) ?? []),
      ),
  }
}

/** How many may still fire in this hour. */
interface Cap {
  readonly most: number
  readonly take: () => boolean
  /** Counts what was met, and what of it was let through. */
  readonly keep: (met: number) => Promise<void>
}

async function capOf({ records, action, now }: Deciding): Promise<Cap> {
  const most = action.body.at_most_per_hour ?? usualCap
  const hour = now.toISOString().slice(0, 13)
  const before = await records.firedIn(action.key, hour)
  let fired = 0
  return {
    most,
    take: () => {
      if (before + fired >= most) return false
      fired++
      return true
    },
    keep: async (met) => {
      if (met > 0) await records.addCount({ action: action.key, hour, fired, met })
    },
  }
}

/** Cancels firings of an action that still wait for these people, as something that suppresses has come; how many. */
export async function suppressFor(
  { records, action, now }: Deciding,
  withinMs: number,
  mets: readonly Met[],
): Promise<number> {
  let count = 0
  for (const met of mets) {
    if (!met.holds || met.people.length === 0) continue
    count += await records.suppress(action.key, {
      people: met.people,
      from: new Date(met.at.getTime() - withinMs).toISOString(),
      until: met.at.toISOString(),
      reason: `${met.trigger} ${met.occurrence} came`,
      at: now.toISOString(),
    })
  }
  return count
}
