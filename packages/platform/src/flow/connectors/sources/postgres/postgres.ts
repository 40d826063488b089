import { type Connector, defineConnector, type ReachingTools } from '../../connector.ts'
import { type BatchLimits, usualLimits } from '../sql/batches.ts'
import { offersOf } from '../sql/offers.ts'
import { readSql } from '../sql/read.ts'
import { postgresDefinition } from './definition.ts'
import { openPostgres } from './session.ts'

/** Reads tables, views and queries of a PostgreSQL database. */
export function makePostgres(tools: ReachingTools, limits: BatchLimits = usualLimits): Connector {
  return defineConnector({
    ...postgresDefinition,
    list: ({ settings, signal }) => offersOf(() => openPostgres(tools, { settings, signal })),
    read: ({ settings, ...reading }) =>
      readSql({
        ...reading,
        at: `${settings.host}:${settings.port ?? 5432}`,
        open: () =>
          openPostgres(tools, { settings, signal: reading.signal, fetchRows: limits.rows }),
        clock: tools.clock,
        limits,
      }),
  })
}
