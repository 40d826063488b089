import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { usualPatience } from '#activation'
import { defineKind, type Kind } from '#definitions'
import { trial } from '#definitions/testing'
import { anything, record } from '#kernel/read.ts'
import type { LakeField } from '#lake'
import { modelOf } from '#model'
import { usualCap } from './definition.ts'
import { ownForm } from './form.ts'
import { actionKind } from './kinds.ts'

const guide = readFileSync(
  join(import.meta.dirname, '../../../../../docs/guides/actions.md'),
  'utf8',
)
const blocks = (of: string) =>
  [...guide.matchAll(new RegExp(`\`\`\`${of}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  )

const shop: readonly LakeField[] = [
  { name: 'event', label: 'event', type: 'text' },
  { name: 'properties_total', label: 'properties.total', type: 'decimal' },
]
const plain = (kind: string): Kind => defineKind({ kind, label: kind, schema: record(anything()) })
const kinds = [
  plain('stream'),
  plain('segment'),
  plain('insight'),
  plain('destination'),
  actionKind({
    modelIn: () => modelOf([]),
    shapesIn: () => ({ shapes: new Map(), problems: new Map() }),
    eventFields: (stream) => (stream === 'shop' ? shop : undefined),
    problemsOfWho: () => [],
    forms: [ownForm.key, 'data_cloud'],
  }),
]
const around = ['stream shop', 'stream files', 'destination mail', 'segment firms on: account']
  .map((one) => /^(\S+) (\S+) ?(.*)$/.exec(one) ?? [])
  .map(([, kind, key, more]) => `kind: ${kind}\nkey: ${key}\nlabel: ${key}\n${more}\n---\n`)
  .join('')
const problemsOf = (text: string) => trial(kinds, around + text).plan.problems

test('the examples of the guide are sound', () => {
  const documents = blocks('yml')
  expect(documents).toHaveLength(3)
  expect(problemsOf(documents.join('---\n'))).toEqual([])
})

test('the body of the guide is the one that is sent, and its numbers are ours', () => {
  const [shown = ''] = blocks('json')
  const { action, firings } = JSON.parse(shown)
  const [{ data, ...one }] = firings
  const body = ownForm.write(
    [
      {
        ...one,
        action,
        data,
        profileId: one.profile_id,
        happenedAt: one.happened_at,
        metAt: one.met_at,
      },
    ],
    { action, label: action, source: 'shop', now: new Date(0) },
  )
  expect(JSON.parse(body)).toEqual(JSON.parse(shown))
  expect(guide).toContain(`(${usualPatience.attempts} times`)
  expect(guide).toContain(`(${usualCap.toLocaleString('en-US')} unless set)`)
})

test('everything that is wrong is told at once, each with its place', () => {
  const problems = problemsOf(`kind: action
key: wrong
when:
  event: shop
  person: userid
  where: { all: [{ field: totl, op: '=', value: 1 }, { field: event, op: '>', value: a }] }
often: each
suppress:
  - { when: { event: files }, within: 1 day }
  - { when: { row: sales_ordr, change: any }, within: 1 day }
  - { when: { segment: firms, change: left }, within: 1 day }
  - { when: { row: case, change: deleted, was: { field: statu, op: is_filled } }, within: 1 day }
quiet_hours: { time_zone: Europe/Rom, from: '20:00', to: '20:00', meanwhile: drop }
attributes: [{ as: a, field: nothing }, { as: A, profile: first_nam }, { as: b, was: event }]
target: { webhook: { url: 'https://example.com', secret: { secret: x }, form: salesforce } }
`)
  expect(problems.map(({ code, at }) => `${code} ${at.replace(/^\S+ /, '')}`).toSorted()).toEqual(
    [
      'action.unknown_field when.person',
      'segments.unknown_field when.where.all[0].field',
      'segments.unfit_operator when.where.all[1].op',
      'action.not_receiving suppress[0].when.event',
      'action.unknown_object suppress[1].when.row',
      'action.no_before suppress[3].when.was',
      'segments.unknown_field suppress[3].when.was.field',
      'action.no_before attributes[2].was',
      'action.nothing_waits suppress',
      'action.unknown_time_zone quiet_hours.time_zone',
      'action.no_quiet_time quiet_hours.to',
      'action.unknown_field attributes[0].field',
      'action.duplicate_attribute attributes[1].as',
      'action.unknown_field attributes[1].profile',
      'action.unknown_form target.webhook.form',
    ].toSorted(),
  )
})
