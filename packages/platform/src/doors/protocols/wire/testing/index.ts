export { loggedCollect } from './logged-collect.ts'
export { openDoor } from './open-door.ts'
export { type Kept, type OpenWire, openWire } from './open-wire.ts'
