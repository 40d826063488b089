import type { Engine } from '#engine'
import { object, text } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import {
  importAnswer,
  importQuery,
  type Machine,
  machineAnswer,
  newSender,
  runBody,
  runStarted,
  type SettingAnswer,
  type Summary,
  senderAnswer,
  settingsAnswer,
  summary,
} from './api.ts'
import { runFaults } from './faults.ts'
import { type ImportTools, importFile } from './import.ts'
import type { Runs } from './run.ts'
import { addSender, type SenderTools } from './sender.ts'

const tag = 'runs'

/** The HTTP face of runs. */
export const runRoutes = (of: {
  readonly runs: Runs
  readonly imports: ImportTools
  readonly senders: SenderTools
  readonly backups: { readonly start: () => Promise<string> }
  readonly summarise: () => Promise<Summary>
  /** What runs and waits in the engine, by lane. */
  readonly pressure: Engine['pressure']
  readonly machine: () => Promise<Machine>
  readonly settings: () => readonly SettingAnswer[]
}): readonly Route[] => [
  route({
    method: 'POST',
    path: '/run',
    summary:
      'Refresh what is stale and due, everything stale, or these nodes; answers with the job to follow',
    tag,
    may: 'write',
    body: runBody,
    answer: runStarted,
    run: async ({ body: { nodes, all } }) => {
      if (all && nodes) throw runFaults.all_or_nodes({}, { at: 'all' })
      return { job: await of.runs.start(all ? 'all' : nodes) }
    },
  }),
  route({
    method: 'GET',
    path: '/summary',
    summary: 'The whole flow in a few figures',
    tag,
    may: 'read',
    answer: summary,
    run: () => of.summarise(),
  }),
  route({
    method: 'GET',
    path: '/pressure',
    summary: 'What runs and what waits in the engine, by lane',
    tag,
    may: 'read',
    run: async () => of.pressure(),
  }),
  route({
    method: 'GET',
    path: '/machine',
    summary: 'What is left of memory and disk, and what the data folder takes of them',
    tag,
    may: 'read',
    answer: machineAnswer,
    run: () => of.machine(),
  }),
  route({
    method: 'GET',
    path: '/settings',
    summary: 'All settings of the server, with where their values come from',
    tag,
    may: 'admin',
    answer: settingsAnswer,
    run: async () => of.settings(),
  }),
  route({
    method: 'POST',
    path: '/senders',
    summary: 'Set up a sender of events: connection, streams, mappings and a write key',
    tag,
    may: 'write',
    body: newSender,
    answer: senderAnswer,
    run: ({ body, caller }) => addSender(of.senders, body, caller),
  }),
  route({
    method: 'POST',
    path: '/imports',
    summary: 'Take a file through the flow: schema inferred, mapping proposed, profiles made',
    tag,
    may: 'write',
    query: importQuery,
    takesStream: true,
    answer: importAnswer,
    run: ({ query, body, caller, signal }) =>
      // The server hands the body over unread for routes that take a stream.
      importFile(of.imports, {
        ...query,
        content: body as unknown as AsyncIterable<Uint8Array>,
        caller,
        signal,
      }),
  }),
  route({
    method: 'POST',
    path: '/backups',
    summary: 'Write everything to a folder, as of one moment',
    tag,
    may: 'admin',
    answer: object({ job: text() }),
    run: async () => ({ job: await of.backups.start() }),
  }),
]
