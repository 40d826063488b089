export { makeDecisionsFront } from './decisions-wire.ts'
