import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import type { Batch, PayloadRow } from '../../destination.ts'
import {
  atEase,
  describeDestination,
  lookedAt,
  sampleBatch,
} from '../../testing/destination-contract.ts'
import { nowhere } from '../../testing/house.ts'
import { file } from './file.ts'

const nothingWritten = () => {
  throw new Error('no Parquet is written')
}
const nothingOut = () => Promise.reject(new Error('nothing is sent over the network'))

async function arrange() {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-out-'))
  const base = join(folder, 'out')
  const blocked = join(base, 'exports')
  return {
    folder,
    settings: { folder: 'exports', format: 'json' },
    tools: {
      ...atEase,
      network: nowhere,
      parquet: nothingWritten,
      secret: nothingOut,
      folders: { base, allowed: [join(folder, 'allowed')] },
      clock: stoppedClock(new Date('2026-02-04T00:00:00Z')),
    },
    arrived: async () =>
      readdirSync(blocked)
        .filter((name) => name.endsWith('.ndjson'))
        .flatMap((name) => linesOf(readFileSync(join(blocked, name), 'utf8'))),
    // A file stands where the folder should be.
    breakDown: async () => {
      mkdirSync(base, { recursive: true })
      writeFileSync(blocked, '')
    },
    mend: async () => rmSync(blocked),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as PayloadRow)

describeDestination(file, arrange)

async function deliver(batch: Batch, settings: object = {}) {
  const scene = await arrange()
  onTestFinished(scene.close)
  const tools = { ...scene.tools, signal: AbortSignal.timeout(40_000) }
  const all = { ...scene.settings, format: 'csv', ...settings }
  await file.deliver(batch, all, tools)
  return { folder: scene.folder, out: join(scene.folder, 'out', 'exports') }
}

const ada = { profile_id: '1152921504606846977', change: 'entered', 'First name': 'Ada, "A"' }
const bob = { profile_id: '1152921504606846978', change: 'left', 'First name': null }

test('writes CSV as RFC 4180 has it, with a manifest', async () => {
  const { out } = await deliver(sampleBatch([ada, bob, { ...bob, 'First name': '' }]))
  const name = 'vips_to_shop-2026-02-03-57'
  expect(readdirSync(out).sort()).toEqual([`${name}.csv`, `${name}.manifest.json`])
  const text = readFileSync(join(out, `${name}.csv`), 'utf8')
  expect(text).toBe(
    [
      'profile_id,change,First name',
      '1152921504606846977,entered,"Ada, ""A"""',
      '1152921504606846978,left,',
      '1152921504606846978,left,""',
      '',
    ].join('\r\n'),
  )
  expect(JSON.parse(readFileSync(join(out, `${name}.manifest.json`), 'utf8'))).toEqual({
    files: [
      {
        file: `${name}.csv`,
        rows: 3,
        bytes: Buffer.byteLength(text),
        sha256: createHash('sha256').update(text).digest('hex'),
      },
    ],
    rows: 3,
    columns: ['profile_id', 'change', 'First name'],
    id: 'vips_to_shop:0:57:1',
    activation: 'vips_to_shop',
    segment: 'vips',
    send: 'changes',
    from: 0,
    to: 57,
    sent_at: '2026-02-04T00:00:00.000Z',
  })
})

test('what a spreadsheet would run is written as text, and phone numbers stay', async () => {
  const runs = ['=1+1', '\t=1', '@SUM(A1)', '+HYPERLINK("http://x")', "-1+cmd|' /C calc'!A0"]
  const stays = ['+49 (30) 1234-5', '-12.5', '@ada', '- call again', '+1 800 FLOWERS', 'a=b']
  const rows = [...runs, ...stays].map((x) => ({ profile_id: '1', x }))
  const written = async (settings: object) => {
    const { out } = await deliver(sampleBatch(rows, { columns: ['x'] }), settings)
    const [name = ''] = readdirSync(out).filter((one) => one.endsWith('.csv'))
    const [, ...lines] = readFileSync(join(out, name), 'utf8').trimEnd().split('\r\n')
    return lines.map((line) => line.replace(/^"(.*)"$/s, '$1').replaceAll('""', '"'))
  }
  expect(await written({})).toEqual([...runs.map((text) => `'${text}`), ...stays])
  expect(await written({ formulas: 'keep' })).toEqual([...runs, ...stays])
})

test('names files as it is told', async () => {
  const name = '{segment} {date}_{activation}.{position}'
  const { out } = await deliver(sampleBatch([ada], { number: 2 }), { name })
  expect(readdirSync(out)).toContain('vips 2026-02-03_vips_to_shop.57-2.csv')
})

test.each([
  ['{activation}', 'needs {position}'],
  ['{position}', 'needs {activation}'],
  ['{activation}{positon}{position}', 'did you mean "position"'],
  ['../{activation}-{position}', 'may hold letters'],
  ['.{activation}-{position}', 'may hold letters'],
])('refuses the name %s', (name, say) => {
  const problems = file.check({ folder: 'x', format: 'csv', name })
  expect(problems).toMatchObject([{ at: 'name', say: expect.stringContaining(say) }])
})

test.each(['..', '../elsewhere', 'a/../../b', '/etc', '/tmp/x'])(
  'does not write to %s',
  async (folder) => {
    const delivering = deliver(sampleBatch([ada]), { folder })
    await expect(delivering).rejects.toMatchObject({ code: 'activation.folder_outside' })
  },
)

test('does not follow a symbolic link out of its folder', async () => {
  const scene = await arrange()
  onTestFinished(scene.close)
  const outside = join(scene.folder, 'outside')
  mkdirSync(outside)
  mkdirSync(scene.tools.folders.base)
  symlinkSync(outside, join(scene.tools.folders.base, 'exports'))
  const tools = { ...scene.tools, signal: AbortSignal.timeout(40_000) }
  for (const folder of ['exports', 'exports/deep']) {
    const delivering = file.deliver(sampleBatch([ada]), { ...scene.settings, folder }, tools)
    await expect(delivering).rejects.toMatchObject({ code: 'activation.folder_outside' })
  }
  expect(readdirSync(outside)).toEqual([])
})

test('writes to an absolute folder that the server allows', async () => {
  const scene = await arrange()
  onTestFinished(scene.close)
  const folder = join(scene.folder, 'allowed', 'crm')
  const tools = { ...scene.tools, signal: AbortSignal.timeout(40_000) }
  await file.deliver(sampleBatch([ada]), { ...scene.settings, folder }, tools)
  expect(readdirSync(folder)).toHaveLength(2)
})

test('a file that could not be finished is not there, nor is a part of it', async () => {
  const scene = await arrange()
  onTestFinished(scene.close)
  const rows = async function* () {
    yield [ada]
    throw new Error('the store is gone')
  }
  const tools = { ...scene.tools, signal: AbortSignal.timeout(40_000) }
  const delivering = file.deliver(sampleBatch([ada], { rows }), scene.settings, tools)
  await expect(delivering).rejects.toThrow('the store is gone')
  const out = join(scene.tools.folders.base, 'exports')
  expect(existsSync(out) && readdirSync(out)).toEqual([])
})

test('a test of the connection leaves no file', async () => {
  const scene = await arrange()
  onTestFinished(scene.close)
  const testing = { ...scene.tools, signal: AbortSignal.timeout(40_000) }
  expect(await lookedAt(file.test(scene.settings, testing))).toEqual([
    'a file was written to exports',
    'it was removed again',
  ])
  expect(readdirSync(join(scene.folder, 'out', 'exports'))).toEqual([])
  const outside = file.test({ ...scene.settings, folder: '../elsewhere' }, testing)
  await expect(lookedAt(outside)).rejects.toMatchObject({
    code: 'activation.folder_outside',
  })
})
