import type { Activation, Destination } from '@tessera/platform/contract'
import type { ListOf } from '../../lib/listing.ts'
import type { ActivationSort } from './address.ts'
import { stateOf } from './state.ts'

/** How activations are searched and sorted. */
export const activationList: ListOf<Activation, ActivationSort> = {
  text: ({ key, label, segment, destination }) => `${label ?? ''} ${key} ${segment} ${destination}`,
  by: {
    name: ({ label, key }) => label ?? key,
    state: (activation) => stateOf(activation).rank,
    segment: ({ segment }) => segment,
    destination: ({ destination }) => destination,
    members: ({ ledger }) => ledger.members,
    delivered: ({ deliveredAt }) => (typeof deliveredAt === 'string' ? deliveredAt : ''),
  },
  usual: 'name',
  newestFirst: ['delivered'],
}

/** How destinations are searched and sorted. */
export const destinationList: ListOf<Destination, ActivationSort> = {
  text: ({ key, label, type, guarantee }) => `${label} ${key} ${type} ${guarantee}`,
  by: {
    name: ({ label }) => label,
    state: ({ failures }) => failures,
    promise: ({ guarantee }) => guarantee,
    type: ({ type }) => type,
    waiting: ({ waiting }) => waiting,
    dead: ({ dead }) => dead,
  },
  usual: 'name',
}
