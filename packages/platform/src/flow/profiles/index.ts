export type {
  ContactPoint,
  FoundProfiles,
  Group,
  Profile,
  ProfileSummary,
  ProfileValue,
  Timeline,
  TimelineEvent,
  Who,
} from './api.ts'
export { profileFaults } from './faults.ts'
export type { Page } from './find.ts'
export { firstKey, type Identified, makeIdentified } from './identified.ts'
export type { AskedIdentifier, Identifier } from './identifiers.ts'
export { makeProfiles, type Profiles } from './profiles.ts'
export { profileRoutes } from './routes.ts'
export type { ProfileTools } from './scene.ts'
export type { SentBy, SentMessage, SentPage, SentPlace } from './sent.ts'
export type { TimelinePage } from './timeline.ts'
export { keptWithin } from './within.ts'
