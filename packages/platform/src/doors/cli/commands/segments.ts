import type { Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { grouped, tableOf, whileIn } from '../table.ts'
import { wordOf } from '../words.ts'

interface Overview {
  readonly key: string
  readonly on: string
  readonly members?: number
  readonly changed_at?: string
  readonly stale?: { readonly why: string; readonly since: string }
  readonly kept?: {
    readonly lane: string
    readonly why?: string
    readonly staleness_ms?: number
    readonly waits?: { readonly why: string }
  }
}

/** Lists segments, how each is kept, how far it is behind, and why one is stale. */
export const segments: Command = {
  name: 'segments',
  takes: '',
  about: 'List segments: how each is kept up to date, how far behind it is, and why one is stale',
  run: async (_, { client, out }) => {
    // The endpoint answers with this shape; see the segments room.
    const all = (await (await client()).call('GET', '/segments')) as readonly Overview[]
    if (out.isJson) return out.print(JSON.stringify(all, null, 2))
    if (all.length === 0) return out.print('no segments yet')
    const columns = [
      { title: 'segment' },
      { title: 'on' },
      { title: 'members', align: 'right' },
      { title: 'changed' },
      { title: 'kept' },
      { title: 'behind' },
      { title: '' },
    ] as const
    const rows = all.map(({ key, on, members, changed_at: changed, stale, kept }) => [
      key,
      on,
      members ?? '-',
      changed === undefined ? '-' : minuteOf(changed),
      kept?.lane ?? '-',
      whileIn(kept?.staleness_ms),
      stale ? `stale since ${minuteOf(stale.since)}: ${stale.why}` : notLive(kept),
    ])
    out.print(tableOf(columns, rows))
  },
}

function notLive(kept: Overview['kept']): string {
  const why = kept?.lane === 'live' || kept?.why === undefined ? [] : [`not live: ${kept.why}`]
  return [...why, ...(kept?.waits ? [kept.waits.why] : [])].join('; ')
}

const minuteOf = (at: string): string => at.slice(0, 16).replace('T', ' ')

interface Member {
  readonly profile: string
  readonly name?: string
  readonly entered_at: string
  readonly left_at?: string
  readonly now?: string
}

interface MemberPage {
  readonly members: readonly Member[]
  readonly total: number
  readonly next?: string
}

const limitOption = { type: 'string', about: 'How many; 100 unless set' } as const
const afterOption = { type: 'string', about: 'What the page before ended with' } as const

/** Lists the members of a segment, also of a moment that is past. */
export const segmentMembers: Command = {
  name: 'segment-members',
  takes: '<segment>',
  about: 'List the published members of a segment, also those of a moment that is past',
  options: {
    at: { type: 'string', about: 'The moment, such as 2026-01-31 or 2026-01-31T10:30:00Z' },
    limit: limitOption,
    after: afterOption,
  },
  run: async (call, { client, out }) => {
    const path = `/segments/${encodeURIComponent(wordOf(segmentMembers, call))}/members`
    const query = wishesOf(call.options, ['at', 'limit', 'after'])
    // The endpoint answers with this shape; see the segments room.
    const page = (await (await client()).call('GET', path, { query })) as MemberPage
    if (out.isJson) return out.print(JSON.stringify(page, null, 2))
    if (page.members.length === 0) return out.print('no members')
    const titles = ['profile', 'name', 'entered', 'left', 'now']
    const rows = page.members.map((one) => [
      one.profile,
      one.name,
      one.entered_at,
      one.left_at,
      one.now,
    ])
    out.print(table(titles, rows))
    out.print(pageText(page.members.length, page))
  },
}

interface ChangePage {
  readonly changes: readonly {
    readonly what: string
    readonly at: string
    readonly profile: string
    readonly name?: string
    readonly now?: string
  }[]
  readonly total: number
  readonly next?: string
}

/** Lists who entered a segment and who left it. */
export const segmentChanges: Command = {
  name: 'segment-changes',
  takes: '<segment>',
  about: 'List who entered a segment and who left it, newest first',
  options: {
    profile: { type: 'string', about: 'Only this profile, and those that were merged into it' },
    from: { type: 'string', about: 'From this moment on' },
    to: { type: 'string', about: 'Before this moment' },
    limit: limitOption,
    after: afterOption,
  },
  run: async (call, { client, out }) => {
    const path = `/segments/${encodeURIComponent(wordOf(segmentChanges, call))}/changes`
    const query = wishesOf(call.options, ['profile', 'from', 'to', 'limit', 'after'])
    // The endpoint answers with this shape; see the segments room.
    const page = (await (await client()).call('GET', path, { query })) as ChangePage
    if (out.isJson) return out.print(JSON.stringify(page, null, 2))
    if (page.changes.length === 0) return out.print('nobody entered or left')
    const rows = page.changes.map((one) => [one.at, one.what, one.profile, one.name, one.now])
    out.print(table(['when', 'what', 'profile', 'name', 'now'], rows))
    out.print(pageText(page.changes.length, page))
  },
}

interface Overlap {
  readonly sets: readonly { readonly label: string; readonly size: number }[]
  readonly members: number
  readonly regions: readonly {
    readonly sets: readonly number[]
    readonly only: number
    readonly all: number
  }[]
}

/** Tells how many people are in each combination of segments. */
export const segmentOverlap: Command = {
  name: 'segment-overlap',
  takes: '<segment> <segment> ...',
  about: 'Tell how many people are in each combination of up to twelve segments',
  run: async ({ words }, { client, out }) => {
    const { name, takes } = segmentOverlap
    if (words.length < 2) throw cliFaults.missing_word({ command: name, takes })
    const body = { segments: words }
    // The endpoint answers with this shape; see the segments room.
    const told = (await (await client()).call('POST', '/segments/overlap', { body })) as Overlap
    if (out.isJson) return out.print(JSON.stringify(told, null, 2))
    const rows = told.regions.map(({ sets, only, all }) => [
      ...words.map((_, i) => (sets.includes(i) ? '●' : '·')),
      only,
      all,
    ])
    const counts = ['only these', 'at least these'].map((title) => ({
      title,
      align: 'right' as const,
    }))
    out.print(tableOf([...words.map((title) => ({ title })), ...counts], rows))
    const sizes = words.map((word, i) => `${word} ${grouped(told.sets[i]?.size ?? 0)}`)
    out.print(`${grouped(told.members)} in any of them; ${sizes.join(', ')}`)
  },
}

const table = (titles: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  tableOf(
    titles.map((title) => ({ title })),
    rows,
  )

const pageText = (shown: number, { total, next }: { total: number; next?: string }): string =>
  `${grouped(shown)} of ${grouped(total)}${next === undefined ? '' : `; go on with --after ${next}`}`

/** The options among these that were given. */
const wishesOf = (
  options: Readonly<Record<string, string | boolean | undefined>>,
  names: readonly string[],
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const wish = options[name]
      return typeof wish === 'string' ? [[name, wish]] : []
    }),
  )
