import { expect, test } from 'vitest'
import type { CommandTools } from '../command.ts'
import { insightAdd, insights } from './insights.ts'

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
          { key: 'spend', label: 'Spend', rows: 1200, lastRun },
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
  expect(list).toMatch(/spend +1,200 +2026-01-01 10:20 changes/)
  expect(list).toMatch(/broken +- +- +stale: no column x/)
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
