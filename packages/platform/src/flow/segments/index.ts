export type {
  CountAnswer,
  Member,
  MemberPage,
  PersonSummary,
  SegmentKeeping,
  SegmentOverview,
  SegmentSize,
  Stay,
  WhyAnswer,
  WhyNode,
} from './api.ts'
export { problemsOfMembership } from './check.ts'
export { compile, compileTogether, peopleOf as everyoneOf } from './compile.ts'
export {
  type Condition,
  conditionSchema,
  type Membership,
  membershipSchema,
  type Segment,
  type SegmentDefinition,
  segmentSchema,
} from './definition.ts'
export { segmentFaults } from './faults.ts'
export type { Ground, Instead } from './ground.ts'
export { needsOf, segmentKind, segmentsIn } from './kinds.ts'
export { summaryFrom, summaryOf } from './members.ts'
export { type Publication, type Published, publish, sweepSegments } from './publish.ts'
export {
  type Looked,
  memberPositions,
  type PublishedAmong,
  publishAmong,
  type Written,
} from './publish-among.ts'
export { mostTogether } from './publish-first.ts'
export { segmentMigrations } from './records.ts'
export { segmentRoutes } from './routes.ts'
export { askOwned } from './rows.ts'
export {
  groundOf,
  type KnownToSegments,
  makeSegments,
  type Segments,
  type SegmentTools,
  segmentRelation,
} from './segments.ts'
export { type Fields, isUnified, type Subjects, subjectsOf } from './subjects.ts'
export {
  historyTable,
  memberTable,
  mergedTable,
  personTable,
  prepareSegments,
  stateTable,
} from './tables.ts'
export { saysOf } from './why-words.ts'
export {
  askedPublish,
  asksTheClock,
  scheduledAsOf,
  segmentNodes,
  segmentRefresher,
  valuesAsked,
} from './work.ts'
