export {
  type Activations,
  type ActivationTools,
  type ActivationView,
  type DeliveryPage,
  type DeliveryView,
  type DestinationView,
  makeActivations,
  type Preview,
} from './activations.ts'
export { type AskedOfPeople, consentOf } from './asked-consent.ts'
export { missingAttributes } from './check.ts'
export type { Refreshed } from './cut.ts'
export {
  type ActivationBody,
  type Attribute,
  activationSchema,
  type DestinationBody,
  destinationSchema,
  ownColumns,
} from './definition.ts'
export {
  type Batch,
  calledBy,
  type DeliveryTools,
  type Destination,
  defineDestination,
  type Outcome,
  type OutFolders,
  type PayloadRow,
  type PayloadValue,
} from './destination.ts'
export { destinations } from './destinations/index.ts'
export { activationFaults } from './faults.ts'
export { type Foresight, refusalsOf } from './foresee.ts'
export type { DeliveryState } from './kept.ts'
export { activationKinds } from './kinds.ts'
export { nodesOfActivations, refresherOfActivations } from './nodes.ts'
export { activationMigrations, type Ledger } from './records.ts'
export { activationRoutes } from './routes.ts'
export { prepareActivation } from './tables.ts'
export { type Patience, usualPatience, type Work } from './work.ts'
