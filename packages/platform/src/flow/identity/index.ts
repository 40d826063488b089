export type {
  Decision,
  Explanation,
  Measure,
  ProfileChange,
  ProfileGraph,
  RecordName,
  Review,
  RuleResult,
  RulesetStatus,
  Run,
  Truth,
} from './api.ts'
export { makeAskedRuns } from './asked-runs.ts'
export { decisiveObjects } from './changed.ts'
export { problemsOfRuleset } from './check.ts'
export { cleanRows } from './clean.ts'
export { rootOf, unite } from './clusters.ts'
export { clusterUnder, type Tie, type Verdict } from './constrained.ts'
export type { Recorder } from './decide.ts'
export { defaultRulesetRoutes } from './default-routes.ts'
export {
  addressOf,
  choiceFor,
  cleanStreams,
  type Identifier,
  isCapping,
  largestBlock,
  type MatchRule,
  mostRecords,
  mostValues,
  type Ruleset,
  type RulesetDefinition,
  type Subject,
} from './definition.ts'
export { identityFaults } from './faults.ts'
export { type Form, formOf } from './forms.ts'
export { isPlaceholderIn } from './guards.ts'
export { type Identity, type IdentityTools, makeIdentity, type RunOptions } from './identity.ts'
export { matchModelKind, rulesetKind, rulesetsIn } from './kinds.ts'
export { type Fresh, ownFreshRows } from './live-owners.ts'
export { modelMemory } from './model-memory.ts'
export { makeMatchModels } from './models.ts'
export { identityNode, identityNodeKind, identityNodes, refreshIdentity } from './nodes.ts'
export { cleaned, searchWords, tidied } from './normalise.ts'
export {
  besideOthers,
  blockedOf,
  type Compared,
  comparedBy,
  comparedValues,
  decidedPairs,
  halvesOf,
  heldSteps,
  isPhone,
  keyedText,
  keysOf,
  kindsHeld,
  lastDecided,
  lookedUpBy,
  namesOfHeld,
  settledValue,
  slotOfOne,
  valuesOfOne,
} from './one.ts'
export { type PhoneTidier, readyPhone } from './phone-one.ts'
export { phones } from './phones.ts'
export { identityMigrations } from './records.ts'
export {
  type UnifiedColumn,
  type UnifiedRelation,
  unifiedColumns,
  unifiedRelations,
  unifiedSubjects,
} from './relations.ts'
export {
  askedRunRoutes,
  identityRoutes,
  matchModelRoutes,
  simulationRoutes,
} from './routes.ts'
export type { RunResult } from './run.ts'
export type { ForetellSegments, Foretold } from './simulate.ts'
export type { SegmentForecast, Simulation } from './simulate-api.ts'
export { makeSimulations } from './simulations.ts'
export {
  changeTable,
  evidenceTable,
  fromColumn,
  linkTable,
  prepareUnified,
  publishedPosition,
  publishedPositions,
  publishedTable,
  redirectTable,
  termTable,
  unifiedFields,
  unifiedTable,
} from './tables.ts'
