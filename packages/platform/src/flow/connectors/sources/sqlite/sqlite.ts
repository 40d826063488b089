import type { Clock } from '#kernel/clock.ts'
import { type Connector, defineConnector } from '../../connector.ts'
import { connectorFaults } from '../../faults.ts'
import { type FilesTools, folderOpener } from '../files/folder.ts'
import { type BatchLimits, usualLimits } from '../sql/batches.ts'
import { offersOf } from '../sql/offers.ts'
import { readSql } from '../sql/read.ts'
import { type SqliteSettings, sqliteDefinition } from './definition.ts'
import { findDatabase } from './place.ts'
import { openSqlite } from './session.ts'
import { troubleOf } from './trouble.ts'

/** What the connector for SQLite is given: folders, as that for files, and the time. */
export interface SqliteTools extends FilesTools {
  readonly clock: Clock
}

const mostRows = 2000

/** Reads tables, views and queries of a SQLite file of this machine. */
export function makeSqlite(tools: SqliteTools, limits: BatchLimits = usualLimits): Connector {
  const openFolder = folderOpener(tools)
  const open = async (settings: SqliteSettings, signal: AbortSignal) => {
    const at = settings.file
    const troubles = {
      refused: (refusal: Parameters<typeof troubleOf>[0]) => troubleOf(refusal, at),
      ended: () => connectorFaults.connection_lost({ at, why: 'the process that reads it ended' }),
    }
    const path = await findDatabase(openFolder, settings)
    return openSqlite({ path, signal, troubles, fetchRows: Math.min(mostRows, limits.rows) })
  }
  return defineConnector({
    ...sqliteDefinition,
    list: ({ settings, signal }) => offersOf(() => open(settings, signal)),
    read: ({ settings, ...reading }) =>
      readSql({
        ...reading,
        at: settings.file,
        open: () => open(settings, reading.signal),
        clock: tools.clock,
        limits,
      }),
  })
}
