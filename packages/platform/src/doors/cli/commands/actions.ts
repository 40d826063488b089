import type { Call, Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { grouped, tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

interface Action {
  readonly key: string
  readonly enabled: boolean
  readonly when: string
  readonly lane: string
  readonly why_not_live?: string
  readonly target: string
  readonly held_up_until?: string
  readonly ledger: Readonly<Record<string, number>>
}

interface Firing {
  readonly id: string
  readonly action: string
  readonly person?: string
  readonly profile?: string
  readonly change?: string
  readonly state: string
  readonly reason?: string
  readonly happened_at: string
  readonly lane: string
}

/** Lists the actions with what has become of them. */
export const actions: Command = {
  name: 'actions',
  takes: '',
  about: 'List the actions: what they wait for, in which lane, and what has become of it',
  run: async (_, { client, out }) => {
    // The endpoint answers with this shape; see its room.
    const all = (await (await client()).call('GET', '/actions')) as readonly Action[]
    if (out.isJson) return out.print(JSON.stringify(all, null, 2))
    out.print(all.length === 0 ? 'there are no actions' : tableOfActions(all))
  },
}

const right = (title: string) => ({ title, align: 'right' as const })

function tableOfActions(all: readonly Action[]): string {
  const counted = ['met', 'sent', 'waiting', 'dead']
  const columns = ['action', 'when', 'lane', 'target'].map((title) => ({ title }))
  return tableOf(
    [...columns, ...counted.map(right), { title: 'besides' }],
    all.map(({ key, enabled, when, lane, target, held_up_until, ledger }) => [
      enabled ? key : `${key} (disabled)`,
      when,
      lane,
      held_up_until === undefined ? target : `${target}, left alone until ${held_up_until}`,
      ...counted.map((state) => ledger[state] ?? 0),
      Object.entries(ledger)
        .filter(([state, count]) => count > 0 && !counted.includes(state))
        .map(([state, count]) => `${grouped(count)} ${state}`)
        .join(', '),
    ]),
  )
}

/** Lists what was met. */
export const actionFirings: Command = {
  name: 'action-firings',
  takes: '[action]',
  about: 'List what was met and what has become of it, newest first',
  options: {
    person: { type: 'string', about: 'Only of this profile, or of this id as the cause names it' },
    state: { type: 'string', about: 'Only those that are waiting, sent, dead, denied, ...' },
    limit: { type: 'string', about: 'At most so many; 20 unless given' },
  },
  run: async ({ words: [action], options }, { client, out }) => {
    const { person, state, limit = '20' } = options
    const query = { action, person, state, limit }
    const path = '/action-firings'
    // As above.
    const found = (await (await client()).call('GET', path, { query })) as readonly Firing[]
    if (out.isJson) return out.print(JSON.stringify(found, null, 2))
    out.print(found.length === 0 ? 'nothing was met' : tableOfFirings(found))
  },
}

const tableOfFirings = (found: readonly Firing[]): string =>
  tableOf(
    ['when', 'action', 'person', 'change', 'state', 'why', 'lane', 'id'].map((title) => ({
      title,
    })),
    found.map((one) => [
      one.happened_at,
      one.action,
      one.profile ?? one.person ?? '',
      one.change ?? '',
      one.state,
      one.reason ?? '',
      one.lane,
      one.id,
    ]),
  )

const whichFirings = {
  id: { type: 'string', about: 'Only this firing' },
  from: { type: 'string', about: 'Only those met at this time or later, such as 2026-01-31' },
  until: { type: 'string', about: 'Only those met before this time' },
  all: { type: 'boolean', about: 'Of all actions' },
} as const

/** Tries again what was given up. */
export const actionRetry: Command = {
  name: 'action-retry',
  takes: '[action]',
  about: 'Try again what an action has given up: all of it, one firing, or those of a time',
  options: whichFirings,
  run: async (call, { client, out }) => {
    const body = chosenIn(call, actionRetry)
    const answer = (await (await client()).call('POST', '/action-firings/retry', { body })) as {
      readonly firings: number
    }
    out.print(
      out.isJson ? JSON.stringify(answer) : `${grouped(answer.firings)} will be tried again`,
    )
  },
}

/** Takes back what waits. */
export const actionCancel: Command = {
  name: 'action-cancel',
  takes: '[action]',
  about: 'Take back what waits of an action: all of it, one firing, of a person, or of a time',
  options: {
    ...whichFirings,
    person: { type: 'string', about: 'Only of this profile, or of this id as the cause names it' },
  },
  run: async (call, { client, out }) => {
    const body = chosenIn(call, actionCancel)
    const answer = (await (await client()).call('POST', '/action-firings/cancel', { body })) as {
      readonly firings: number
    }
    out.print(out.isJson ? JSON.stringify(answer) : `${grouped(answer.firings)} were taken back`)
  },
}

function chosenIn({ words: [action], options }: Call, { name }: Command) {
  const { id, from, until, all, person } = options
  if (action === undefined && id === undefined && all !== true)
    throw cliFaults.missing_word({ command: name, takes: '<action>' })
  return Object.fromEntries(
    Object.entries({ action, id, person, from, until }).filter(([, of]) => of !== undefined),
  )
}

interface Tried {
  readonly met: number
  readonly states: Readonly<Record<string, number>>
  readonly more: boolean
  readonly told: readonly string[]
  readonly firings: readonly (Omit<Firing, 'id' | 'action' | 'lane'> & { readonly body?: string })[]
}

/** Shows what an action would have done. */
export const actionTry: Command = {
  name: 'action-try',
  takes: '<action>',
  about: 'Show what an action would have done over the last days, without sending anything',
  options: {
    days: { type: 'string', about: 'How far back; 7 unless given' },
    profile: { type: 'string', about: 'Only of this profile' },
  },
  run: async (call, { client, out }) => {
    const key = wordOf(actionTry, call)
    const { days, profile } = call.options
    const tessera = await client()
    const path = `/definitions/action/${encodeURIComponent(key)}`
    const { body } = (await tessera.call('GET', path)) as { readonly body: unknown }
    const wish = { key, body, profile, ...(days === undefined ? {} : { days: Number(days) }) }
    const tried = (await tessera.call('POST', '/actions/try', { body: wish })) as Tried
    if (out.isJson) return out.print(JSON.stringify(tried, null, 2))
    out.print(tried.met === 0 ? 'nothing would have been met' : tableOfTried(tried))
    for (const one of tried.told) out.print(one)
    if (tried.more) out.print('more was met than a trial looks at')
  },
}

function tableOfTried({ states, firings }: Tried): string {
  const counts = Object.entries(states).map(([state, count]) => `${grouped(count)} ${state}`)
  const table = tableOf(
    ['when', 'person', 'would be', 'why', 'with'].map((title) => ({ title })),
    firings.map((one) => [
      one.happened_at,
      one.profile ?? one.person ?? '',
      one.state,
      one.reason ?? '',
      one.body ?? '',
    ]),
  )
  return `${table}\n${counts.join(', ')}`
}
