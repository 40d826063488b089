export { describeEngine } from './engine-contract.ts'
export { folderEngine, memoryEngine } from './memory-engine.ts'
