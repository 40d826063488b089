import type { Connector, Connectors } from '#connectors'
import { defineKind, type Kind } from '#definitions'
import { asProblems, Fault, type Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { problemsOf } from '#kernel/read.ts'
import {
  type ConnectionDefinition,
  connectionSchema,
  type StreamDefinition,
  streamSchema,
} from './definition.ts'
import { streamFaults } from './faults.ts'
import { problemWithContract } from './live.ts'

/** The kind of connections; their settings are checked by their connector. */
export const connectionKind = (connectors: Connectors): Kind<ConnectionDefinition> =>
  defineKind({
    kind: 'connection',
    label: 'Connection',
    schema: connectionSchema,
    sample: 'kind: connection\nkey: crm\nconnector: files\nsettings: { folder: crm }\n',
    check: ({ connector, settings }) => {
      try {
        return problemsOf(connectors.get(connector).settings, settings, 'settings')
      } catch (thrown) {
        if (thrown instanceof Fault) return asProblems(thrown, 'connector')
        throw thrown
      }
    },
  })

/** The kind of streams; `problemWithSchedule` says what is wrong with a cron expression. */
export const streamKind = (of: {
  connectors: Connectors
  problemWithSchedule: (cron: string) => string | undefined
}): Kind<StreamDefinition> =>
  defineKind({
    kind: 'stream',
    label: 'Stream',
    schema: streamSchema,
    sample:
      'kind: stream\nkey: crm_contacts\nconnection: crm\nsource: { path: contacts.csv }\nmode: upsert\nprimary_key: [id]\ncategory: profile\n',
    needs: ({ connection }) => [{ kind: 'connection', key: connection, at: 'connection' }],
    check: (stream, all) => {
      const problems: Problem[] = []
      const wrongContract = problemWithContract(stream)
      if (wrongContract instanceof Fault)
        problems.push(...asProblems(wrongContract, 'contract.schema'))
      const needsKey = stream.mode === 'upsert' || stream.mode === 'merge'
      if (needsKey && stream.primary_key === undefined) {
        problems.push(...streamFaults.no_key({ mode: stream.mode }, { at: 'primary_key' }).problems)
      }
      const wrong =
        stream.schedule === undefined ? undefined : of.problemWithSchedule(stream.schedule)
      if (wrong !== undefined)
        problems.push({ code: 'kernel.unreadable', at: 'schedule', say: wrong })
      const connection = all.find<ConnectionDefinition>('connection', stream.connection)
      if (!connection) {
        const near = didYouMean(
          stream.connection,
          all.list('connection').map(({ key }) => key),
        )
        problems.push(
          ...streamFaults.unknown_connection(
            { connection: stream.connection, near },
            { at: 'connection' },
          ).problems,
        )
        return problems
      }
      const connector = of.connectors.list().find(({ key }) => key === connection.body.connector)
      if (!connector) return problems
      problems.push(...problemsOf(connector.source, stream.source, 'source'))
      return [...problems, ...wayProblems(stream, connector)]
    },
  })

/** What only makes sense for streams that receive, or only for those that are read. */
function wayProblems(stream: StreamDefinition, connector: Connector): readonly Problem[] {
  const { mode, primary_key: key } = stream
  const receives = connector.receives !== undefined
  const wrongMode = receives ? mode === 'full' : mode === 'merge'
  return [
    ...(wrongMode ? streamFaults.wrong_mode({ mode, receives }, { at: 'mode' }).problems : []),
    ...(receives && stream.schedule !== undefined
      ? streamFaults.not_read({ what: 'schedule' }, { at: 'schedule' }).problems
      : []),
    ...(stream.same_file !== undefined && (mode !== 'append' || key !== undefined)
      ? streamFaults.no_copies(
          { has: mode === 'append' ? 'a primary_key' : `mode ${mode}` },
          { at: 'same_file' },
        ).problems
      : []),
    ...(stream.same_file !== undefined && receives
      ? streamFaults.not_read({ what: 'same_file' }, { at: 'same_file' }).problems
      : []),
  ]
}
