import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { followJob } from '../follow.ts'
import { tableOf } from '../table.ts'
import { wordOf } from '../words.ts'
import { type RunAnswer, refuseFailed, textOf } from './run.ts'
import { type SummaryAnswer, summaryText } from './status.ts'

interface ImportAnswer {
  readonly job: string
  readonly stream: string
  readonly mapped: boolean
  readonly fields: readonly { name: string; type: string; fills: readonly string[] }[]
}

/** Takes a person's own file through the whole flow. */
export const importFile: Command = {
  name: 'import',
  takes: '<file>',
  about: 'Take your own file through the flow: schema inferred, mapping proposed, profiles made',
  options: {
    key: {
      type: 'string',
      about: 'What the stream is to be called; taken from the file name unless given',
    },
  },
  run: async (call, { client, out }) => {
    const file = wordOf(importFile, call)
    const found = await stat(file).catch(() => undefined)
    if (!found?.isFile()) throw cliFaults.no_such_file({ file })
    const tessera = await client()
    const key = typeof call.options['key'] === 'string' ? { key: call.options['key'] } : {}
    const answer = (await tessera.call('POST', '/imports', {
      query: { name: basename(file), ...key },
      stream: createReadStream(file),
    })) as ImportAnswer
    const result = (await followJob(tessera, out, answer.job)) as RunAnswer
    const summary = (await tessera.call('GET', '/summary')) as SummaryAnswer
    if (out.isJson) {
      out.print(JSON.stringify({ ...answer, result, summary }, null, 2))
      return refuseFailed(result)
    }
    out.print(`stream ${answer.stream}\n`)
    out.print(
      tableOf(
        [{ title: 'field' }, { title: 'type' }, { title: 'fills' }],
        answer.fields.map((f) => [f.name, f.type, f.fills.join(', ')]),
      ),
    )
    if (!answer.mapped)
      out.print(
        '\nno field looks like a person, so nothing was mapped; write a mapping (kind: mapping) to go on',
      )
    out.print(`\n${textOf(result)}\n\n${summaryText(summary)}`)
    refuseFailed(result)
  },
}
