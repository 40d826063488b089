export { type TickStatus, tickStatus } from './api.ts'
export { tickRoutes } from './routes.ts'
export { prepareTick } from './tables.ts'
export { makeTick, type Tick, type TickIdentity, type TickTools } from './tick.ts'
