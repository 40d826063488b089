import type { Client, Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { candidatesText, type Who } from './profile.ts'

interface Evidence {
  readonly object: string
  readonly key: string
  readonly stream?: string
  readonly id?: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly counts: boolean
  readonly step?: number
}

interface Membership {
  readonly member: boolean
  readonly entered_at?: string
  readonly left_at?: string
}

interface Node {
  readonly says: string
  readonly holds: boolean
  readonly value?: unknown
  readonly membership?: Membership
  readonly progress?: { readonly taken: number; readonly steps: number }
  readonly evidence?: readonly Evidence[]
  readonly flips_at?: string
  readonly note?: string
  readonly parts?: readonly Node[]
}

/** The answer of the segments room, as far as it is printed. */
interface Why {
  readonly profile: string
  readonly asked_for?: string
  readonly segment: string
  readonly published?: Membership
  readonly member: boolean
  readonly include: Node
  readonly exclude?: Node
  readonly rank?: {
    readonly says: string
    readonly first: number
    readonly place?: number
    readonly value?: unknown
    readonly among: number
    readonly last?: { readonly profile: string; readonly place: number; readonly value?: unknown }
    readonly holds: boolean
  }
  readonly waterfall?: {
    readonly waterfall: string
    readonly taken_by?: string
    readonly holds: boolean
  }
  readonly flips_at?: string
  readonly looked_until?: string
  readonly notes: readonly string[]
}

/** Tells why somebody is in a segment or not. */
export const why: Command = {
  name: 'why',
  takes: '<segment> <profile or identifier>',
  about: 'Tell why somebody is in a segment or not: every condition with its answer and evidence',
  options: {
    given: { type: 'string', about: 'Values of parameters, such as {"city":"Paris"}' },
  },
  run: async ({ words, options }, { client, out }) => {
    const [segment, ...rest] = words
    if (segment === undefined || rest.length === 0)
      throw cliFaults.missing_word({ command: why.name, takes: why.takes })
    const tessera = await client()
    const found = await personFor(tessera, rest.join(' '))
    if (typeof found !== 'string')
      return out.print(
        out.isJson ? JSON.stringify(found, null, 2) : candidatesText(found, rest.join(' ')),
      )
    const { given } = options
    const path = `/segments/${encodeURIComponent(segment)}/why/${found}`
    const query = typeof given === 'string' ? { query: { given } } : {}
    // The endpoint answers with this shape; see the segments room.
    const told = (await tessera.call('GET', path, query)) as Why
    out.print(out.isJson ? JSON.stringify(told, null, 2) : whyText(told))
  },
}

/** The id of whoever is meant, or those who may be. */
export async function personFor(tessera: Client, who: string): Promise<string | Who> {
  if (/^\d{1,19}$/.test(who)) return who
  // The endpoint answers with this shape; see the profiles room.
  const found = (await tessera.call('GET', '/profiles/find', { query: { who } })) as Who
  return found.profile?.id ?? found
}

function whyText(told: Why): string {
  const { profile, asked_for: asked, segment, member, rank, waterfall } = told
  const was = asked === undefined ? '' : ` (was ${asked})`
  const lines = [
    `${profile}${was} is ${member ? 'in' : 'not in'} "${segment}" by its definition now`,
    ...(told.published ? [`as published: ${membershipText(told.published)}`] : []),
    ...(told.flips_at ? [`changes by itself: ${told.flips_at}`] : []),
    ...(told.looked_until && !told.flips_at ? [`nothing changes before ${told.looked_until}`] : []),
    '',
    ...treeOf(told.include, '', ''),
    ...(told.exclude ? ['', 'and not', ...treeOf(told.exclude, '', '')] : []),
    ...(rank ? ['', `${mark(rank.holds)} ${rank.says}`, `    ${rankText(rank)}`] : []),
    ...(waterfall ? ['', waterfallText(waterfall)] : []),
    ...(told.notes.length > 0 ? ['', ...told.notes.map((note) => `note: ${note}`)] : []),
  ]
  return lines.join('\n')
}

const mark = (holds: boolean) => (holds ? '✓' : '✗')

function treeOf(node: Node, before: string, inside: string): readonly string[] {
  const { says, holds, value, progress, membership, flips_at: flips, note } = node
  const found = [
    ...(value === undefined ? [] : [`found ${String(value)}`]),
    ...(progress ? [`${progress.taken} of ${progress.steps} steps`] : []),
    ...(membership ? [membershipText(membership)] : []),
    ...(flips === undefined ? [] : [`changes ${flips}`]),
    ...(note === undefined ? [] : [note]),
  ]
  const tail = found.length === 0 ? '' : `  [${found.join('; ')}]`
  const parts = node.parts ?? []
  const rows = (node.evidence ?? []).map((row) => `${inside}    ${evidenceText(row)}`)
  return [
    `${before}${mark(holds)} ${says}${tail}`,
    ...rows,
    ...parts.flatMap((part, i) => {
      const isLast = i === parts.length - 1
      return treeOf(
        part,
        `${inside}${isLast ? '└─ ' : '├─ '}`,
        `${inside}${isLast ? '   ' : '│  '}`,
      )
    }),
  ]
}

function evidenceText({ object, stream, id, key, fields, counts, step }: Evidence): string {
  const from = id === undefined ? key : [stream, id].filter((part) => part !== undefined).join(' ')
  const values = Object.entries(fields).map(([name, value]) => `${name} ${String(value)}`)
  const place = step === undefined ? '' : `step ${step}: `
  const nearest = counts ? '' : ' (does not count)'
  return `${place}${object} ${from}${nearest}: ${values.join(', ')}`
}

function membershipText({ member, entered_at: entered, left_at: left }: Membership): string {
  if (member) return `a member since ${entered}`
  return left === undefined ? 'never a member' : `no member since ${left}`
}

function rankText({ place, value, among, last }: NonNullable<Why['rank']>): string {
  const own = place === undefined ? 'has no place' : `place ${place} of ${among}`
  const by = value === undefined ? '' : ` with ${String(value)}`
  const end = last
    ? `; the last that is in is ${last.profile} at place ${last.place} with ${String(last.value ?? 'nothing')}`
    : ''
  return `${own}${by}${end}`
}

const waterfallText = ({ waterfall, taken_by: by, holds }: NonNullable<Why['waterfall']>) =>
  `${mark(holds)} in the waterfall "${waterfall}" ${by === undefined ? 'no part fits' : `the first part that fits is "${by}"`}`
