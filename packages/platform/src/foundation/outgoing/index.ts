export { outgoingFaults } from './faults.ts'
export type { Lookup } from './gate.ts'
export {
  type Answer,
  makeOutgoing,
  type Outgoing,
  type OutgoingRequest,
  type OutgoingTools,
} from './outgoing.ts'
export { backoffMs, retryAfterMs } from './patience.ts'
export {
  newSigningSecret,
  type Received,
  type Signable,
  type SignatureHeaders,
  sign,
  verify,
} from './signing.ts'
