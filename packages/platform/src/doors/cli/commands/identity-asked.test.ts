import { expect, test } from 'vitest'
import type { Call, Command, CommandTools } from '../command.ts'
import { identityExplain, identityGraph } from './identity-explain.ts'
import { identitySample } from './identity-labels.ts'
import { identityMeasure } from './identity-measure.ts'
import { identityReview, identitySettle } from './identity-review.ts'
import { identitySizes, identityStatus } from './identity-status.ts'

/** What a command asks, and prints of these answers. */
async function said(
  command: Command,
  { words = ['people'], options = {} }: Partial<Call>,
  ...answers: readonly unknown[]
): Promise<{ asked: unknown[]; text: string }> {
  const asked: unknown[] = []
  const lines: string[] = []
  const call = async (...of: unknown[]) => {
    asked.push(of)
    return answers[asked.length - 1]
  }
  const { json, ...rest } = options
  const out = {
    print: (text: string) => lines.push(text),
    progress: () => {},
    isJson: json === true,
  }
  // Only what these commands use of their tools.
  const tools = { client: async () => ({ call }), out } as unknown as CommandTools
  await command.run({ words, options: rest }, tools)
  return { asked, text: lines.join('\n') }
}

const named = (stream: string, id: string, profile: string) => ({
  record: `${stream}${id}`,
  stream,
  id,
  profile,
})
const [ada, eve] = [named('crm', '1', '-7'), named('shop', '2', '8')]
const refused = { rule: 'email', matched: 'a***', reason: 'identifiers_differ' }

test('a ruleset is shown with its last run, and profiles by size', async () => {
  const run = {
    ...{ number: 3, started_at: 'today', duration_ms: 1200, changed: true, records: 1000 },
    ...{ profiles: 900, created: 900, merged: 0, split: 0, retired: 0, consolidation_rate: 0.1 },
    ...{ for_review: 4, rules: [{ rule: 'email', links: 80, refused: 2, left_out_blocks: 1 }] },
  }
  const status = await said(
    identityStatus,
    {},
    { ruleset: 'people', on: 'individual', last_run: run },
  )
  expect(status.asked).toEqual([['GET', '/identity/people']])
  expect(status.text).toMatch(/1,000 records → 900 profiles \(consolidation 10\.0 %\); 900 created/)
  expect(status.text).toMatch(/4 links wait for review/)
  expect(status.text).toMatch(/email +80 +2 +1/)
  const fresh = await said(identityStatus, {}, { ruleset: 'people', on: 'individual' })
  expect(fresh.text).toBe('people, on individual: it has not run yet')
  const found = {
    profiles: 5,
    records: 13,
    sizes: [
      { records: 1, profiles: 4 },
      { records: 9, profiles: 1 },
    ],
  }
  const outliers = [{ profile: '-7', records: 9, deviations: 3.21 }]
  const sizes = await said(identitySizes, {}, { ...found, outliers })
  expect(sizes.asked).toEqual([['GET', '/identity/people/sizes']])
  expect(sizes.text).toMatch(/13 records, 5 profiles.* 9 +1.*-7 +9 +3\.2/s)
})

test('two records, and a profile, say what holds them together and what does not', async () => {
  const falls = [
    { column: 'email', level: 'exact', left: ['a***'], right: ['a***'], weight: 9, frequency: 1 },
  ]
  const model = { prior: -12, falls, weight: -2, probability: 0.2, weight_at_least: 4.2 }
  const apart = { left: ada, right: eve, same_profile: false, path: [], model }
  const pair = await said(
    identityExplain,
    { words: ['people', 'crm:1', 'shop:2'] },
    { ...apart, refused: [{ ...refused, from: ada, to: eve }] },
  )
  expect(pair.asked).toEqual([
    ['GET', '/identity/people/explain', { query: { left: 'crm:1', right: 'shop:2' } }],
  ])
  expect(pair.text).toMatch(/crm:1 and shop:2 are not one: -7 and 8/)
  expect(pair.text).toMatch(/email +a\*\*\* +identifiers differ/)
  expect(pair.text).toMatch(
    /-12\.0 +before looking.*\+10\.0 +email +exact.*-2\.0 +together +20\.00 %/s,
  )
  const one = {
    left: ada,
    right: ada,
    same_profile: true,
    path: [{ ...refused, from: ada, to: eve }],
  }
  expect((await said(identityExplain, { words: ['p', 'a', 'b'] }, one)).text).toMatch(
    /are one: profile -7.*crm:1 +shop:2 +email/s,
  )
  const ends = { left: 'crm1', right: 'shop2' }
  const graph = await said(
    identityGraph,
    { words: ['people', '-7'] },
    {
      ...{ profile: '-7', records: [ada, eve], weakest: { ...ends, links: 1, parts: [1, 1] } },
      ...{ links: [{ ...ends, rule: 'phone', matched: '+4***', bridge: true }] },
      refused: [{ ...refused, left: eve, right: named('web', '99', '9') }],
    },
  )
  expect(graph.asked).toEqual([['GET', '/identity/people/profiles/-7/graph']])
  expect(graph.text).toMatch(
    /crm:1 +shop:2 +phone .*bridge.*shop:2 +web:99 +email .*identifiers differ/s,
  )
  expect(graph.text).toMatch(/weakest: crm:1 and shop:2 \(1 links\), between parts of 1 and 1/)
})

const item = (left: string, right: string, reason: string, more: object = {}) => ({
  left: { profile: left, records: 2 },
  right: { profile: right, records: 1 },
  ...{ why: 'two logins', reason, links: 3, ...more },
})
const review = {
  ...{ pairs: 3, links: 9 },
  items: [
    item('-7', '8', 'identifiers_differ'),
    item('9', '10', 'weak_link'),
    item('11', '12', 'identifiers_differ', { decided: 5 }),
  ],
}

