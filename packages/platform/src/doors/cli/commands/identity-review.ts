import type { Call, Client, Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { grouped, tableOf } from '../table.ts'
import { wordOf, wordsOf } from '../words.ts'
import { type Decision, shownDecisions, whyIn, whyOption } from './identity.ts'

interface Side {
  readonly profile: string
  readonly records: number
}

interface Review {
  readonly pairs: number
  readonly links: number
  readonly items: readonly {
    readonly left: Side
    readonly right: Side
    readonly why: string
    readonly reason: string
    readonly links: number
    readonly decided?: number
  }[]
}

/** Lists what waits for review. */
export const identityReview: Command = {
  name: 'identity-review',
  takes: '<ruleset>',
  about: 'List pairs of profiles that rules would make one, were it not for a guard',
  options: {
    limit: { type: 'string', about: 'At most so many; 50 unless given' },
    offset: { type: 'string', about: 'Leave out so many from the beginning' },
  },
  run: async (call, { client, out }) => {
    const { limit = 50, offset = 0 } = call.options
    const query = { limit: Number(limit), offset: Number(offset) }
    const found = await waiting(await client(), wordOf(identityReview, call), query)
    out.print(out.isJson ? JSON.stringify(found, null, 2) : shown(found))
  },
}

/** Decides about many pairs at once. */
export const identitySettle: Command = {
  name: 'identity-settle',
  takes: '<ruleset> join|keep-apart [profile+profile ...]',
  about: 'Join pairs that wait for review, or keep them apart: those named (after --), or all',
  options: {
    all: { type: 'boolean', about: 'All that wait and are not decided' },
    reason: { type: 'string', about: 'With --all: only those that wait for this reason' },
    why: whyOption,
  },
  run: async (call, tools) => {
    const [ruleset = '', verdict = ''] = wordsOf(identitySettle, call, 2)
    const decide = verdicts.get(verdict)
    if (!decide) throw wrong('identity-settle says join or keep-apart')
    const why = whyIn(identitySettle, call)
    const named = call.words.slice(2).map(pairFrom)
    const { all, reason } = call.options
    if (named.length > 0 === (all === true))
      throw wrong('identity-settle needs pairs, as the list shows them, or --all')
    const tessera = await tools.client()
    const parts = all === true ? await undecided(tessera, ruleset, reason) : [named]
    const made: Decision[] = []
    for (const pairs of parts) {
      const path = `/identity/${encodeURIComponent(ruleset)}/review/settle`
      const body = { decide, pairs, why }
      // The endpoint answers with this shape; see the identity room.
      made.push(...((await tessera.call('POST', path, { body })) as readonly Decision[]))
      if (parts.length > 1) tools.out.progress(`${grouped(made.length)} decisions are written`)
    }
    if (parts.length === 0) return tools.out.print('nothing waits to be decided')
    tools.out.print(shownDecisions(made, tools))
    tools.out.progress('the next run heeds it')
  },
}

const verdicts: ReadonlyMap<string, 'join' | 'keep_apart'> = new Map([
  ['join', 'join'],
  ['keep-apart', 'keep_apart'],
])

const wrong = (why: string) => cliFaults.bad_option({ why })

function pairFrom(word: string): { readonly left: string; readonly right: string } {
  const [left, right, ...more] = word.split('+')
  if (left && right && more.length === 0) return { left, right }
  throw wrong(`"${word}" is no pair of profiles: write one+other, as the list shows it`)
}

async function waiting(
  tessera: Client,
  ruleset: string,
  query: { readonly limit: number; readonly offset?: number },
): Promise<Review> {
  const path = `/identity/${encodeURIComponent(ruleset)}/review`
  // The endpoint answers with this shape; see the identity room.
  return (await tessera.call('GET', path, { query })) as Review
}

/** How many pairs an endpoint lists, or is told of, at once. */
const pageSize = 500

/** All pairs that nobody has decided, in parts; what is decided stays in the list until the next run, so no page slips. */
async function undecided(tessera: Client, ruleset: string, reason: Call['options'][string]) {
  const found: Review['items'][number][] = []
  for (let offset = 0, all = 1; offset < all; offset += pageSize) {
    const { pairs, items } = await waiting(tessera, ruleset, { limit: pageSize, offset })
    found.push(...items)
    all = pairs
  }
  const pairs = found
    .filter((of) => of.decided === undefined && (reason === undefined || of.reason === reason))
    .map(({ left, right }) => ({ left: left.profile, right: right.profile }))
  return Array.from({ length: Math.ceil(pairs.length / pageSize) }, (_, i) =>
    pairs.slice(i * pageSize, (i + 1) * pageSize),
  )
}

function shown({ pairs, links, items }: Review): string {
  if (items.length === 0) return 'nothing waits for review'
  const right = (title: string) => ({ title, align: 'right' as const })
  const table = tableOf(
    [
      { title: 'pair' },
      right('records'),
      right('links'),
      { title: 'reason' },
      { title: 'why' },
      { title: 'decided' },
    ],
    items.map(({ left, right: other, ...of }) => [
      `${left.profile}+${other.profile}`,
      `${grouped(left.records)} + ${grouped(other.records)}`,
      of.links,
      of.reason,
      of.why,
      of.decided === undefined ? '' : `decision ${of.decided}`,
    ]),
  )
  return `${grouped(pairs)} pairs wait, with ${grouped(links)} links\n\n${table}`
}
