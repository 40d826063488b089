import { type Connector, defineConnector, type ReachingTools } from '../../connector.ts'
import { type BatchLimits, usualLimits } from '../sql/batches.ts'
import { offersOf } from '../sql/offers.ts'
import { readSql } from '../sql/read.ts'
import { mysqlDefinition } from './definition.ts'
import { openMysql } from './session.ts'

/** Reads tables, views and queries of a MySQL or MariaDB database. */
export function makeMysql(tools: ReachingTools, limits: BatchLimits = usualLimits): Connector {
  return defineConnector({
    ...mysqlDefinition,
    list: ({ settings, signal }) => offersOf(() => openMysql(tools, { settings, signal })),
    read: ({ settings, ...reading }) =>
      readSql({
        ...reading,
        at: `${settings.host}:${settings.port ?? 3306}`,
        open: () => openMysql(tools, { settings, signal: reading.signal, fetchRows: limits.rows }),
        clock: tools.clock,
        limits,
      }),
  })
}
