import { expect, test } from 'vitest'
import type { Call, CommandTools } from '../command.ts'
import { identityLabel, identityLabels, identitySample } from './identity-labels.ts'

const [left, right] = [
  { stream: 'crm', id: '1' },
  { stream: 'shop', id: '2' },
]
const label = { number: 4, left, right, is_match: true, by: 'ada', at: '2026-01-01' }
const sample = {
  weight_at_least: 3.17,
  pairs: [
    {
      left,
      right,
      model: {
        weight: 2.94,
        probability: 0.88,
        falls: [
          { column: 'last_name', level: 'exact', left: ['D***'], right: ['D***'] },
          { column: 'birth_date', level: 'missing', left: [], right: [] },
        ],
      },
    },
  ],
}

/** A door that answers with the sample or with one label. */
function door() {
  const asked: unknown[] = []
  const printed: string[] = []
  const call = async (...of: [method: string, path: string, parts?: unknown]) => {
    asked.push(of)
    if (of[1].endsWith('/sample')) return sample
    const withdrawn = { why: 'a slip', by: 'ada' }
    return [of[1].endsWith('/withdraw') ? { ...label, withdrawn } : label]
  }
  const out = { print: (text: string) => printed.push(text), progress: () => {}, isJson: false }
  // Only what these commands use of their tools.
  const tools = { client: async () => ({ call }), out } as unknown as CommandTools
  return { asked, printed, tools }
}

const call = (words: readonly string[], options: Call['options'] = {}): Call => ({ words, options })

test('pairs are drawn, judged, listed and taken back', async () => {
  const { asked, printed, tools } = door()
  await identitySample.run(call(['people'], { count: '5', seed: 'x' }), tools)
  await identityLabel.run(call(['crm:1', 'shop:2', 'same'], { why: 'met her' }), tools)
  await identityLabels.run(call([], { on: 'account' }), tools)
  await identityLabels.run(call(['4'], { withdraw: 'a slip' }), tools)
  const pair = { left: 'crm:1', right: 'shop:2', is_match: true, why: 'met her' }
  expect(asked).toEqual([
    ['GET', '/identity/people/sample', { query: { count: 5, seed: 'x' } }],
    ['POST', '/identity/labels', { body: { labels: [pair] } }],
    ['GET', '/identity/labels', { query: { on: 'account' } }],
    ['POST', '/identity/labels/withdraw', { body: { labels: [4], why: 'a slip' } }],
  ])
  expect(printed[0]).toMatch(/2\.9 +crm:1 +shop:2 +last_name exact$/m)
  expect(printed[1]).toMatch(/4 +crm:1 +shop:2 +same +ada/)
  expect(printed[3]).toContain('withdrawn: a slip')
})

test('a verdict that is none, and withdrawing nothing, are refused before anybody is asked', async () => {
  const { asked, tools } = door()
  await expect(
    identityLabel.run(call(['crm:1', 'shop:2', 'perhaps']), tools),
  ).rejects.toMatchObject({ code: 'cli.missing_word' })
  await expect(identityLabels.run(call([], { withdraw: 'a slip' }), tools)).rejects.toMatchObject({
    code: 'cli.missing_word',
  })
  expect(asked).toEqual([])
})
