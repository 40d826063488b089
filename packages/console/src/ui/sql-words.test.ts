import { describe, expect, test } from 'vitest'
import { completionsAt, lineAndColumnIn, piecesOf, spanAt } from './sql-words.ts'

const catalogue = {
  relations: [
    { name: 'individual', label: 'Individual', columns: [{ name: 'first_name', type: 'text' }] },
    {
      name: 'sales_order',
      columns: [
        { name: 'total', type: 'decimal' },
        { name: 'Order date', type: 'date' },
      ],
    },
    { name: 'lake.shop_orders', columns: [{ name: 'shipped', type: 'boolean' }] },
  ],
  functions: ['sum', 'strpos'],
}

// The caret stands where the bar is.
function offered(marked: string, asked?: 'asked') {
  const caret = marked.indexOf('|')
  const text = marked.replace('|', '')
  const { from, of } = completionsAt(text, caret, catalogue, asked)
  return { replaces: text.slice(from, caret), names: of.map(({ insert }) => insert) }
}

test('the pieces of a text are the text', () => {
  const text = `select "a ""b", 'it''s' -- why\n from x /* long\n */ where n >= 1.5 and e = 'open`
  const cut = piecesOf(text, new Set(['sum']))
  expect(cut.map((piece) => piece.text).join('')).toBe(text)
  const kinds = Object.groupBy(cut, ({ kind }) => kind)
  expect(kinds.name?.map((piece) => piece.text)).toEqual(['"a ""b"'])
  expect(kinds.text?.map((piece) => piece.text)).toEqual(["'it''s'", "'open"])
  expect(kinds.comment?.map((piece) => piece.text)).toEqual(['-- why', '/* long\n */'])
  expect(kinds.keyword?.map((piece) => piece.text)).toEqual(['select', 'from', 'where', 'and'])
})

describe('what is offered', () => {
  test('relations after from and join, also those with a dot', () => {
    expect(offered('select * from |').names).toEqual([
      'individual',
      'sales_order',
      'lake.shop_orders',
    ])
    expect(offered('select * from individual i, ord|').names).toEqual([
      'sales_order',
      'lake.shop_orders',
    ])
    expect(offered('select * from individual join sa|')).toEqual({
      replaces: 'sa',
      names: ['sales_order'],
    })
    expect(offered('select * from lake.|').names).toEqual(['shop_orders'])
  })

  test('the columns of what is read, by its name and by its alias', () => {
    expect(offered('select o.| from sales_order as o').names).toEqual(['total', '"Order date"'])
    expect(offered('select s.shi| from lake.shop_orders s')).toEqual({
      replaces: 'shi',
      names: ['shipped'],
    })
    expect(offered('select tot| from sales_order').names).toEqual(['total'])
    expect(offered('select x.| from sales_order as o').names).toEqual([])
  })

  test('functions with their bracket; what begins with the word comes first', () => {
    expect(offered('select s| from sales_order').names.slice(0, 3)).toEqual([
      'select',
      'sum(',
      'strpos(',
    ])
  })

  test('nothing in comments and texts, nothing before one types unless asked', () => {
    for (const text of [
      "select 'fir|",
      'select -- fir|',
      'select /* fir|',
      'select "fir|',
      'select |',
    ])
      expect(offered(text).names).toEqual([])
    expect(offered('select | from individual', 'asked').names[0]).toBe('first_name')
    expect(offered('select sum(total)| ').names).toEqual([])
  })

  test('a word that is whole is not offered again', () => {
    expect(offered('select first_name| from individual').names).toEqual([])
  })
})

test('a place is found again in the text, also behind letters that count twice', () => {
  const text = "select 1,\n  '🙂', wrong from x"
  const place = lineAndColumnIn('line 2, column 8')!
  const { from, to } = spanAt(text, place)
  expect(text.slice(from, to)).toBe('wrong')
  expect(lineAndColumnIn('include.all[0]')).toBeUndefined()
  expect(spanAt('select', { line: 4, column: 2 })).toEqual({ from: 6, to: 6 })
})
