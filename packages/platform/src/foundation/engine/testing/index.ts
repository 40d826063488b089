export { describeEngine } from './engine-contract.ts'
export { memoryEngine } from './memory-engine.ts'
