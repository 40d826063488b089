import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowsOf, type SheetRow } from './rows.ts'
import { makeTexts } from './texts.ts'

const sheet = Buffer.from(`<?xml version="1.0"?><!DOCTYPE x><worksheet xmlns="a>b"><sheetData>
<row r="1" spans='1>2'><c r="A1" t="str"><v>é &lt; 東 &#128512;</v></c><!-- <c> > --><c r="AB1"><v>1.50</v></c></row>
<row r="3"><c r="B3" t="inlineStr"><is><t><![CDATA[a<b>]]></t></is></c><c t="b"><v>1</v></c></row>
</sheetData></worksheet>`)

async function* pieces(cuts: readonly number[]) {
  let from = 0
  for (const cut of [...cuts, sheet.length].sort((a, b) => a - b)) {
    yield sheet.subarray(from, cut)
    from = cut
  }
}

async function read(cuts: readonly number[]): Promise<readonly SheetRow[]> {
  const meaning = { texts: makeTexts(), styles: [], epoch: 1900 } as const
  const rows: SheetRow[] = []
  for await (const row of rowsOf(pieces(cuts), meaning, { name: 'a' })) rows.push(row)
  return rows
}

test('finds the same rows wherever their text is divided', async () => {
  const whole = await read([])
  expect(whole.map(({ number }) => number)).toEqual([1, 3])
  expect(whole[0]?.cells[0]).toEqual({ text: 'é < 東 😀', isText: true })
  expect(whole[0]?.cells[27]).toEqual({ text: '1.5', isText: false })
  expect(whole[1]?.cells.slice(1)).toEqual([
    { text: 'a<b>', isText: true },
    { text: 'true', isText: false },
  ])
  const cuts = fc.array(fc.nat({ max: sheet.length }), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(cuts, async (at) => {
      expect(await read(at)).toEqual(whole)
    }),
    { numRuns: 300 },
  )
})
