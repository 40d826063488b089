import { readFile } from 'node:fs/promises'
import type { Call, Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { followJob } from '../follow.ts'
import { grouped, tableOf } from '../table.ts'

interface Figures {
  readonly records: number
  readonly profiles: number
  readonly consolidation_rate: number
}

interface Link {
  readonly rule: string
  readonly label?: string
  readonly matched: string
  readonly left: { readonly stream: string; readonly id: string }
  readonly right: { readonly stream: string; readonly id: string }
}

interface Part {
  readonly profile: string
  readonly records: number
}

interface Shared {
  readonly rule: string
  readonly values: number
  readonly records: number
  readonly examples: readonly {
    readonly matched: string
    readonly records: number
    readonly people: number
  }[]
}

interface Simulation {
  readonly ruleset: string
  readonly at_least?: number
  readonly changes: boolean
  readonly before: Figures
  readonly after: Figures
  readonly created: number
  readonly retired: { readonly profiles: number }
  readonly held?: { readonly changed: number; readonly published: number; readonly most: number }
  readonly strangers?: {
    readonly rule: string
    readonly fields: readonly string[]
    readonly pairs: number
    readonly strangers: number
    readonly matched: string
  }
  readonly shared?: readonly Shared[]
  readonly joins: {
    readonly pairs: number
    readonly items: readonly { left: Part; right: Part; by: readonly Link[] }[]
  }
  readonly splits: {
    readonly profiles: number
    readonly items: readonly (Part & { parts: number; without: readonly Link[] })[]
  }
  readonly ids: { readonly records: number }
  readonly for_review: number
  readonly review: { readonly pairs: number; readonly links: number; readonly no_longer: number }
  readonly segments: readonly {
    readonly segment: string
    readonly members: number
    readonly foretold?: {
      readonly members: number
      readonly entered: number
      readonly left: number
    }
    readonly unknown?: string
  }[]
}

/** Shows what other rules would do, before they are published. */
export const identitySimulate: Command = {
  name: 'identity-simulate',
  takes: '<ruleset>',
  about: 'Show what other rules or another threshold would join, split and mean for segments',
  options: {
    file: { type: 'string', about: 'A definition file with the ruleset as it would be' },
    'at-least': {
      type: 'string',
      about: 'How probable a match of the model would have to be, such as 0.9',
    },
  },
  run: async (call, { client, out }) => {
    const tessera = await client()
    const body = { ...(await fileIn(call)), ...thresholdIn(call) }
    const path = `/identity/${encodeURIComponent(rulesetIn(call))}/simulate`
    // The endpoint answers with this shape, and the job with the next; see the identity room.
    const { job } = (await tessera.call('POST', path, { body })) as { job: string }
    const found = (await followJob(tessera, out, job)) as Simulation
    out.print(out.isJson ? JSON.stringify(found, null, 2) : shown(found))
  },
}

function rulesetIn({ words: [ruleset] }: Call): string {
  const { name: command, takes } = identitySimulate
  if (ruleset === undefined) throw cliFaults.missing_word({ command, takes })
  return ruleset
}

const fileIn = async ({ options: { file } }: Call) =>
  typeof file === 'string' ? { file: await textOf(file) } : {}

const textOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause: unknown) => {
    throw cliFaults.no_such_file({ file }, { cause })
  })

function thresholdIn({ options: { 'at-least': least } }: Call) {
  if (least === undefined) return {}
  const at_least = Number(least)
  if (at_least >= 0.5 && at_least < 1) return { at_least }
  throw cliFaults.bad_option({ why: '--at-least is a probability from 0.5 to 0.999999' })
}

const right = { align: 'right' } as const
const profiles = (count: number): string =>
  `${grouped(count)} ${count === 1 ? 'profile' : 'profiles'}`
const share = (of: number): string => `${(of * 100).toFixed(1)} %`

function shown(of: Simulation): string {
  const { before, after, joins, splits, review, segments } = of
  const row = (title: string, was: string, is: string) => [title, was, is]
  const figures = tableOf(
    [{ title: '' }, { title: 'now', ...right }, { title: 'then', ...right }],
    [
      row('records', grouped(before.records), grouped(after.records)),
      row('profiles', grouped(before.profiles), grouped(after.profiles)),
      row('consolidation', share(before.consolidation_rate), share(after.consolidation_rate)),
    ],
  )
  const counts = [
    `${profiles(joins.pairs)} would join another one`,
    ...joins.items.slice(0, few).map(({ left, right: other, by }) => {
      return `  ${left.profile} + ${other.profile}${becauseOf(by)}`
    }),
    `${profiles(splits.profiles)} would fall apart`,
    ...splits.items.slice(0, few).map(({ profile, parts, without }) => {
      return `  ${profile} into ${parts}${without.length === 0 ? '' : `, without${becauseOf(without)}`}`
    }),
    `${profiles(of.created)} would be new, ${grouped(of.retired.profiles)} would end, ${grouped(of.ids.records)} records would have another id`,
    `${grouped(review.pairs)} pairs would newly wait for review; ${grouped(review.no_longer)} links would wait no longer`,
  ]
  const least = of.at_least === undefined ? '' : `, linked by the model from ${of.at_least} on`
  const head = `${of.ruleset}${least}; nothing was published`
  const same = of.changes ? [] : ['no profile would change']
  return [
    head,
    '',
    figures,
    '',
    ...same,
    ...counts,
    ...heldOf(of),
    ...strangersOf(of),
    ...(of.shared ?? []).map(sharedOf),
    ...segmentsOf(segments),
  ].join('\n')
}

const heldOf = ({ ruleset, held }: Simulation): readonly string[] =>
  held === undefined
    ? []
    : [
        `the run would be held back: ${grouped(held.changed)} of ${profiles(held.published)} would be merged, split or retired, more than ${grouped(held.most)}; identity-run ${ruleset} --confirm publishes it`,
      ]

const strangersOf = ({ ruleset, strangers: of }: Simulation): readonly string[] =>
  of === undefined
    ? []
    : [
        `the run would be held back: "${of.rule}" takes strangers for one: of ${grouped(of.pairs)} pairs that it links, ${grouped(of.strangers)} agree in no ${of.fields.join(' and no ')} (such as two who share ${of.matched}); identity-run ${ruleset} --confirm publishes it`,
      ]

function sharedOf({ rule, values, records, examples }: Shared): string {
  const some = examples.map(({ matched, people }) => `${matched} (${grouped(people)})`).join(', ')
  return `"${rule}" would tie ${grouped(records)} records by ${grouped(values)} ${values === 1 ? 'value that' : 'values each of which'} five people or more share who agree in no name and no birth date: ${some}; limits.blocked and the rule's block keep such values out`
}

/** How many examples are shown; all that there are, with --json. */
const few = 5

const becauseOf = ([link]: readonly Link[]): string =>
  link === undefined
    ? ''
    : `: ${link.label ?? link.rule} (${link.matched}), ${link.left.stream}:${link.left.id} and ${link.right.stream}:${link.right.id}`

function segmentsOf(segments: Simulation['segments']): readonly string[] {
  if (segments.length === 0) return []
  const rows = segments.map(({ segment, members, foretold, unknown = '' }) => [
    segment,
    grouped(members),
    ...(foretold
      ? [grouped(foretold.members), `+${grouped(foretold.entered)}`, `-${grouped(foretold.left)}`]
      : ['?', '', '']),
    unknown,
  ])
  const titles = ['members', 'then', 'enter', 'leave'].map((title) => ({ title, ...right }))
  return ['', tableOf([{ title: 'segment' }, ...titles, { title: '' }], rows)]
}
