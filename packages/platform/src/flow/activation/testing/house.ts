import { type Catalogue, catalogueOf, type Definition } from '#definitions'
import type { Engine } from '#engine'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import type { Outgoing } from '#outgoing'
import type { Store } from '#store'
import { type Activations, type ActivationTools, makeActivations } from '../activations.ts'
import type { ActivationBody, DestinationBody } from '../definition.ts'
import { signing } from './receiver.ts'

/** A webhook destination as it is defined. */
export const webhookTo = (url: string, batchSize = 500): DestinationBody => ({
  type: 'webhook',
  settings: { url, secret: { secret: signing.name }, batch_size: batchSize },
})

/** Definitions of destinations and activations, with the segments that these speak of. */
export function definitionsOf(of: {
  readonly destinations: Readonly<Record<string, DestinationBody>>
  readonly activations: Readonly<Record<string, ActivationBody>>
}): Catalogue {
  const segments = Object.values(of.activations).map(({ segment }) => segment)
  const all: readonly Definition[] = [
    ...segments.map((key) => ({ kind: 'segment', key, body: { on: 'individual' } })),
    ...Object.entries(of.destinations).map(([key, body]) => ({ kind: 'destination', key, body })),
    ...Object.entries(of.activations).map(([key, body]) => ({ kind: 'activation', key, body })),
  ]
  return catalogueOf(all)
}

/** Activations over real parts, impatient enough for a test. */
export const activationsOver = (
  of: {
    readonly engine: Engine
    readonly store: Store
    readonly outgoing: Pick<Outgoing, 'send'>
    readonly catalogue: () => Catalogue
  },
  more: Partial<ActivationTools> = {},
): Activations =>
  makeActivations({
    ...of,
    catalogue: async () => of.catalogue(),
    secrets: { get: async () => signing.secret },
    folders: { base: '/nowhere', allowed: [] },
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    patience: { attempts: 12, firstMs: 5, mostMs: 50 },
    ...more,
  })
