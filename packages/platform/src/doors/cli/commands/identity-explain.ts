import type { Command } from '../command.ts'
import { tableOf } from '../table.ts'
import { wordsOf } from '../words.ts'

interface Named {
  readonly record: string
  readonly stream: string
  readonly id: string
  readonly profile?: string
}

interface Why {
  readonly rule: string
  readonly label?: string
  readonly matched: string
}

interface Refused extends Why {
  readonly reason: string
}

interface Explanation {
  readonly left: Named
  readonly right: Named
  readonly same_profile: boolean
  readonly path: readonly (Why & { readonly from: Named; readonly to: Named })[]
  readonly refused?: readonly (Refused & { readonly from: Named; readonly to: Named })[]
  readonly model?: {
    readonly prior: number
    readonly falls: readonly {
      readonly column: string
      readonly level: string
      readonly left: readonly string[]
      readonly right: readonly string[]
      readonly weight: number
      readonly frequency: number
    }[]
    readonly weight: number
    readonly probability: number
    readonly weight_at_least: number
  }
}

interface Graph {
  readonly profile: string
  readonly records: readonly Named[]
  readonly links: readonly (Why & {
    readonly left: string
    readonly right: string
    readonly bridge: boolean
  })[]
  readonly refused: readonly (Refused & { readonly left: Named; readonly right: Named })[]
  readonly weakest?: {
    readonly left: string
    readonly right: string
    readonly links: number
    readonly weight?: number
    readonly parts: readonly number[]
  }
}

/** Tells why two records are one profile, or not. */
export const identityExplain: Command = {
  name: 'identity-explain',
  takes: '<ruleset> <record> <record>',
  about: 'Tell why two records (stream:id) are one profile, or not, and what a model says of them',
  run: async (call, { client, out }) => {
    const [ruleset = '', left, right] = wordsOf(identityExplain, call, 3)
    const path = `/identity/${encodeURIComponent(ruleset)}/explain`
    const query = { left, right }
    // The endpoint answers with this shape; see the identity room.
    const found = (await (await client()).call('GET', path, { query })) as Explanation
    out.print(out.isJson ? JSON.stringify(found, null, 2) : shownPair(found))
  },
}

/** Shows what holds a profile together. */
export const identityGraph: Command = {
  name: 'identity-graph',
  takes: '<ruleset> <profile>',
  about: 'Show the records of a profile and what holds them together (-- before an id below zero)',
  run: async (call, { client, out }) => {
    const [ruleset = '', profile = ''] = wordsOf(identityGraph, call, 2)
    const path = `/identity/${encodeURIComponent(ruleset)}/profiles/${encodeURIComponent(profile)}/graph`
    // As above.
    const graph = (await (await client()).call('GET', path)) as Graph
    out.print(out.isJson ? JSON.stringify(graph, null, 2) : shownGraph(graph))
  },
}

const titled = (...titles: readonly string[]) => titles.map((title) => ({ title }))
const nameOf = ({ stream, id }: Named): string => `${stream}:${id}`
const bits = (of: number): string => `${of < 0 ? '' : '+'}${of.toFixed(1)}`

function shownPair({ left, right, same_profile, path, refused = [], model }: Explanation): string {
  const pair = `${nameOf(left)} and ${nameOf(right)}`
  const profiles = [left, right].map(({ profile = 'none' }) => profile).join(' and ')
  return [
    same_profile ? `${pair} are one: profile ${left.profile}` : `${pair} are not one: ${profiles}`,
    ...(path.length === 0 ? [] : ['', steps(path)]),
    ...(refused.length === 0 ? [] : ['', 'not linked', steps(refused)]),
    ...(model ? ['', waterfall(model)] : []),
  ].join('\n')
}

const steps = (
  links: readonly (Why & { readonly from: Named; readonly to: Named; readonly reason?: string })[],
): string =>
  tableOf(
    titled('from', 'to', 'rule', 'matched', ''),
    links.map(({ from, to, rule, label, matched, reason = '' }) => [
      nameOf(from),
      nameOf(to),
      label ?? rule,
      matched,
      reason.replaceAll('_', ' '),
    ]),
  )

const waterfall = (of: NonNullable<Explanation['model']>): string =>
  tableOf(
    [{ title: 'bits', align: 'right' }, ...titled('column', 'how it agrees', 'left', 'right')],
    [
      [bits(of.prior), 'before looking', '', '', ''],
      ...of.falls.map((fall) => [
        bits(fall.weight + fall.frequency),
        fall.column,
        fall.level,
        fall.left.join(', '),
        fall.right.join(', '),
      ]),
      [
        bits(of.weight),
        'together',
        `${(of.probability * 100).toFixed(2)} %; links from ${bits(of.weight_at_least)} on`,
        '',
        '',
      ],
    ],
  )

const heldBy = ({ links, weight }: NonNullable<Graph['weakest']>): string =>
  weight === undefined ? `${links} links` : `${weight.toFixed(1)} bits of the model alone`

const held = (
  links: readonly (readonly [
    left: string,
    right: string,
    of: Why & { readonly reason?: string; readonly bridge?: boolean },
  ])[],
): string =>
  tableOf(
    titled('record', 'record', 'rule', 'matched', ''),
    links.map(([left, right, { rule, label, matched, bridge, reason = '' }]) => [
      left,
      right,
      label ?? rule,
      matched,
      bridge ? 'bridge' : reason.replaceAll('_', ' '),
    ]),
  )

function shownGraph({ profile, records, links, refused, weakest }: Graph): string {
  const names = new Map(records.map((of) => [of.record, nameOf(of)]))
  const name = (record: string): string => names.get(record) ?? record
  return [
    `profile ${profile}: ${records.map(nameOf).join(', ')}`,
    ...(links.length === 0
      ? []
      : ['', held(links.map((of) => [name(of.left), name(of.right), of]))]),
    ...(refused.length === 0
      ? []
      : ['', 'not linked', held(refused.map((of) => [nameOf(of.left), nameOf(of.right), of]))]),
    ...(weakest
      ? [
          '',
          `weakest: ${name(weakest.left)} and ${name(weakest.right)} (${heldBy(weakest)}), between parts of ${weakest.parts.join(' and ')} records`,
        ]
      : []),
  ].join('\n')
}
