import type {
  activationAnswer,
  deadAnswer,
  deliveryAnswer,
  destinationAnswer,
  destinationTypesAnswer,
  previewAnswer,
  reachedAnswer,
  testedAnswer,
} from '#activation/api'
import type { castBody } from '#arrivals/api'

export type { MadeToken, NewToken, Token } from '#access/api'
export type { AuditEntry } from '#audit/api'

import type { intakeState, parkedKey, seenEvent, writeKey } from '#collect/api'
import type { changedAnswer, definitionAnswer, planAnswer, versionAnswer } from '#definitions/api'
import type { graphAnswer, nodeAnswer } from '#graph/api'
import type { Read } from '#kernel/read.ts'
import type { staysAnswer } from '#segments/api'

export type {
  ActionView,
  FiringView,
  Ledger as ActionLedger,
  TriedAnswer as ActionTried,
} from '#actions/api'
export type {
  Alert,
  ConflictAnswer,
  EventWay,
  FieldConflict,
  FieldDifference,
  LakeDifference,
  ModelDifference,
  NewReplay,
  Replay,
  RetryAnswer,
  RetryResult,
  StreamHours,
  WayStep,
} from '#arrivals/api'
export type {
  AnsweredCondition,
  DecisionOverview,
  DecisionTried,
  Recorded as DecisionRecorded,
  Report as DecisionReport,
} from '#decisions/api'
export type {
  Decision,
  Explanation,
  LinkBody,
  ModelStatus as MatchModelStatus,
  ProfileChange,
  ProfileGraph,
  RecordName,
  Review,
  ReviewItem,
  RuleResult,
  RulesetStatus,
  Run as IdentityRun,
  SettleBody,
  SimulateBody,
  SimulatedLink,
  Simulation,
  Sizes as ProfileSizes,
  Thresholds,
  ThresholdsBody,
  UnlinkBody,
  WaterfallAnswer as Waterfall,
  WithdrawBody,
} from '#identity/api'
export type {
  BehindAnswer as InsightRowsBehind,
  BehindRow as InsightRowBehind,
  Comparison as InsightComparison,
  InsightOverview,
  InsightValues,
  LineageAnswer as InsightLineage,
  Preview as InsightPreview,
  TemplateOverview as InsightTemplate,
} from '#insights/api'
export type { Job, Schedule } from '#jobs/api'
export type { FieldType } from '#kernel/scalar.ts'
export type { LiveAnswer } from '#live/api'
export type { MappingPreview, MappingProposal } from '#mappings/api'
export type {
  ContactPoint,
  FoundProfiles,
  Group,
  Origin,
  Profile,
  ProfileSummary,
  ProfileValue,
  Related,
  RelatedRow,
  Relations as CustomerRelations,
  Tie,
  Timeline,
  TimelineEvent,
  Who,
} from '#profiles/api'
export type { QueryAnswer, QueryFunctions, Relations } from '#query/api'
export type {
  ImportAnswer,
  Machine,
  NewSender,
  RunResult,
  RunStep,
  SenderAnswer,
  SettingAnswer,
  Summary,
} from '#runs/api'
export type {
  ChangesAnswer as SegmentChanges,
  CountAnswer,
  EvidenceRow,
  MemberChange,
  MemberPage,
  MembershipFound,
  OverlapAnswer,
  OverlapBody,
  PersonSummary,
  RankFound,
  Region,
  SegmentOverview,
  SegmentSize,
  Stay,
  SubjectsAnswer,
  WaterfallFound,
  WhyAnswer,
  WhyBody,
  WhyNode,
} from '#segments/api'
export type {
  ConnectorView,
  RejectedRecord,
  SourceLook,
  StreamOverview,
  StreamRun,
  TriedConnection,
} from '#streams/api'
export type { TickStatus } from '#tick/api'

/** Everything derived, with its state and what it is made from. */
export type GraphAnswer = Read<typeof graphAnswer>

/** One derived thing. */
export type GraphNode = Read<typeof nodeAnswer>

/** An activation with its ledger. */
export type Activation = Read<typeof activationAnswer>

/** One batch on its way to a destination. */
export type Delivery = Read<typeof deliveryAnswer>

/** What was given up for one reason. */
export type DeadReason = Read<typeof deadAnswer>

/** A destination with what it promises and how it is doing. */
export type Destination = Read<typeof destinationAnswer>

/** What a test of the connection to a destination has found. */
export type DestinationTested = Read<typeof testedAnswer>

/** The types of destination, with the schemas of their settings. */
export type DestinationTypes = Read<typeof destinationTypesAnswer>

/** What an activation would send. */
export type ActivationPreview = Read<typeof previewAnswer>

/** Who was sent by an activation or is held back, a page of them. */
export type ActivationPeople = Read<typeof reachedAnswer>

/** Which segments somebody is in, and was in. */
export type Stays = Read<typeof staysAnswer>

/** An event as it was seen at the door, with what became of it. */
export type SeenEvent = Read<typeof seenEvent>

/** How the way in is doing. */
export type IntakeState = Read<typeof intakeState>

/** What opens a connection of events to a sender. */
export type WriteKey = Read<typeof writeKey>

/** What is parked under a write key that opens nothing. */
export type ParkedKey = Read<typeof parkedKey>

/** The type that a field is given. */
export type CastBody = Read<typeof castBody>

/** Something that a user defined. */
export type DefinitionAnswer = Read<typeof definitionAnswer>

/** What a definition once was. */
export type DefinitionVersion = Read<typeof versionAnswer>

/** What definition files would change, and everything that speaks against it. */
export type DefinitionPlan = Read<typeof planAnswer>

/** A change of definitions that was made, if anything had to be changed. */
export type DefinitionChanged = Read<typeof changedAnswer>
