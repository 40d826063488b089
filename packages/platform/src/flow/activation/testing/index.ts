export { atEase, describeDestination, type Scene, sampleBatch } from './destination-contract.ts'
