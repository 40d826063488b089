import type { FiringState } from './api.ts'
import { type ConsentTools, permitted } from './consent.ts'
import { decide, suppressFor } from './decide.ts'
import { type Action, type Watch, watchesOf } from './definition.ts'
import { aboutOf, rowOf } from './deliver.ts'
import { type BodyForm, ownForm, sentFiring } from './form.ts'
import { withPeople } from './live.ts'
import type { Ground } from './look.ts'
import { memoryRecords, type TriedFiring } from './memory-records.ts'
import type { Met } from './met.ts'
import { type Past, pastOf } from './past.ts'
import type { FiringRecord } from './records.ts'
import { asPeopleAre } from './who.ts'

/** What trying a rule needs. */
export interface TryTools extends ConsentTools {
  readonly ground: Ground
  readonly forms: readonly BodyForm[]
}

/** Which rule is tried, since when, and for whom. */
export interface TryAsked {
  readonly action: Action
  readonly since: Date
  /** Only for this profile. */
  readonly profile?: string | undefined
  readonly signal: AbortSignal
}

/** What a rule would have done. Nothing is sent, kept or remembered for it. */
export interface Tried {
  /** How often it was met, and what would have become of that. */
  readonly met: number
  readonly states: Readonly<Partial<Record<FiringState, number>>>
  /** The newest first. */
  readonly firings: readonly TriedView[]
  /** Whether more was met than is looked at. */
  readonly more: boolean
  /** Whether what was met lies in the past, or is all that holds now. */
  readonly over: 'the past' | 'now'
  /** What this trial does not know. */
  readonly told: readonly string[]
}

/** One firing that there would have been. */
export interface TriedView {
  readonly person?: string
  readonly profile?: string
  readonly occurrence: string
  readonly happened_at: string
  /** `sent`: it would be. */
  readonly state: FiringState
  readonly reason?: string
  readonly due_at: string
  /** What would be sent, written as the target has it. */
  readonly body?: string
}

const mostMet = 2000
const mostShown = 100

/** Does with the past what the lanes do with what comes: by the same looks, decisions and questions, over records that are thrown away. */
export async function tryAction(tools: TryTools, asked: TryAsked): Promise<Tried> {
  const [own, ...others] = await Promise.all(
    watchesOf(asked.action).map((watch) => metBy(tools, watch, asked)),
  )
  if (!own) throw new Error('an action has a trigger of its own')
  const { firings, met } = await decided(asked.action, [own, ...others])
  const settled = await withConsent(tools, asked.action, firings)
  const counts = Map.groupBy(settled, ({ state }) => state)
  const written = writerOf(tools, asked.action)
  return {
    met,
    states: Object.fromEntries([...counts].map(([state, of]) => [state, of.length])),
    firings: settled
      .toReversed()
      .slice(0, mostShown)
      .map((firing) => viewOf(firing, written)),
    more: own.more,
    over: own.over,
    told: toldOf(asked.action, others),
  }
}

interface Collected {
  readonly watch: Watch
  readonly mets: readonly Met[]
  readonly more: boolean
  readonly over: Past['over']
}

async function metBy(tools: TryTools, watch: Watch, asked: TryAsked): Promise<Collected> {
  const { ground } = tools
  const { profile, since, signal } = asked
  const { over, mets: pieces } = await pastOf(ground, { watch, since, profile, signal })
  const found: Met[] = []
  for await (const some of pieces) {
    found.push(...some)
    if (found.length > mostMet) break
  }
  const holding = await asPeopleAre(ground.people, watch, found.slice(0, mostMet))
  const told = holding.map(([met, holds]): Met => ({ ...met, holds: holds === true }))
  const mets = await withPeople(ground, watch, told)
  return { watch, mets, more: found.length > mostMet, over }
}

/** Decides about all that was met, in the order in which it happened, each at its own time. */
async function decided(action: Action, all: readonly Collected[]) {
  const records = memoryRecords()
  const turns = all
    .flatMap(({ watch, mets }) => mets.map((met) => ({ watch, met })))
    .sort((a, b) => a.met.at.getTime() - b.met.at.getTime())
  for (const { watch, met } of turns) {
    const of = { records, action, lane: 'set', now: met.at } as const
    if (watch.withinMs === undefined) await decide(of, [met])
    else await suppressFor(of, watch.withinMs, [met])
  }
  const firings = records.firings()
  return { firings, met: firings.length }
}

/** The same firings; who may not be reached now is told, and what else would wait is sent. */
async function withConsent(
  tools: TryTools,
  action: Action,
  firings: readonly TriedFiring[],
): Promise<readonly TriedFiring[]> {
  const waiting = firings.filter(({ state }) => state === 'waiting')
  const { refused } = await permitted(tools, action, waiting)
  const whys = new Map(
    [...refused].flatMap(([why, of]) => of.map(({ key }) => [key, why] as const)),
  )
  return firings.map((firing) => {
    if (firing.state !== 'waiting') return firing
    const why = whys.get(firing.key)
    return why === undefined
      ? { ...firing, state: 'sent' }
      : { ...firing, state: 'no_consent', reason: why }
  })
}

/** Writes what the target of an action would be sent. */
function writerOf({ forms, clock }: TryTools, action: Action): (of: FiringRecord) => string {
  const { target } = action.body
  if ('destination' in target) return (of) => JSON.stringify(rowOf(sentFiring(of)))
  const { form = ownForm.key } = target.webhook
  const { write } = [ownForm, ...forms].find(({ key }) => key === form) ?? ownForm
  return (of) => write([sentFiring(of)], aboutOf(action, clock.now()))
}

const viewOf = (of: TriedFiring, written: (of: FiringRecord) => string): TriedView => ({
  ...(of.person === null ? {} : { person: of.person }),
  ...(of.profile === null ? {} : { profile: of.profile }),
  occurrence: of.occurrence,
  happened_at: of.happened_at,
  state: of.state,
  ...(of.reason === null ? {} : { reason: of.reason }),
  due_at: of.due_at,
  ...(of.state === 'sent' ? { body: written(of) } : {}),
})

const unseen = (count: number) =>
  `${count} of what would suppress it leaves no trace in time and was not looked at`

function toldOf({ body }: Action, others: readonly Collected[]): readonly string[] {
  const { when } = body
  const blind = others.filter(({ over }) => over === 'now').length
  return [
    ...('row' in when
      ? [
          when.change === 'deleted'
            ? 'of rows that were taken away nothing is known'
            : 'rows do not say when they came: each for which it holds now counts as new',
        ]
      : []),
    ...('row' in when && (when.was || (body.attributes ?? []).some((one) => 'was' in one))
      ? ['what rows were before is not known']
      : []),
    ...('insight' in when
      ? ['insights keep no past: all for whom it holds now count as having just turned']
      : []),
    ...(blind > 0 ? [unseen(blind)] : []),
    ...(body.consent || 'destination' in body.target
      ? ['consent is that of this moment, not of then']
      : []),
    ...(others.some(({ more }) => more)
      ? [`only the first ${mostMet} of what suppresses it were looked at`]
      : []),
  ]
}
