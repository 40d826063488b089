export { type ConnectorWorld, describeConnector } from './connector-contract.ts'
export { makeFolder, makeSpool, putFile } from './folder.ts'
export { nowhere } from './nowhere.ts'
