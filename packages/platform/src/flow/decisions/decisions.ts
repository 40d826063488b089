import type { Catalogue } from '#definitions'
import type { Engine } from '#engine'
import type { Clock } from '#kernel/clock.ts'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import { didYouMean } from '#kernel/near.ts'
import { type Asked, factsOf, type KnownAround, type LivePerson, type LiveProfiles } from '#live'
import type { Store } from '#store'
import { answersTo } from './answers.ts'
import type {
  Decided,
  DecisionOverview,
  DecisionTried,
  Recorded,
  RecordedQuery,
  Report,
} from './api.ts'
import { choose, type Ground, inOrder } from './choose.ts'
import { momentOf } from './context.ts'
import type { Decision, DecisionBody, Outcome } from './definition.ts'
import { decisionFaults } from './faults.ts'
import { decisionsIn, fieldsFor, problemsOfDecision } from './kinds.ts'
import { type Had, hadKey, type NewOutcome, type NewRecord, recordsIn } from './records.ts'
import { refusalsOf } from './refusals.ts'
import { makeTurns } from './turns.ts'

/** What decisions need from the house. */
export interface DecisionTools {
  /** What people have agreed to is asked there. */
  readonly engine: Engine
  readonly store: Store
  readonly catalogue: () => Promise<Catalogue>
  readonly around: KnownAround
  readonly live: Pick<LiveProfiles, 'person'>
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** How long decisions are kept. */
  readonly keepMs: number
}

/** What is asked for. */
export interface DecisionAsked {
  /** Whom it is about: the first of these who is known counts. */
  readonly asked: readonly Asked[]
  readonly context: Readonly<Record<string, unknown>>
  readonly limit?: number | undefined
  /** Whether somebody asks who may read everything, or a page that only has a write key. */
  readonly by: 'caller' | 'page'
}

