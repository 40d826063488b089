export { type CliTools, runCli } from './cli.ts'
export { httpClient, inProcessClient, tokenIn } from './client.ts'
export type { Client, Serving } from './command.ts'
export { cliFaults } from './faults.ts'
