import type { Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { grouped, tableOf } from '../table.ts'

interface ParkedKey {
  readonly write_key: string
  readonly stream: string
  readonly count: number
  readonly first_at: string
  readonly last_at: string
  readonly goes_at: string
}

/** Shows events whose write key opens nothing, or gives them to the connection they were meant for. */
export const parked: Command = {
  name: 'parked',
  takes: '',
  about: 'Show events whose write key opens nothing; adopt them',
  options: {
    adopt: { type: 'string', about: 'The write key whose events are to be adopted; "" for none' },
    stream: { type: 'string', about: 'The stream whose events are to go back to it' },
    connection: { type: 'string', about: 'The connection of events that they were meant for' },
  },
  run: async (call, { client, out }) => {
    const { adopt, connection, stream } = call.options
    const tessera = await client()
    if (typeof adopt === 'string' || typeof stream === 'string') {
      if (typeof stream !== 'string' && typeof connection !== 'string')
        throw cliFaults.bad_option({ why: '--adopt needs --connection' })
      const body =
        typeof stream === 'string' ? { write_key: '', stream } : { write_key: adopt, connection }
      const answer = (await tessera.call('POST', '/parked/adopt', { body })) as {
        adopted: number
        duplicates: number
        rejected: number
      }
      return out.print(
        out.isJson
          ? JSON.stringify(answer)
          : `${grouped(answer.adopted)} events adopted, ${grouped(answer.duplicates)} had come before, ${grouped(answer.rejected)} were rejected`,
      )
    }
    const keys = (await tessera.call('GET', '/parked')) as readonly ParkedKey[]
    if (out.isJson) return out.print(JSON.stringify(keys, null, 2))
    out.print(keys.length === 0 ? 'nothing is parked' : tableOfKeys(keys))
  },
}

const tableOfKeys = (keys: readonly ParkedKey[]) =>
  tableOf(
    [
      { title: 'write key' },
      { title: 'stream' },
      { title: 'events', align: 'right' },
      { title: 'first' },
      { title: 'last' },
      { title: 'goes' },
    ],
    keys.map((of) => [of.write_key, of.stream, of.count, of.first_at, of.last_at, of.goes_at]),
  )
