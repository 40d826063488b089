export { type App, type AppParts, makeApp } from './app.ts'
export { serverFaults } from './faults.ts'
export { listen } from './listen.ts'
export { openApiOf } from './open-api.ts'
