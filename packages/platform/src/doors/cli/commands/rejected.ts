import type { Client, Command, Out } from '../command.ts'
import { grouped, tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

interface Rejected {
  readonly id?: string
  readonly file: string
  readonly record: number
  readonly reason: string
  readonly raw: string
  readonly taken_at: string
}

interface Retried {
  readonly results: readonly { id: string; status: string; reason?: string }[]
  readonly left: number
}

/** Shows records that could not be taken, or tries them again. */
export const rejected: Command = {
  name: 'rejected',
  takes: '<stream>',
  about: 'Show records that could not be taken, with the reason; try them again',
  options: {
    retry: { type: 'boolean', about: 'Try them again as they are: after a contract was changed' },
    contains: { type: 'string', about: 'Only records that hold this text' },
    limit: { type: 'string', about: 'How many to show; 20 unless given' },
  },
  run: async (call, { client, out }) => {
    const path = `/streams/${encodeURIComponent(wordOf(rejected, call))}/rejected`
    const { contains, limit = 20 } = call.options
    const tessera = await client()
    if (call.options['retry'] === true)
      return tryAgain(tessera, out, {
        path,
        body: { all: true, ...(contains ? { contains } : {}) },
      })
    const query = { limit: Number(limit), contains }
    const found = (await tessera.call('GET', path, { query })) as readonly Rejected[]
    if (out.isJson) return out.print(JSON.stringify(found, null, 2))
    out.print(found.length === 0 ? 'nothing was rejected' : tableOfRejected(found))
  },
}

const tableOfRejected = (found: readonly Rejected[]) =>
  tableOf(
    [
      { title: 'file' },
      { title: 'record', align: 'right' },
      { title: 'reason' },
      { title: 'as it came' },
    ],
    found.map(({ file, record, reason, raw }) => [file, record, reason, raw.slice(0, 100)]),
  )

async function tryAgain(
  tessera: Client,
  out: Out,
  { path, body }: { path: string; body: unknown },
): Promise<void> {
  const answer = (await tessera.call('POST', `${path}/retry`, { body })) as Retried
  if (out.isJson) return out.print(JSON.stringify(answer, null, 2))
  const refused = answer.results.filter(({ status }) => status === 'rejected')
  const reasons = Map.groupBy(refused, ({ reason = '' }) => reason)
  out.print(
    [
      `${grouped(answer.results.length - refused.length)} of ${grouped(answer.results.length)} taken; ${grouped(answer.left)} are on the list now`,
      ...[...reasons].map(([reason, of]) => `  ${grouped(of.length)} × ${reason}`),
    ].join('\n'),
  )
}