test('what waits is listed and decided, one by one or in bulk', async () => {
  const list = await said(identityReview, { options: { limit: '3' } }, review)
  expect(list.asked).toEqual([
    ['GET', '/identity/people/review', { query: { limit: 3, offset: 0 } }],
  ])
  expect(list.text).toMatch(/-7\+8 +2 \+ 1 +3 +identifiers_differ +two logins/)
  expect(list.text).toMatch(/11\+12 .* decision 5/)
  const why = 'asked them'
  const some = { words: ['people', 'join', '-7+8', '9+-10'], options: { why } }
  const path = '/identity/people/review/settle'
  const pairs = [
    { left: '-7', right: '8' },
    { left: '9', right: '-10' },
  ]
  expect((await said(identitySettle, some, [])).asked).toEqual([
    ['POST', path, { body: { decide: 'join', pairs, why } }],
  ])
  const all = (reason?: string) =>
    said(
      identitySettle,
      {
        words: ['people', 'keep-apart'],
        options: { why, all: true, ...(reason ? { reason } : {}) },
      },
      review,
      [],
    )
  expect((await all('identifiers_differ')).asked[1]).toEqual([
    'POST',
    path,
    { body: { decide: 'keep_apart', pairs: pairs.slice(0, 1), why } },
  ])
  expect((await all()).asked[1]).toMatchObject(['POST', path, { body: { pairs: [{}, {}] } }])
  expect((await all('clean_source')).text).toBe('nothing waits to be decided')
  for (const wrong of [
    { words: ['people', 'join'], options: { why } },
    { words: ['people', 'join', '7+8'], options: { why, all: true } },
    { words: ['people', 'join', '7'], options: { why } },
    { words: ['people', 'maybe', '7+8'], options: { why } },
    { words: ['people', 'join', '7+8'] },
  ])
    await expect(said(identitySettle, wrong, [])).rejects.toMatchObject({ code: 'cli.bad_option' })
})

test('all that waits is decided page by page, however much it is', async () => {
  const why = 'asked them'
  const pairs = Array.from({ length: 1203 }, (_, i) => ({ left: `${i}`, right: `${i}0` }))
  const items = pairs.map(({ left, right }, i) =>
    item(left, right, 'identifiers_differ', i === 700 ? { decided: 3 } : {}),
  )
  const page = (from: number) => ({
    ...{ pairs: 1203, links: 3609 },
    items: items.slice(from, from + 500),
  })
  const { asked } = await said(
    identitySettle,
    { words: ['people', 'keep-apart'], options: { why, all: true } },
    ...[page(0), page(500), page(1000), [], [], []],
  )
  const [path, decide] = ['/identity/people/review', 'keep_apart']
  const open = pairs.toSpliced(700, 1)
  expect(asked).toEqual([
    ...[0, 500, 1000].map((offset) => ['GET', path, { query: { limit: 500, offset } }]),
    ...[0, 500, 1000].map((from) => {
      const body = { decide, pairs: open.slice(from, from + 500), why }
      return ['POST', `${path}/settle`, { body }]
    }),
  ])
})

test('quality is asked by labels, against answers, and at every threshold', async () => {
  const quality = { precision: 0.9, recall: 0.8, f1: 0.847 }
  const labels = await said(identityMeasure, {}, { judged: 20, matches: 10, found: 9, ...quality })
  expect(labels.asked).toEqual([['GET', '/identity/people/measure/labels']])
  expect(labels.text).toMatch(/20 +10 +9 +90\.00 % +80\.00 % +84\.70 %/)
  const truth = { stream: 'truth', source: 'src', record: 'rec', entity: 'who' }
  const options = { truth: 'truth,src,rec,who' }
  const measured = await said(
    identityMeasure,
    { options },
    {
      ...{ pairs: { ...quality, true: 50, found: 45 }, b_cubed: { ...quality, f1: 0.5 } },
      missed: { pairs: 10, out_of_reach: 4 },
    },
  )
  expect(measured.asked).toEqual([['POST', '/identity/people/measure', { body: truth }]])
  expect(measured.text).toMatch(/pairs .*84\.70 %.*B-cubed .*50\.00 %.*10 missed, 4 of them/s)
  const at = { weight: 4, probability: 0.9412, found: 45, ...quality }
  const thresholds = {
    weight_at_least: 4.25,
    pairs: {
      thresholds: [
        { ...at, b_cubed: { ...quality, f1: 0.5 } },
        { ...at, weight: -1 },
      ],
      best: at,
    },
    unlinkable: { records: 7, share: 0.07 },
  }
  const path = '/identity/people/measure/thresholds'
  const drawn = await said(
    identityMeasure,
    { options: { ...options, thresholds: true, step: '2' } },
    thresholds,
  )
  expect(drawn.asked).toEqual([['POST', path, { body: { truth, step: 2 } }]])
  expect(drawn.text).toMatch(
    /4\.0 +0\.9412 +45 .* 50\.00 %\n *-1\.0 .*best at 4\.0 bits.*7 records/s,
  )
  const judged = await said(
    identityMeasure,
    { options: { thresholds: true, json: true } },
    thresholds,
  )
  expect(judged.asked).toEqual([['POST', path, { body: { labels: true } }]])
  expect(JSON.parse(judged.text)).toEqual(thresholds)
  await expect(said(identityMeasure, { options: { truth: 'truth' } })).rejects.toMatchObject({
    code: 'cli.bad_option',
  })
})

test('pairs may be drawn among all', async () => {
  const { asked } = await said(identitySample, { options: { among: 'all' } }, { pairs: [] })
  expect(asked).toEqual([['GET', '/identity/people/sample', { query: { among: 'all' } }]])
})
