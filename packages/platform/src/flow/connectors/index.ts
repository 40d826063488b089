export {
  type Batch,
  type Connector,
  type ConnectorParts,
  defineConnector,
  type Listing,
  type Offer,
  type ReachingTools,
  type Reading,
  type ReceivedField,
  type Receives,
} from './connector.ts'
export { type Connectors, type ConnectorTools, makeConnectors } from './connectors.ts'
export { connectorFaults } from './faults.ts'
export { type Peek, peek } from './peek.ts'
export { type FilesOut, writeToBucket } from './sources/s3/write.ts'
export { writeToHost } from './sources/sftp/write.ts'
export { openSpool, type Spool, type Spooled } from './spool.ts'
export type { Column, CsvFile, JsonFile, ParquetFile, SpooledFile } from './spooled-file.ts'
