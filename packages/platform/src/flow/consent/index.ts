export { askConsent, consentGround, type KnownConsent, type Reached, whyNotReached } from './ask.ts'
export { allows, type ConsentAsked, type ConsentQuestion, standings } from './definition.ts'
export { standingOfAddresses, standingOfPeople, standingOfPoints } from './standing.ts'
export { type ConsentGround, consentField, consentObjects, pointOf } from './statements.ts'
