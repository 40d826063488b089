import type { Command } from '../command.ts'
import { tableOfRecords } from '../table.ts'
import { wordOf } from '../words.ts'

interface Answer {
  readonly columns: readonly { name: string; type: string }[]
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly truncated?: boolean
}

/** Asks the model in SQL. */
export const query: Command = {
  name: 'query',
  takes: '"<sql>"',
  about: 'Ask the model in SQL',
  options: { limit: { type: 'string', about: 'Most rows to show; 1000 unless given' } },
  run: async (call, { client, out }) => {
    const sql = wordOf(query, call)
    const limit =
      call.options['limit'] === undefined ? {} : { limit: Number(call.options['limit']) }
    const answer = (await (
      await client()
    ).call('POST', '/query', { body: { sql, ...limit } })) as Answer
    if (out.isJson) return out.print(JSON.stringify(answer, null, 2))
    out.print(answer.rows.length === 0 ? 'no rows' : tableOfRecords(answer.rows))
    if (answer.truncated) out.print('... and more; --limit shows them')
  },
}
