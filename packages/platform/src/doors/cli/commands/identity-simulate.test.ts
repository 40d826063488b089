import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CommandTools } from '../command.ts'
import { identitySimulate } from './identity-simulate.ts'

const side = (id: string) => ({ stream: 'crm', id })
const link = {
  rule: 'model alike',
  matched: '9.1 bits: last_name exact',
  left: side('1'),
  right: side('2'),
}
const simulation = {
  ruleset: 'people',
  at_least: 0.9,
  changes: true,
  before: { records: 12000, profiles: 9000, consolidation_rate: 0.25 },
  after: { records: 12000, profiles: 8000, consolidation_rate: 1 / 3 },
  created: 0,
  retired: { profiles: 0 },
  held: { changed: 5000, published: 9000, most: 4500 },
  strangers: {
    rule: 'Wide',
    fields: ['last_name', 'birth_date'],
    pairs: 5000,
    strangers: 4900,
    matched: 'A***',
  },
  shared: [
    {
      rule: 'Same e-mail',
      values: 2,
      records: 60,
      examples: [
        { matched: 'i***@s***.d***', records: 40, people: 38 },
        { matched: 'o***@s***.d***', records: 20, people: 20 },
      ],
    },
  ],
  joins: {
    pairs: 1000,
    items: [
      { left: { profile: '7', records: 2 }, right: { profile: '8', records: 1 }, by: [link] },
    ],
  },
  splits: {
    profiles: 1,
    items: [{ profile: '9', records: 2, parts: 2, without: [{ ...link, label: 'Alike' }] }],
  },
  ids: { records: 1001 },
  for_review: 3,
  review: { pairs: 2, links: 3, no_longer: 0 },
  segments: [
    { segment: 'vips', members: 40, foretold: { members: 38, entered: 1, left: 3 } },
    { segment: 'rich', members: 5, unknown: 'it asks for the insight "spend"' },
  ],
}

function door() {
  const asked: unknown[] = []
  const printed: string[] = []
  const call = async (...of: [method: string, path: string, parts?: unknown]) => {
    asked.push(of)
    return of[1].startsWith('/jobs/') ? { state: 'done', result: simulation } : { job: '7' }
  }
  const out = { print: (text: string) => printed.push(text), progress: () => {}, isJson: false }
  // Only what this command uses of its tools.
  const tools = { client: async () => ({ call }), out } as unknown as CommandTools
  return { asked, printed, tools }
}

test('a ruleset is simulated with a file and a threshold, and shown as figures', async () => {
  const { asked, printed, tools } = door()
  const folder = await mkdtemp(join(tmpdir(), 'tessera-'))
  const file = join(folder, 'new.yaml')
  await writeFile(file, 'kind: ruleset')
  await identitySimulate.run({ words: ['people'], options: { file, 'at-least': '0.9' } }, tools)
  await rm(folder, { recursive: true })
  expect(asked).toEqual([
    ['POST', '/identity/people/simulate', { body: { file: 'kind: ruleset', at_least: 0.9 } }],
    ['GET', '/jobs/7'],
  ])
  const [text] = printed
  expect(text).toMatch(/profiles +9.?000 +8.?000/)
  expect(text).toMatch(/7 \+ 8: model alike \(9\.1 bits: last_name exact\), crm:1 and crm:2/)
  expect(text).toMatch(/9 into 2, without: Alike/)
  expect(text).toContain(
    '"Same e-mail" would tie 60 records by 2 values each of which five people or more share who agree in no name and no birth date: i***@s***.d*** (38), o***@s***.d*** (20)',
  )
  expect(text).toMatch(
    /held back: 5.?000 of 9.?000 profiles would be .*, more than 4.?500; .*--confirm/,
  )
  expect(text).toMatch(
    /held back: "Wide" .*: of 5.?000 pairs .* 4.?900 .*no last_name and no birth_date/,
  )
  expect(text).toMatch(/vips +40 +38 +\+1 +-3/)
  expect(text).toMatch(/rich +5 +\? .*it asks for the insight/)
})

test('a file that is not there is an ordinary fault', async () => {
  const { tools } = door()
  const call = { words: ['people'], options: { file: 'nope.yaml' } }
  await expect(identitySimulate.run(call, tools)).rejects.toMatchObject({
    code: 'cli.no_such_file',
    message: 'there is no file nope.yaml',
  })
})

test('a threshold is a probability, and a ruleset is named', async () => {
  const { tools } = door()
  const run = (words: readonly string[], least: string) =>
    identitySimulate.run({ words, options: { 'at-least': least } }, tools)
  await expect(run(['people'], '2')).rejects.toMatchObject({ code: 'cli.bad_option' })
  await expect(run([], '0.9')).rejects.toMatchObject({ code: 'cli.missing_word' })
})
