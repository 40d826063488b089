import { expect, test } from 'vitest'
import type { CommandTools } from '../command.ts'
import { insightAdd, insightRows, insights } from './insights.ts'

function toolsOf(answer: (method: string, path: string) => unknown) {
  const [asked, printed]: [unknown[], string[]] = [[], []]
  const call = async (method: string, path: string, of?: unknown) => {
    asked.push([method, path, of])
    return answer(method, path)
  }
  const out = { print: (text: string) => printed.push(text), progress: () => {}, isJson: false }
  // Only what these commands use of their tools.
  const tools = { client: async () => ({ call }), out } as unknown as CommandTools
  return { tools, asked, printed }
}

test('insights are listed with why one is stale, and those that could be added', async () => {
  const lastRun = { at: '2026-01-01T10:20:30.000Z', tookMs: 1, how: 'changes' }
  const { tools, printed } = toolsOf((_, path) =>
    path === '/insights'
      ? [
          { key: 'spend', label: 'Spend', rows: 1200, lastRun, staleness_ms: 90_000 },
          { key: 'broken', label: 'Broken', stale: { why: 'no column x' } },
        ]
      : [
          { key: 'rfm', about: 'Fifths', lacks: [], isDefined: false },
          { key: 'open_cases', about: '', lacks: ['nothing fills "case"'], isDefined: false },
          { key: 'spend', about: '', lacks: [], isDefined: true },
        ],
  )
  await insights.run({ words: [], options: {} }, tools)
  const [list = '', , ready = ''] = printed
  expect(list).toMatch(/spend +1,200 +2026-01-01 10:20 changes +90 s\n/)
  expect(list).toMatch(/broken +- +- +- +stale: no column x/)
  expect(ready).toMatch(/rfm +Fifths/)
  expect(ready).toMatch(/open_cases +not here: nothing fills "case"/)
  expect(ready).not.toContain('spend')
})

test('a ready-made insight is added, under another key if wished', async () => {
  const { tools, asked, printed } = toolsOf(() => ({ key: 'scores' }))
  await insightAdd.run({ words: ['rfm'], options: { key: 'scores' } }, tools)
  expect(asked).toEqual([['POST', '/insights/templates/rfm', { body: { key: 'scores' } }]])
  expect(printed[0]).toContain('scores is defined')
  await expect(insightAdd.run({ words: [], options: {} }, tools)).rejects.toMatchObject({
    code: 'cli.missing_word',
  })
})

test('of an insight in SQL the other tables are told, and how often a row was counted', async () => {
  const { tools, asked, printed } = toolsOf(() => ({
    from: 'sales_order',
    table: 'o',
    tables: [
      { name: 'o', from: 'sales_order', rows: 1 },
      { name: 'spend.p', from: 'product', rows: 1200 },
    ],
    asked: ['exchange_rate'],
    kept: { channel: 'web', total: 5 },
    rows: [{ stream: 'orders', id: 'o1', fields: { channel: 'web' }, value: 5, times: 2 }],
    total: 1,
  }))
  await insightRows.run({ words: ['x', 'channel=web'], options: { table: 'o' } }, tools)
  expect(asked).toEqual([
    [
      'POST',
      '/insights/x/rows',
      { body: { dimensions: { channel: 'web' }, limit: 20, table: 'o' } },
    ],
  ])
  const [text = ''] = printed
  expect(text).toMatch(/1 rows of sales_order \(o\) now/)
  expect(text).toMatch(/orders o1 +web +5 +2/)
  expect(text).toContain('  spend.p: 1,200 rows of product')
  expect(text).toContain('asked by conditions and values: exchange_rate')
})
