export { tickRoutes } from './routes.ts'
export { prepareTick } from './tables.ts'
export { makeTick, type Tick } from './tick.ts'
