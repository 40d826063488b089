import type { Client, Command } from '../command.ts'
import { tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

interface Origin {
  readonly stream: string
  readonly id: string
  readonly file?: string
  readonly row?: number
}

interface ContactPoint {
  readonly value: string
  readonly usage: readonly string[]
  readonly from: readonly Origin[]
}

interface Profile {
  readonly id: string
  readonly name: string
  readonly records: number
  readonly values: readonly {
    label: string
    value: unknown
    from: Origin
    candidates: readonly unknown[]
  }[]
  readonly emails: readonly ContactPoint[]
  readonly phones: readonly ContactPoint[]
  readonly addresses: readonly ContactPoint[]
  readonly sources: readonly Origin[]
  readonly links: readonly {
    label?: string
    rule: string
    matched: string
    left: Origin
    right: Origin
  }[]
}

/** Whom a question means, or could mean. */
export interface Who {
  readonly profile?: Profile
  readonly candidates: readonly {
    id: string
    name: string
    emails: readonly string[]
    city?: string
    country?: string
    records: number
  }[]
}

/** What the rooms after profiles know of somebody. */
interface More {
  readonly timeline: {
    readonly events: readonly {
      at?: string
      label: string
      source: string
      shows: readonly { label: string; value: unknown; name?: string }[]
    }[]
  }
  readonly insights: readonly {
    label: string
    rows: readonly Readonly<Record<string, unknown>>[]
  }[]
  readonly segments: { readonly current: readonly { label: string; entered_at: string }[] }
}

/** Shows a customer, found by whatever is known of them. */
export const profile: Command = {
  name: 'profile',
  takes: '<id, e-mail, phone, stream:record or name>',
  about: 'Show a unified customer, found by whatever is known of them',
  run: async (call, { client, out }) => {
    const who = call.words.length > 0 ? call.words.join(' ') : wordOf(profile, call)
    const tessera = await client()
    const found = (await tessera.call('GET', '/profiles/find', { query: { who } })) as Who
    const more = found.profile ? await moreAbout(tessera, found.profile.id) : undefined
    if (out.isJson) return out.print(JSON.stringify({ ...found, ...more }, null, 2))
    out.print(found.profile && more ? profileText(found.profile, more) : candidatesText(found, who))
  },
}

async function moreAbout(tessera: Client, id: string): Promise<More> {
  const [timeline, insights, segments] = await Promise.all([
    tessera.call('GET', `/profiles/${id}/timeline`, { query: { limit: 10 } }),
    tessera.call('GET', `/insights/values/${id}`),
    tessera.call('GET', `/segments/stays/${id}`),
  ])
  // The endpoints answer with these shapes; see their rooms.
  return { timeline, insights, segments } as More
}

/** Those whom a question could mean, as a table. */
export function candidatesText({ candidates }: Who, who: string): string {
  if (candidates.length === 0) return `nobody is found by "${who}"`
  const rows = candidates.map(({ id, name, emails, city, country, records }) => [
    id,
    name,
    emails[0] ?? '',
    [city, country].filter((part) => part !== undefined).join(', '),
    records,
  ])
  const columns = ['id', 'name', 'e-mail', 'where'].map((title) => ({ title }))
  return tableOf([...columns, { title: 'records', align: 'right' }], rows)
}

function profileText(of: Profile, more: More): string {
  const parts = [
    `${of.name}  (profile ${of.id}, ${of.records} records)`,
    table(
      ['field', 'value', 'from', 'others'],
      of.values.map(({ label, value, from, candidates }) => [
        label,
        value,
        originText(from),
        candidates.length || '',
      ]),
    ),
    table(
      ['contact', 'usage', 'from'],
      [...of.emails, ...of.phones, ...of.addresses].map(({ value, usage, from }) => [
        value,
        usage.join(', '),
        from.map(originText).join('; '),
      ]),
    ),
    table(
      ['source record', 'file', 'row'],
      of.sources.map(({ stream, id, file, row }) => [`${stream} ${id}`, file, row]),
    ),
    table(
      ['one because', 'matched', 'records'],
      of.links.map(({ label, rule, matched, left, right }) => [
        label ?? rule,
        matched,
        `${originText(left)} = ${originText(right)}`,
      ]),
    ),
    table(
      ['insight', 'values'],
      more.insights.flatMap(({ label, rows }) => rows.map((row) => [label, pairs(row)])),
    ),
    table(
      ['segment', 'since'],
      more.segments.current.map(({ label, entered_at: since }) => [label, since]),
    ),
    table(
      ['when', 'what', 'source', 'details'],
      more.timeline.events.map(({ at, label, source, shows }) => [
        at,
        label,
        source,
        shows.map((s) => `${s.label}: ${s.name ?? String(s.value)}`).join(', '),
      ]),
    ),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

const table = (titles: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  rows.length === 0
    ? ''
    : tableOf(
        titles.map((title) => ({ title })),
        rows,
      )

const originText = ({ stream, id }: Origin) => `${stream} ${id}`

const pairs = (row: Readonly<Record<string, unknown>>) =>
  Object.entries(row)
    .filter(([name]) => name !== 'profile_id')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ')
