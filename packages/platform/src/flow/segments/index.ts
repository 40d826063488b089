export type {
  CountAnswer,
  Member,
  MemberPage,
  PersonSummary,
  SegmentOverview,
  SegmentSize,
  Stay,
} from './api.ts'
export { problemsOfMembership } from './check.ts'
export { compile } from './compile.ts'
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
export type { Ground } from './ground.ts'
export { needsOf, segmentKind, segmentsIn } from './kinds.ts'
export { type Publication, type Published, publish, sweepSegments } from './publish.ts'
export { segmentMigrations } from './records.ts'
export { segmentRoutes } from './routes.ts'
export {
  type KnownToSegments,
  makeSegments,
  type Segments,
  type SegmentTools,
  segmentRelation,
} from './segments.ts'
export { type Fields, type Subjects, subjectsOf } from './subjects.ts'
export { historyTable, memberTable, prepareSegments } from './tables.ts'
export { asksTheClock, segmentNodes, segmentRefresher } from './work.ts'
