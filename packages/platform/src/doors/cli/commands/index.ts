import type { Command } from '../command.ts'
import { actionCancel, actionFirings, actionRetry, actions, actionTry } from './actions.ts'
import { activationPeople } from './activation-people.ts'
import { activationPreview } from './activation-preview.ts'
import {
  activationConfirm,
  activations,
  deliveries,
  deliveriesCancel,
  deliveriesRetry,
  destinationTest,
} from './activations.ts'
import { alerts } from './alerts.ts'
import { backup } from './backup.ts'
import { config } from './config.ts'
import { conflicts } from './conflicts.ts'
import { decide, decisionReport, decisions } from './decisions.ts'
import { demo } from './demo.ts'
import { events } from './events.ts'
import { identityDecisions, identityLink, identityUnlink } from './identity.ts'
import { identityChanges } from './identity-changes.ts'
import { identityDefaults } from './identity-defaults.ts'
import { identityExplain, identityGraph } from './identity-explain.ts'
import { identityLabel, identityLabels, identitySample } from './identity-labels.ts'
import { identityMeasure } from './identity-measure.ts'
import { identityResolve } from './identity-resolve.ts'
import { identityReview, identitySettle } from './identity-review.ts'
import { identityRun } from './identity-run.ts'
import { identityRuns } from './identity-runs.ts'
import { identitySimulate } from './identity-simulate.ts'
import { identitySizes, identityStatus } from './identity-status.ts'
import { importFile } from './import.ts'
import { init } from './init.ts'
import { insightPreview, insightQuery, insightSql } from './insight-query.ts'
import { insightAdd, insightRows, insights } from './insights.ts'
import { ledger } from './ledger.ts'
import { liveProfile } from './live-profile.ts'
import { identityModel, identityModels, identityPropose, identityTrain } from './match-model.ts'
import { parked } from './parked.ts'
import { apply, plan } from './plan.ts'
import { profile } from './profile.ts'
import { query } from './query.ts'
import { rejected } from './rejected.ts'
import { replay } from './replay.ts'
import { restore } from './restore.ts'
import { run } from './run.ts'
import { secretSet } from './secret-set.ts'
import { segmentCount, segmentPublish, segmentSample, segmentSizes } from './segment-count.ts'
import { segmentChanges, segmentMembers, segmentOverlap, segments } from './segments.ts'
import { sender } from './sender.ts'
import { serve } from './serve.ts'
import { status } from './status.ts'
import { test } from './test.ts'
import { tokenCreate, tokenRevoke, tokens } from './tokens.ts'
import { changes, undo } from './undo.ts'
import { why } from './why.ts'

/** All commands, in the order a newcomer meets them. */
export const commands: readonly Command[] = [
  demo,
  importFile,
  sender,
  events,
  ledger,
  alerts,
  rejected,
  conflicts,
  parked,
  replay,
  init,
  plan,
  apply,
  test,
  run,
  status,
  query,
  profile,
  liveProfile,
  decisions,
  decide,
  decisionReport,
  why,
  segments,
  segmentMembers,
  segmentChanges,
  segmentOverlap,
  segmentSizes,
  segmentCount,
  segmentSample,
  segmentPublish,
  insights,
  insightRows,
  insightAdd,
  insightQuery,
  insightPreview,
  insightSql,
  actions,
  actionFirings,
  actionRetry,
  actionCancel,
  actionTry,
  activations,
  activationPreview,
  activationPeople,
  activationConfirm,
  deliveries,
  deliveriesRetry,
  deliveriesCancel,
  destinationTest,
  identityDefaults,
  identityStatus,
  identityExplain,
  identityGraph,
  identityLink,
  identityUnlink,
  identityDecisions,
  identityReview,
  identitySettle,
  identityMeasure,
  identitySizes,
  identitySample,
  identityLabel,
  identityLabels,
  identityPropose,
  identityTrain,
  identityModels,
  identityModel,
  identityRun,
  identityRuns,
  identityChanges,
  identitySimulate,
  identityResolve,
  serve,
  changes,
  undo,
  secretSet,
  tokens,
  tokenCreate,
  tokenRevoke,
  backup,
  restore,
  config,
]
