import type { Call, Command, CommandTools } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { tableOf } from '../table.ts'
import { wordsOf } from '../words.ts'

interface Named {
  readonly stream: string
  readonly id: string
}

/** A decision as it is listed. */
export interface Decision {
  readonly number: number
  readonly kind: 'must_link' | 'cannot_link'
  readonly left: Named
  readonly right: Named
  readonly why: string
  readonly by: string
  readonly at: string
  readonly withdrawn?: { readonly why: string }
}

/** The option that `whyIn` reads. */
export const whyOption = { type: 'string', about: 'Why, for those who come after' } as const

/** Links two records for good, whatever the rules say. */
export const identityLink: Command = {
  name: 'identity-link',
  takes: '<ruleset> <record> <record>',
  about: 'Link two records (stream:id) for good, whatever the rules say',
  options: { why: whyOption },
  run: async (call, tools) => {
    const [ruleset, left, right] = wordsOf(identityLink, call, 3)
    await decide(tools, `${ruleset}/link`, { left, right, why: whyIn(identityLink, call) })
  },
}

/** Takes a record out of its profile for good. */
export const identityUnlink: Command = {
  name: 'identity-unlink',
  takes: '<ruleset> <record>',
  about: 'Take a record (stream:id) out of its profile for good',
  options: {
    from: {
      type: 'string',
      about:
        'Only apart from this record, or from the whole "profile"; otherwise from those that agree with it',
    },
    why: whyOption,
  },
  run: async (call, tools) => {
    const [ruleset, record] = wordsOf(identityUnlink, call, 2)
    const { from } = call.options
    const why = whyIn(identityUnlink, call)
    await decide(tools, `${ruleset}/unlink`, {
      record,
      ...(from === undefined ? {} : { from }),
      why,
    })
  },
}

/** Lists what was decided about records, or withdraws a decision. */
export const identityDecisions: Command = {
  name: 'identity-decisions',
  takes: '<ruleset>',
  about: 'List what was decided about records, newest first; withdraw a decision',
  options: {
    record: { type: 'string', about: 'Only decisions about this record (stream:id)' },
    withdraw: {
      type: 'string',
      about: 'The numbers of decisions to withdraw, with commas between',
    },
    why: whyOption,
  },
  run: async (call, tools) => {
    const [ruleset = ''] = wordsOf(identityDecisions, call, 1)
    const { withdraw, record } = call.options
    if (typeof withdraw === 'string') {
      const why = whyIn(identityDecisions, call)
      const decisions = withdraw.split(',').map(Number)
      return decide(tools, `${ruleset}/decisions/withdraw`, { decisions, why })
    }
    const of = typeof record === 'string' ? { query: { record } } : {}
    const path = `/identity/${encodeURIComponent(ruleset)}/decisions`
    // The endpoint answers with this shape; see its room.
    const found = (await (await tools.client()).call('GET', path, of)) as readonly Decision[]
    tools.out.print(shownDecisions(found, tools))
  },
}

/** Why something is decided; refused without it. */
export function whyIn({ name }: Command, { options }: Call): string {
  if (typeof options['why'] === 'string') return options['why']
  throw cliFaults.bad_option({
    why: `${name} needs --why: a decision without a reason helps nobody`,
  })
}

async function decide(tools: CommandTools, path: string, body: unknown): Promise<void> {
  const tessera = await tools.client()
  // The endpoint answers with this shape; see its room.
  const made = (await tessera.call('POST', `/identity/${path}`, { body })) as readonly Decision[]
  tools.out.print(shownDecisions(made, tools))
  tools.out.progress('the next run heeds it')
}

const kinds = { must_link: 'are one', cannot_link: 'are not one' }

/** Decisions as a table, or whole. */
export function shownDecisions(decisions: readonly Decision[], { out }: CommandTools): string {
  if (out.isJson) return JSON.stringify(decisions, null, 2)
  if (decisions.length === 0) return 'nothing was decided'
  const titles = ['number', 'record', 'record', 'decision', 'why', 'by', 'when', 'withdrawn']
  return tableOf(
    titles.map((title) => ({ title })),
    decisions.map(({ number, left, right, kind, why, by, at, withdrawn }) => [
      number,
      `${left.stream}:${left.id}`,
      `${right.stream}:${right.id}`,
      kinds[kind],
      why,
      by,
      at,
      withdrawn?.why ?? '',
    ]),
  )
}
