import type { Command } from '../command.ts'
import { grouped, tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

interface Reached {
  readonly people: readonly {
    readonly profile: string
    readonly name?: string
    readonly reason: string | null
  }[]
  readonly sent: number
  readonly held: Readonly<Record<string, number>>
  readonly next?: string
}

/** Shows person by person what became of the members of an activation. */
export const activationPeople: Command = {
  name: 'activation-people',
  takes: '<activation>',
  about: 'Show who was queued or sent, and who is held back and why, person by person',
  options: {
    state: { type: 'string', about: 'Only those who are sent, or held' },
    reason: { type: 'string', about: 'Only those held back for this reason' },
    profile: { type: 'string', about: 'Only this one: whether they were sent, or why not' },
    after: { type: 'string', about: 'Only those after this profile, the last of the page before' },
    limit: { type: 'string', about: 'How many to show; 20 unless given' },
  },
  run: async (call, { client, out }) => {
    const path = `/activations/${encodeURIComponent(wordOf(activationPeople, call))}/people`
    const { state, reason, profile, after, limit = '20' } = call.options
    const query = { state, reason, profile, after, limit }
    // The endpoint answers with this shape; see the room activation.
    const told = (await (await client()).call('GET', path, { query })) as Reached
    out.print(out.isJson ? JSON.stringify(told, null, 2) : textOf(told))
  },
}

function textOf({ people, sent, held, next }: Reached): string {
  const table = tableOf(
    ['profile', 'name', 'state', 'reason'].map((title) => ({ title })),
    people.map(({ profile, name, reason }) => [
      profile,
      name,
      reason === null ? 'sent' : 'held',
      reason,
    ]),
  )
  const others = Object.entries(held).map(([reason, n]) => `${grouped(n)} ${reason}`)
  return [
    ...(people.length === 0 ? [] : [table]),
    `${grouped(sent)} queued or sent${others.length === 0 ? '' : `; held back: ${others.join(', ')}`}`,
    ...(next === undefined ? [] : [`more with --after ${next}`]),
  ].join('\n')
}
