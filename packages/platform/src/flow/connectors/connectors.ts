import { didYouMean } from '#kernel/near.ts'
import type { Connector, ReachingTools } from './connector.ts'
import { connectorFaults } from './faults.ts'
import { makeEvents } from './sources/events/events.ts'
import { makeFiles } from './sources/files/files.ts'
import type { FilesTools } from './sources/files/folder.ts'
import { makeHttp } from './sources/http/http.ts'
import { makeIngestApi } from './sources/ingest_api/ingest-api.ts'
import { makeKafka } from './sources/kafka/kafka.ts'
import { makeMysql } from './sources/mysql/mysql.ts'
import { makePostgres } from './sources/postgres/postgres.ts'
import { makeS3 } from './sources/s3/s3.ts'
import { makeSftp } from './sources/sftp/sftp.ts'
import { makeSqlite } from './sources/sqlite/sqlite.ts'
import { makeUploads } from './sources/uploads/uploads.ts'
import { makeWebhook } from './sources/webhook/webhook.ts'

/** Everything that any connector needs. */
export interface ConnectorTools extends FilesTools, ReachingTools {
  /** Where files that people send are kept. */
  readonly uploadsFolder: string
}

/** The connectors there are. */
export interface Connectors {
  readonly list: () => readonly Connector[]
  readonly get: (key: string) => Connector
}

/** Makes all connectors; a new one is a line here and one in `definition.ts`. */
export function makeConnectors(tools: ConnectorTools): Connectors {
  const all = [
    makeFiles(tools),
    makeUploads(tools.uploadsFolder),
    makeEvents(),
    makeWebhook(),
    makeIngestApi(),
    makeHttp(tools),
    makeKafka(tools),
    makePostgres(tools),
    makeMysql(tools),
    makeSqlite(tools),
    makeS3(tools),
    makeSftp(tools),
  ]
  return {
    list: () => all,
    get: (key) => {
      const found = all.find((connector) => connector.key === key)
      if (found) return found
      const keys = all.map((connector) => connector.key)
      throw connectorFaults.unknown_connector({ key, near: didYouMean(key, keys) })
    },
  }
}
