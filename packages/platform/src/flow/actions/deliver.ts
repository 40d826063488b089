import type {
  Batch,
  DeliveryTools,
  Destination,
  Outcome,
  OutFolders,
  PayloadRow,
  PayloadValue,
} from '#activation'
import type { Catalogue } from '#definitions'
import type { Clock } from '#kernel/clock.ts'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import type { FieldType } from '#kernel/scalar.ts'
import type { Secrets } from '#store'
import type { Change } from './api.ts'
import type { Action, Trigger } from './definition.ts'
import { actionFaults } from './faults.ts'
import { type AboutFirings, type BodyForm, ownForm, type SentFiring, sentFiring } from './form.ts'
import type { FiringRecord } from './records.ts'
import { post } from './webhook.ts'

/** What a destination tells of members besides those that were sent. */
type Dealt = Parameters<DeliveryTools['dealtWith']>[0]

/** What delivering needs. */
export interface DeliverTools {
  readonly catalogue: () => Promise<Catalogue>
  readonly outgoing: DeliveryTools['network']
  readonly secrets: Pick<Secrets, 'get'>
  readonly folders: OutFolders
  readonly destinations: readonly Destination[]
  readonly forms: readonly BodyForm[]
  readonly clock: Clock
}

/** The name of what a trigger watches. */
export function sourceOf(when: Trigger): string {
  if ('event' in when) return when.event
  if ('segment' in when) return when.segment
  if ('profile' in when) return `unified_${when.on ?? 'individual'}`
  return 'row' in when ? when.row : when.insight
}

/** The most firings that go together: a destination gets each alone, so that its key stays what it is. */
export function mostTogether({ body: { target } }: Action): number {
  return 'webhook' in target ? (target.webhook.batch_size ?? 200) : 1
}

/** Delivers firings of an action to its target; what is thrown is made an outcome. */
export async function deliver(
  tools: DeliverTools,
  { action, firings }: { readonly action: Action; readonly firings: readonly FiringRecord[] },
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const sent = firings.map(sentFiring)
    const { target } = action.body
    if ('destination' in target)
      return await toDestination(tools, { action, key: target.destination, firings }, signal)
    const { form = ownForm.key } = target.webhook
    const written = [ownForm, ...tools.forms].find(({ key }) => key === form)
    if (!written) return { result: 'refused', why: `there is no body form "${form}"` }
    const body = written.write(sent, aboutOf(action, tools.clock.now()))
    const { outgoing, secrets, clock } = tools
    return await post(
      { to: target.webhook, body, firings: sent },
      { send: outgoing.send, secret: secrets.get, clock, signal },
    )
  } catch (thrown) {
    return outcomeOfThrown(thrown)
  }
}

/** What the firings of an action have in common. */
export const aboutOf = ({ key, body }: Action, now: Date): AboutFirings => ({
  action: key,
  label: body.label ?? key,
  source: sourceOf(body.when),
  now,
})

interface ForDestination {
  readonly action: Action
  readonly key: string
  readonly firings: readonly FiringRecord[]
}

async function toDestination(
  tools: DeliverTools,
  { action, key, firings }: ForDestination,
  signal: AbortSignal,
): Promise<Outcome> {
  const found = (await tools.catalogue()).find<{ type: string; settings: unknown }>(
    'destination',
    key,
  )
  const destination = tools.destinations.find((one) => one.key === found?.body.type)
  const [firing] = firings
  if (!found || !destination || !firing)
    return { result: 'refused', why: `the destination "${key}" is not defined any more` }
  const { outgoing, secrets, folders, clock } = tools
  let told: Dealt | undefined
  const outcome = await destination.deliver(batchOf(action, firing), found.body.settings, {
    network: outgoing,
    secret: secrets.get,
    folders,
    clock,
    signal,
    parquet: () => {
      throw actionFaults.no_parquet({})
    },
    pace: async () => {},
    dealtWith: async (of) => {
      told = of
    },
  })
  return outcomeWith(outcome, told)
}

/** What a destination tells of its only member counts more than what it says of all. */
function outcomeWith(outcome: Outcome, told: Dealt | undefined): Outcome {
  const [apart] = told?.apart ?? []
  if (apart) return { result: apart.result, why: apart.why }
  const [reason] = Object.keys(told?.filtered ?? {})
  return reason === undefined ? outcome : { result: 'refused', why: reason }
}

/** A firing as destinations know members: one who left or is another now, and else one who has come. */
export const rowOf = ({ profileId, person, change, data, was }: SentFiring): PayloadRow => ({
  profile_id: profileId ?? person,
  change: (change && wordsOfMembers[change]) ?? 'entered',
  ...data,
  ...was,
})

const wordsOfMembers: Readonly<Partial<Record<Change, string>>> = {
  left: 'left',
  changed: 'updated',
}

function batchOf(action: Action, firing: FiringRecord): Batch {
  const sent = sentFiring(firing)
  const row = rowOf(sent)
  return {
    id: sent.id,
    activation: action.key,
    segment: sourceOf(action.body.when),
    send: 'changes',
    holds: 'a firing',
    from: firing.sequence - 1,
    to: firing.sequence,
    number: 1,
    of: 1,
    members: 1,
    done: 0,
    columns: Object.keys(row),
    types: Object.fromEntries(Object.entries(row).map(([name, of]) => [name, typeOf(of)])),
    queuedAt: new Date(sent.metAt),
    isLast: true,
    rows: async function* () {
      yield [row]
    },
  }
}

function typeOf(of: PayloadValue): FieldType {
  if (typeof of === 'number') return 'number'
  return typeof of === 'boolean' ? 'boolean' : 'text'
}

// A fault below 500 will be the same tomorrow, unless somebody puts it right.
function outcomeOfThrown(thrown: unknown): Outcome {
  const why = sentenceOf(thrown)
  const isLasting = thrown instanceof Fault && thrown.status < 500 && thrown.status !== 429
  return { result: isLasting ? 'refused' : 'try again', why }
}
