import type { StreamOverview } from '@tessera/platform/contract'
import { arrange, type ListOf } from '../../lib/listing.ts'
import type { StreamSort, StreamsAddress } from './address.ts'

/** How streams are searched and sorted. */
export const streamList: ListOf<StreamOverview, StreamSort> = {
  text: ({ label, key, connection }) => `${label} ${key} ${connection}`,
  by: {
    name: ({ label }) => label,
    connection: ({ connection }) => connection,
    rows: ({ rows }) => rows,
    received: ({ ledger }) => ledger.received,
    rejected: ({ ledger }) => ledger.rejected,
    last_run: ({ last_run }) => last_run?.started_at ?? '',
  },
  usual: 'name',
  newestFirst: ['last_run'],
}

/** The streams that an address asks for, in its order. */
export const chooseStreams = (
  streams: readonly StreamOverview[],
  address: StreamsAddress,
): readonly StreamOverview[] =>
  arrange(streams, address, streamList).filter(
    (stream) =>
      (address.connection === undefined || stream.connection === address.connection) &&
      (address.category === undefined || stream.category === address.category),
  )