/** Which offer for this person now. */
export interface Decisions {
  readonly decide: (key: string, of: DecisionAsked) => Promise<Decided>
  /** What would be decided, and why, by what is published or by a draft; nothing is recorded. */
  readonly tryOut: (
    key: string,
    of: DecisionAsked & { readonly body?: DecisionBody | undefined },
  ) => Promise<DecisionTried>
  /** Notes what became of what a decision chose; how many offers had not been told of yet. */
  readonly note: (
    outcome: Exclude<Outcome, 'chosen'>,
    id: string,
    of: { readonly offers?: readonly string[] | undefined; readonly by: DecisionAsked['by'] },
  ) => Promise<number>
  readonly list: () => Promise<readonly DecisionOverview[]>
  readonly report: (key: string, days: number) => Promise<Report>
  readonly recorded: (of: RecordedQuery) => Promise<readonly Recorded[]>
  /** Reads anew what is defined. */
  readonly reload: () => void
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

const houseMs = 3_600_000
const dayMs = 86_400_000

/** Makes decisions. */
export function makeDecisions(tools: DecisionTools): Decisions {
  const { clock, live } = tools
  const records = recordsIn(tools.store)
  const write = makeWriter(records.add)
  const turns = makeTurns()
  let known: Promise<KnownDecisions> | undefined
  let house: NodeJS.Timeout | undefined

  const knownNow = () => {
    known ??= tools.catalogue().then((all) => knownIn(all, tools.around))
    known.catch(() => {
      known = undefined
    })
    return known
  }
  const find = async (key: string): Promise<Known> => {
    const all = await knownNow()
    const found = all.get(key)
    if (found) return found
    throw decisionFaults.unknown({ key, near: didYouMean(key, [...all.keys()]) })
  }
  const findEnabled = async (key: string): Promise<Known> => {
    const found = await find(key)
    if (found.decision.body.enabled !== false) return found
    throw decisionFaults.unknown({ key, near: '' })
  }
  const keepHouse = async () => {
    try {
      await records.forget(new Date(clock.now().getTime() - tools.keepMs).toISOString())
    } catch (thrown) {
      tools.log.warn('old decisions could not be forgotten', { fault: sentenceOf(thrown) })
    }
  }
  /** Everything that a decision is made from at this moment. */
  const groundFor = async (
    { decision, fields }: Known,
    { person, asked, context, limit }: AskedFor,
  ): Promise<Ground> => {
    const { key, body } = decision
    const people = idsOf(person)
    const had = hasLimits(decision) ? await records.had(key, people) : noneHad
    const refused = await refusalsOf(tools, decision, { person, asked })
    return {
      decision,
      fields,
      facts: factsOf(person, context),
      person: people[0] ?? '',
      had: (offer, outcome, since) => hadSince(had, hadKey(offer, outcome), since),
      refused,
      now: clock.now().getTime(),
      most: Math.min(limit ?? 20, body.limit ?? 1),
    }
  }
  /** A draft with the fields that it may ask; refused while anything speaks against it. */
  const draftOf = async (decision: Decision): Promise<Known> => {
    const all = await tools.catalogue()
    const [problem] = problemsOfDecision(decision.body, all, tools.around)
    if (problem) throw decisionFaults.unsound({ why: `${problem.at}: ${problem.say}` })
    return { decision, fields: fieldsFor(decision.body, all, tools.around) }
  }
  /** Decides and keeps it. */
  const decideFor = async (known: Known, of: AskedFor): Promise<Decided> => {
    const { person, asked } = of
    const { key, body } = known.decision
    const { context, ignored } = momentOf(body, of.context)
    const ground = await groundFor(known, { ...of, context })
    const chosen = choose(ground)
    const id = tools.ids.next()
    const profile = person?.profile
    await write({
      id,
      decision: key,
      person: ownId(person, asked) ?? '',
      profile: profile ?? null,
      state: chosen.state,
      chosen: JSON.stringify(chosen.offers.map((offer) => offer.key)),
      left_out: JSON.stringify(chosen.left_out),
      at: new Date(ground.now).toISOString(),
    })
    return {
      id,
      decision: key,
      ...chosen,
      ...(profile === undefined ? {} : { profile }),
      ...(chosen.state === 'offers' || !body.fallback ? {} : { fallback: body.fallback }),
      ...(ignored.length === 0 ? {} : { ignored }),
    }
  }

  return {
    decide: async (key, of) => {
      const found = await findEnabled(key)
      if (of.by === 'page' && found.decision.body.public !== true)
        throw decisionFaults.not_public({ key })
      const person = await personOf(live, of.asked)
      const name = person && idsOf(person)[0]
      const work = () => decideFor(found, { ...of, person })
      // Two at once for the same person would both be below a limit.
      return name !== undefined && hasLimits(found.decision)
        ? turns.take(`${key}\n${name}`, work)
        : work()
    },
    tryOut: async (key, { body, ...of }) => {
      const known = body ? await draftOf({ key, body }) : await find(key)
      const person = await personOf(live, of.asked)
      const { context, ignored } = momentOf(known.decision.body, of.context)
      const ground = await groundFor(known, { ...of, person, context })
      return { ...triedFrom(ground, person), ...(ignored.length === 0 ? {} : { ignored }) }
    },
    note: async (outcome, id, { offers, by }) => {
      const record = await records.find(id)
      if (!record) throw decisionFaults.unknown_record({ id })
      const { decision, person } = record
      if (by === 'page' && (await findEnabled(decision)).decision.body.public !== true)
        throw decisionFaults.not_public({ key: decision })
      // Written by this room.
      const chosen = JSON.parse(record.chosen) as readonly string[]
      const strange = offers?.find((offer) => !chosen.includes(offer))
      if (strange !== undefined) throw decisionFaults.unknown_offer({ offer: strange, chosen })
      const at = clock.now().toISOString()
      const all = (offers ?? chosen).map(
        (offer): NewOutcome => ({ id, offer, outcome, decision, person, at }),
      )
      return records.addOutcomes(all)
    },
    list: async () => {
      const totals = await records.totals()
      const of = (key: string, outcome: Outcome) =>
        totals.find((one) => one.decision === key && one.outcome === outcome)?.n ?? 0
      return [...(await knownNow()).values()].map(({ decision: { key, body } }) => ({
        key,
        label: body.label ?? key,
        enabled: body.enabled !== false,
        public: body.public === true,
        offers: body.offers.map((offer) => offer.key),
        chosen: of(key, 'chosen'),
        shown: of(key, 'shown'),
        clicked: of(key, 'clicked'),
      }))
    },
    report: async (key, days) => {
      await find(key)
      const since = new Date(clock.now().getTime() - (days - 1) * dayMs).toISOString()
      return records.report(key, since.slice(0, 10))
    },
    recorded: records.recorded,
    reload: () => {
      known = undefined
    },
    start: async () => {
      await keepHouse()
      house = setInterval(() => void keepHouse(), houseMs)
      house.unref()
    },
    stop: async () => clearInterval(house),
  }
}

/** What is asked for, and who that is. */
type AskedFor = DecisionAsked & { readonly person: LivePerson | undefined }

/** What would be decided, told offer by offer. */
function triedFrom(ground: Ground, person: LivePerson | undefined): DecisionTried {
  const { key, body } = ground.decision
  const { state, offers, left_out: others } = choose(ground)
  const verdicts = new Map([...offers, ...others].map((one) => [one.key, one]))
  return {
    decision: key,
    state,
    person: stateOf(person),
    ...(person?.profile === undefined ? {} : { profile: person.profile }),
    offers: inOrder(body.offers).map((offer) => {
      const verdict = verdicts.get(offer.key)
      return {
        key: offer.key,
        ...(offer.label === undefined ? {} : { label: offer.label }),
        priority: offer.priority ?? 0,
        reason: verdict?.reason ?? 'enough_chosen',
        ...(verdict && 'why' in verdict ? { why: verdict.why } : {}),
        payload: offer.payload ?? {},
        ...(offer.when === undefined ? {} : { asked: answersTo(offer.when, ground) }),
      }
    }),
    ...(body.fallback === undefined ? {} : { fallback: body.fallback }),
  }
}

function stateOf(person: LivePerson | undefined): DecisionTried['person'] {
  if (person === undefined) return 'nobody'
  return person.profile === undefined ? 'new' : 'known'
}

/** A decision with the fields that its conditions ask. */
interface Known {
  readonly decision: Decision
  readonly fields: ReturnType<typeof fieldsFor>
}
type KnownDecisions = ReadonlyMap<string, Known>

const knownIn = (all: Catalogue, around: KnownAround): KnownDecisions =>
  new Map(
    decisionsIn(all).map((decision) => [
      decision.key,
      { decision, fields: fieldsFor(decision.body, all, around) },
    ]),
  )

const noneHad: Had = new Map()

const hadSince = (had: Had, key: string, since: number): number =>
  (had.get(key) ?? []).filter((at) => at > since).length

const hasLimits = ({ body }: Decision): boolean =>
  body.offers.some(({ limits = [] }) => limits.length > 0)

/** All under which somebody may have been noted, the most lasting first. */
const idsOf = (person: LivePerson | undefined): readonly string[] =>
  person
    ? [
        ...(person.profile === undefined ? [] : [person.profile]),
        ...person.keys,
        ...person.parts.merged,
      ]
    : []

/** Under what it is noted: the id in events, which no merge changes, where one was asked by; else the profile. */
const ownId = (person: LivePerson | undefined, asked: readonly Asked[]): string | undefined => {
  const ids = asked.flatMap((one) => (one.by === 'id' ? [one.id] : []))
  return (
    person?.keys.find((key) => ids.includes(key.slice(key.indexOf('\t') + 1))) ?? idsOf(person)[0]
  )
}

/** The first of those who are meant that has a profile; else the first that can be told at all. */
async function personOf(
  live: Pick<LiveProfiles, 'person'>,
  asked: readonly Asked[],
): Promise<LivePerson | undefined> {
  const found: LivePerson[] = []
  for (const one of asked) {
    const person = await live.person(one).catch(nobody)
    if (person?.profile !== undefined) return person
    if (person) found.push(person)
  }
  return found[0]
}

/** Whoever is not known gets what everybody gets; what else goes wrong is told. */
function nobody(thrown: unknown): undefined {
  if (thrown instanceof Fault && thrown.code === 'live.nobody') return undefined
  throw thrown
}

/** Keeps records many at once: what is decided while some are written is written next. */
function makeWriter(add: (all: readonly NewRecord[]) => Promise<unknown>) {
  let waiting: NewRecord[] = []
  let next: Promise<unknown> | undefined
  let last: Promise<unknown> = Promise.resolve()
  return (record: NewRecord): Promise<unknown> => {
    waiting.push(record)
    next ??= last
      .catch(() => {})
      .then(() => {
        const all = waiting
        waiting = []
        next = undefined
        last = add(all)
        return last
      })
    return next
  }
}
