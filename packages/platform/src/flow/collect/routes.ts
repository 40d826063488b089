import { list, number, object } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import {
  adopt,
  intakeState,
  newWriteKey,
  parkedKey,
  seenEvent,
  tailQuery,
  writeKey,
  writeKeyParams,
} from './api.ts'
import { type Collecting, parkedMs } from './collecting.ts'

const common = { tag: 'events', may: 'read' } as const

/** The HTTP face of collecting. Events themselves come in through the wires. */
export const collectRoutes = (collecting: Collecting): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/write-keys',
    summary: 'The keys that senders of events use',
    answer: list(writeKey),
    run: () => collecting.keys.list(),
  }),
  route({
    ...common,
    may: 'write',
    method: 'POST',
    path: '/write-keys',
    summary: 'Make a write key for a connection of events',
    body: newWriteKey,
    answer: writeKey,
    run: ({ body, caller }) => collecting.keys.create(caller, body),
  }),
  route({
    ...common,
    may: 'write',
    method: 'DELETE',
    path: '/write-keys/:key',
    summary: 'Close a write key; what comes with it from now on is parked, not lost',
    params: writeKeyParams,
    run: ({ params, caller }) => collecting.keys.close(caller, params.key),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/events',
    summary: 'The events that came last, newest first; waits for one when asked to',
    query: tailQuery,
    answer: list(seenEvent),
    run: ({ query: { limit = 100, wait = 0, after, ...filter }, signal }) =>
      collecting.watch(filter, {
        limit,
        signal,
        waitMs: wait * 1000,
        ...(after === undefined ? {} : { after }),
      }),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/intake',
    summary: 'How the way in is doing: the log, and how far the lake is behind it',
    answer: intakeState,
    run: async () => stateOf(collecting),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/parked',
    summary: 'What came with write keys that open nothing, or for streams that do not receive',
    answer: list(parkedKey),
    run: async () =>
      (await collecting.parked()).map(
        ({ writeKey: key, stream, count, firstAt, lastAt, examples }) => ({
          write_key: key,
          stream,
          count,
          first_at: firstAt,
          last_at: lastAt,
          goes_at: new Date(Date.parse(firstAt) + parkedMs).toISOString(),
          examples,
        }),
      ),
  }),
  route({
    ...common,
    may: 'admin',
    method: 'POST',
    path: '/parked/adopt',
    summary: 'Give what is parked to the connection or the stream it was meant for',
    body: adopt,
    answer: object({
      adopted: number(),
      duplicates: number({ description: 'Those that had come before.' }),
      rejected: number({
        description: 'Those that are among the rejected records of their stream now.',
      }),
    }),
    run: ({ body, caller }) =>
      collecting.adopt(caller, {
        writeKey: body.write_key,
        stream: body.stream ?? '',
        connection: body.connection,
        keepKey: body.keep_key ?? true,
      }),
  }),
]

function stateOf(collecting: Collecting) {
  const { log, lake } = collecting.figures()
  return {
    log: {
      head: log.head,
      bytes: log.bytes,
      waiting_bytes: log.waitingBytes,
      ids_known: log.ids.known,
      ids_memory_bytes: log.ids.memoryBytes,
      ids_disk_bytes: log.ids.diskBytes,
      ...(log.lastError ? { trouble: log.lastError.say } : {}),
    },
    lake: {
      position: lake.position,
      behind: Math.max(0, log.head - lake.position),
      rounds: lake.rounds,
      ...(lake.lastRound
        ? { last_round_ms: lake.lastRound.ms, last_round_lines: lake.lastRound.lines }
        : {}),
      ...(lake.trouble === undefined ? {} : { trouble: lake.trouble }),
    },
  }
}
