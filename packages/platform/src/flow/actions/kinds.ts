import { calledBy, refusalsOf } from '#activation'
import { oddChannel } from '#consent'
import {
  type Catalogue,
  defineKind,
  definitionFaults,
  type Kind,
  type KindName,
  type Need,
} from '#definitions'
import type { Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { type KnownAround, problemsOfAction } from './check.ts'
import {
  type Action,
  type ActionBody,
  actionSchema,
  type Trigger,
  type WebhookTarget,
} from './definition.ts'
import { needsOfWho } from './who.ts'

const actionName: KindName<ActionBody> = { kind: 'action' }

/** The actions among definitions. */
export const actionsIn = (all: Catalogue): readonly Action[] => all.list(actionName)

/** The kind of actions; what they may speak of is read from the other definitions. */
export const actionKind = (of: KnownAround): Kind<ActionBody> =>
  defineKind({
    kind: actionName.kind,
    label: 'Action',
    schema: actionSchema,
    sample: `kind: action
key: welcome_regulars
label: Welcome regulars
when: { segment: regulars_in_france, change: entered }
often: first
cool_down: 30 days
quiet_hours: { time_zone: Europe/Paris, from: '21:00', to: '08:00', meanwhile: wait }
attributes:
  - { as: first_name, profile: first_name }
target:
  webhook:
    url: https://example.com/hooks/welcome
    secret: { secret: welcome_hook }
`,
    needs: needsOf,
    check: (body, all) => problemsOfAction(body, all, of),
    warn: ({ target, consent }) => [
      ...(consent ? oddChannel(consent.channel, 'consent.channel') : []),
      ...('webhook' in target ? warningsOfAddress(target.webhook.url, of) : []),
    ],
  })

function warningsOfAddress(
  url: WebhookTarget['url'],
  { refusalOf }: Pick<KnownAround, 'refusalOf'>,
): readonly Problem[] {
  if (!refusalOf || typeof url !== 'string') return []
  return refusalsOf(calledBy(url, 'target.webhook.url'), { refusalOf })
}

/** What is wrong with an action that is no definition yet. References are told first: what is not there cannot be looked into. */
export function problemsOfDraft(
  body: ActionBody,
  all: Catalogue,
  of: KnownAround,
): readonly Problem[] {
  const missing = needsOf(body).flatMap(({ kind, key, at = '' }) => {
    if (all.find(kind, key)) return []
    const hint = didYouMean(
      key,
      all.list(kind).map((one) => one.key),
    )
    return definitionFaults.unknown_reference({ kind, key, hint }, { at }).problems
  })
  return missing.length > 0 ? missing : problemsOfAction(body, all, of)
}

function needsOf({ when, suppress = [], target }: ActionBody): readonly Need[] {
  const destination =
    'destination' in target
      ? [{ kind: 'destination', key: target.destination, at: 'target.destination' }]
      : []
  return [
    ...needOf(when, 'when'),
    ...suppress.flatMap((one, i) => needOf(one.when, `suppress[${i}].when`)),
    ...destination,
  ]
}

function needOf(when: Trigger, at: string): readonly Need[] {
  if ('event' in when)
    return [
      { kind: 'stream', key: when.event, at: `${at}.event` },
      ...(when.who === undefined ? [] : needsOfWho(when.who, `${at}.who`)),
    ]
  if ('segment' in when) return [{ kind: 'segment', key: when.segment, at: `${at}.segment` }]
  if ('insight' in when) return [{ kind: 'insight', key: when.insight, at: `${at}.insight` }]
  return []
}
