import { type Catalogue, catalogueOf, type Definition } from '#definitions'
import type { Engine } from '#engine'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { modelOf } from '#model'
import type { Outgoing } from '#outgoing'
import type { Store } from '#store'
import { type Activations, type ActivationTools, makeActivations } from '../activations.ts'
import type { KnownAround } from '../check.ts'
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

const refuse = () => Promise.reject(new Error('nothing is sent'))

/** A network that leads nowhere. */
export const nowhere = { send: refuse, receive: refuse, connect: refuse }

/** The standard model, and the one insight of the small world. */
export const knownAround: KnownAround = {
  modelIn: () => modelOf([]),
  shapesIn: () => ({
    shapes: new Map([
      [
        'lifetime_value',
        {
          on: 'individual',
          dimensions: ['profile_id'],
          measures: new Map([['total', 'number']]),
        },
      ],
    ]),
  }),
}

// Leaves a destination alone after many failures, and not for long.
const eager = { failures: 50, firstMs: 20, mostMs: 50 }

/** Activations over real parts, impatient enough for a test. */
export const activationsOver = (
  of: {
    readonly engine: Engine
    readonly store: Store
    readonly outgoing: Pick<Outgoing, 'send'> & Partial<Outgoing>
    readonly catalogue: () => Catalogue
  },
  more: Partial<ActivationTools> = {},
): Activations =>
  makeActivations({
    ...of,
    outgoing: { ...nowhere, ...of.outgoing },
    known: knownAround,
    scratchFolder: '/nowhere',
    confirmAbove: 1_000_000,
    catalogue: async () => of.catalogue(),
    secrets: { get: async () => signing.secret },
    folders: { base: '/nowhere', allowed: [] },
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    patience: { attempts: 12, firstMs: 5, mostMs: 50, breaker: eager },
    ...more,
  })
