export { agreementName } from './agreement.ts'
export type { Links } from './average-link.ts'
export { type BlockReport, limitOf } from './blocks.ts'
export {
  type Clustering,
  clusterPairs,
  usualClustering,
  usualThreshold,
} from './clustering.ts'
export type { Learned } from './definition.ts'
export { doubtsAbout } from './doubts.ts'
export { matchingFaults } from './faults.ts'
export { patternWeight, probabilityOf, weightOf } from './learn.ts'
export {
  countBlocks,
  type Matching,
  type Model,
  matchingSteps,
  withBlockKeys,
  withMatching,
  withModel,
} from './matching.ts'
export type { Measured, Threshold } from './measure.ts'
export { nicknamePairs } from './nicknames.ts'
export { type Held, hold, makePassing } from './passing.ts'
export { digitsOfPattern } from './patterns.ts'
export type { ColumnProfile, RecordsProfile } from './profile.ts'
export { type Proposal, proposeSettings } from './propose.ts'
export { bCubed, quality, share } from './rating.ts'
export type { Beside, Records } from './records.ts'
export type { Sampling } from './sample.ts'
export type { Fall, Waterfall } from './waterfall.ts'
