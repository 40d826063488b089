import type { Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

interface Conflict {
  readonly field: string
  readonly type: string
  readonly found: readonly {
    type: string
    count: number
    first_at: string
    last_at: string
    examples: readonly unknown[]
  }[]
}

/** Shows values that did not fit their columns, or decides what becomes of those of one field. */
export const conflicts: Command = {
  name: 'conflicts',
  takes: '<stream> [<field>]',
  about: 'Show values that did not fit their columns; decide what becomes of those of a field',
  options: {
    accept: { type: 'boolean', about: 'Let the field take all of its values' },
    cast: { type: 'string', about: 'Give the field this type, and read its values as that' },
    refuse: {
      type: 'boolean',
      about: 'Take the rows that have such values out, to the rejected records',
    },
  },
  run: async (call, { client, out }) => {
    const path = `/streams/${encodeURIComponent(wordOf(conflicts, call))}/conflicts`
    const decision = decisionIn(call.options)
    const tessera = await client()
    if (decision) {
      const field = call.words[1]
      if (field === undefined)
        throw cliFaults.missing_word({ command: 'conflicts', takes: '<stream> <field>' })
      const { verb, body } = decision
      const answer = (await tessera.call('POST', `${path}/${encodeURIComponent(field)}/${verb}`, {
        body,
      })) as { say: string }
      return out.print(out.isJson ? JSON.stringify(answer, null, 2) : answer.say)
    }
    const found = (await tessera.call('GET', path)) as readonly Conflict[]
    if (out.isJson) return out.print(JSON.stringify(found, null, 2))
    out.print(found.length === 0 ? 'every value fits its column' : tableOfConflicts(found))
  },
}

function decisionIn({
  accept,
  cast,
  refuse,
}: Readonly<Record<string, string | boolean | undefined>>) {
  const wanted = [
    ...(accept === true ? [{ verb: 'accept', body: {} }] : []),
    ...(typeof cast === 'string' ? [{ verb: 'cast', body: { type: cast } }] : []),
    ...(refuse === true ? [{ verb: 'refuse', body: {} }] : []),
  ]
  if (wanted.length > 1)
    throw cliFaults.bad_option({ why: 'one of --accept, --cast and --refuse at a time' })
  return wanted[0]
}

const tableOfConflicts = (found: readonly Conflict[]) =>
  tableOf(
    [
      { title: 'field' },
      { title: 'type' },
      { title: 'found' },
      { title: 'values', align: 'right' },
      { title: 'last' },
      { title: 'such as' },
    ],
    found.flatMap(({ field, type, found: kinds }) =>
      kinds.map((kind) => [
        field,
        type,
        kind.type,
        kind.count,
        kind.last_at,
        kind.examples.map(String).join(', '),
      ]),
    ),
  )
