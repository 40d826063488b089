export type { Alert, StreamHours } from './api.ts'
export { type Arrivals, type ArrivalTools, makeArrivals } from './arrivals.ts'
export { arrivalFaults } from './faults.ts'
export { arrivalRoutes } from './routes.ts'
