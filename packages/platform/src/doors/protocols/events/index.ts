export { makeEventsFront } from './events.ts'
