import type { Command } from '../command.ts'
import { tableOf } from '../table.ts'

interface Event {
  readonly kind: string
  readonly on: string
  readonly at: string
  readonly position?: number
  readonly profile?: string
  readonly other?: string
  readonly decision?: {
    readonly number: number
    readonly left: { readonly stream: string; readonly id: string }
    readonly right: { readonly stream: string; readonly id: string }
    readonly by: string
    readonly why: string
  }
}

interface Feed {
  readonly events: readonly Event[]
  readonly next: string
}

/** Lists what happened to profiles and what people decided, in order. */
export const identityChanges: Command = {
  name: 'identity-changes',
  takes: '',
  about: 'List what happened to profiles and what people decided, in order',
  options: {
    after: {
      type: 'string',
      about: 'Only what came after it: a position, or where the last ended',
    },
    limit: { type: 'string', about: 'At most so many; 100 unless given' },
  },
  run: async ({ options }, { client, out }) => {
    const { after, limit } = options
    const query = {
      limit: Number(limit ?? 100),
      ...(typeof after === 'string' ? { after } : {}),
    }
    // The endpoint answers with this shape; see the identity room.
    const feed = (await (await client()).call('GET', '/identity/changes', { query })) as Feed
    out.print(out.isJson ? JSON.stringify(feed, null, 2) : shown(feed))
  },
}

const shown = ({ events, next }: Feed): string =>
  events.length === 0
    ? 'nothing has happened'
    : `${tableOf(
        [{ title: 'when' }, { title: 'of' }, { title: 'what' }, { title: 'who' }],
        events.map((event) => [event.at, event.on, event.kind, who(event)]),
      )}\nmore: --after ${next}`

function who({ kind, profile = '', other, decision }: Event): string {
  if (decision) {
    const { left, right, by, why } = decision
    return `${left.stream}:${left.id} and ${right.stream}:${right.id}, by ${by}: ${why}`
  }
  if (other === undefined) return profile
  return kind === 'merged' ? `${profile} into ${other}` : `${profile} out of ${other}`
}
