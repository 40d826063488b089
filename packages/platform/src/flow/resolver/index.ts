export type { ResolveBody, Resolved } from './api.ts'
export { resolverFaults } from './faults.ts'
export { makeResolver, type Resolver } from './resolver.ts'
export { resolverRoutes } from './routes.ts'
