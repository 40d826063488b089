export { loggedCollect } from './logged-collect.ts'
export { openDoor } from './open-door.ts'
export { busy, type Kept, type OpenWire, openWire, trouble } from './open-wire.ts'
