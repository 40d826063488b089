export { outgoingFaults } from './faults.ts'
export { type Lookup, makeForesight } from './gate.ts'
export {
  type Answer,
  type LongAnswer,
  makeOutgoing,
  type Outgoing,
  type OutgoingRequest,
  type OutgoingTools,
  type Place,
} from './outgoing.ts'
export { backoffMs, retryAfterMs } from './patience.ts'
export {
  faultOfSecret,
  newSigningSecret,
  type Received,
  type Signable,
  type SignatureHeaders,
  sign,
  signWithEach,
  verify,
} from './signing.ts'
