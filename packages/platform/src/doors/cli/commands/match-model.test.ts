import { expect, test } from 'vitest'
import type { Call, CommandTools } from '../command.ts'
import { identityModel, identityModels, identityPropose, identityTrain } from './match-model.ts'

const model = {
  model: 'people_model',
  label: 'People',
  on: 'individual',
  used_by: ['people', 'tried'],
  trained: { at: '2026-01-01', records: 1200, candidates: 5000, matches: 310.4, rounds: 12 },
  prior: { weight: -9.5 },
  comparisons: [
    {
      column: 'last_name',
      levels: [
        { level: 'exact', m: 0.9, u: 0.01, weight: 6.4918 },
        { level: 'differs', m: 0.1, u: 0.99, weight: -3.307 },
      ],
    },
  ],
  blocks: [{ rule: 'last_name', blocks: 40, pairs: 5000, left_out: { records: 7 } }],
  doubts: ['learning had not settled after 1000 rounds'],
}
const proposal = {
  settings: {},
  profile: {
    records: 1200,
    columns: [
      { column: 'last_name', kind: 'last_name', filled: 0.98, distinct: 400, bits: 7.21 },
      { column: 'gender', kind: 'text', filled: 0, distinct: 0, bits: 0 },
    ],
  },
  left_out: [{ column: 'gender', why: 'only 0 % of the records have a value' }],
  blocks: [],
}

/** A door that trains at once. */
function door() {
  const asked: unknown[] = []
  const printed: string[] = []
  const call = async (...of: [method: string, path: string, parts?: unknown]) => {
    asked.push(of)
    const [, path] = of
    if (path.endsWith('/train')) return { job: '7' }
    if (path.startsWith('/jobs/')) return { state: 'done', result: model }
    if (path.endsWith('/models')) return [model, { ...model, model: 'fresh', trained: undefined }]
    return path.endsWith('/propose') ? proposal : model
  }
  const out = { print: (text: string) => printed.push(text), progress: () => {}, isJson: false }
  // Only what these commands use of their tools.
  const tools = { client: async () => ({ call }), out } as unknown as CommandTools
  return { asked, printed, tools }
}

const call = (words: readonly string[], options: Call['options'] = {}): Call => ({ words, options })

test('a model is trained by its endpoint and shown as a table', async () => {
  const { asked, printed, tools } = door()
  const labels = 'judged,one,other,same'
  await identityTrain.run(call(['people_model'], { seed: 'x', labels }), tools)
  await identityModel.run(call(['people_model']), tools)
  expect(asked.slice(0, 2)).toEqual([
    [
      'POST',
      '/identity/models/people_model/train',
      {
        body: {
          seed: 'x',
          labels: { stream: 'judged', left: 'one', right: 'other', is_match: 'same' },
        },
      },
    ],
    ['GET', '/jobs/7'],
  ])
  expect(printed[0]).toBe(printed[1])
  expect(printed[0]).toMatch(/from 1,?.?200 records.* about 310 matches/)
  expect(printed[0]).toMatch(/last_name +exact +0\.900 +0\.0100 +6\.49/)
  expect(printed[0]).toMatch(/before looking +-9\.50/)
  expect(printed[0]).toContain('! learning had not settled')
})

test('what records propose is shown with what was left out, and why', async () => {
  const { printed, tools } = door()
  await identityPropose.run(call(['people_model']), tools)
  expect(printed[0]).toMatch(/gender +text +0 % +0 +0\.0 +only 0 % of the records/)
})

test('models are listed with who uses them', async () => {
  const { asked, printed, tools } = door()
  await identityModels.run(call([]), tools)
  expect(asked).toEqual([['GET', '/identity/models']])
  expect(printed[0]).toMatch(
    /people_model +People +individual +people, tried +2026-01-01 +310 +1\nfresh .* not yet +1$/,
  )
})

test('a model is named, and labels are a stream with three columns', async () => {
  const { tools } = door()
  await expect(identityModel.run(call([]), tools)).rejects.toMatchObject({
    code: 'cli.missing_word',
  })
  await expect(
    identityTrain.run(call(['people_model'], { labels: 'judged,one' }), tools),
  ).rejects.toMatchObject({ code: 'cli.bad_option' })
})
