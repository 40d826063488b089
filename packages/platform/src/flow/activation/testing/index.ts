export { describeDestination, type Scene, sampleBatch } from './destination-contract.ts'
