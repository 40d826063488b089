import { expect, test } from 'vitest'
import { csvShape } from './shape.ts'

const shape = (text: string, options: Parameters<typeof csvShape>[1] = {}) =>
  csvShape({ text, isWhole: true }, options, 'a.csv')

const lines = (...of: string[]) => `${of.join('\n')}\n`

test.each([
  ['commas', ',', lines('id,name', '1,Ada', '2,Bob')],
  ['semicolons with decimal commas', ';', lines('id;price', '1;1,5', '2;12,75')],
  ['semicolons with decimal commas alone', ';', lines('1,5;2,5;3,5', '4,5;5,5;6,5')],
  ['tabs with commas in prose', '\t', lines('id\tnote', '1\tred, green, blue', '2\tnone, really')],
  ['semicolons with addresses', ';', lines('id;at', '1;12 Main St, Town, X', '2;9 Elm St, Y, Z')],
  ['pipes', '|', lines('a|b|c', '1|2|3')],
  ['carets', '^', lines('a^b', '1^2')],
  ['a control sign', '\u0001', lines('a\u0001b', '1\u00012')],
  ['commas around quoted semicolons', ',', lines('a,b', '"x;y;z",1', '"u;v;w",2')],
  ['commas around quoted line ends', ',', lines('a,b', '"one', 'two; three",1', '"x",2')],
  ['commas with ragged ends', ',', lines('a,b,c', '1,2', '1,2,3', '1,2,3', '1,2,3,4', '1,2,3')],
  ['commas between dates and times', ',', lines('at,n', '2024-01-01 10:30:00,5')],
  ['one record', ';', 'id;name'],
])('tells %s', (_, delimiter, text) => {
  expect(shape(text).delimiter).toBe(delimiter)
})

test('reads a file of one column by a sign that it does not hold', () => {
  const addresses = Array.from({ length: 30 }, (_, i) => `a${i}@example.com`)
  expect(shape(lines('email', ...addresses))).toMatchObject({ delimiter: ',', header: true })
  expect(shape(lines('email', ...addresses, 'a,b@example.com')).delimiter).toBe(';')
})

test.each([
  ['prose', lines('note', 'red, green', 'blue', 'a, b, c, d', 'x, y, z'), 'no sign fits'],
  ['two signs that fit as well', lines('a,b;c', 'd,e;f', 'g,h;i'), '"," or ";"'],
])('asks when it sees %s', (_, text, words) => {
  expect(() => shape(text)).toThrow(
    expect.objectContaining({
      code: 'connectors.cannot_tell_delimiter',
      message: expect.stringContaining(words),
    }),
  )
  expect(shape(text, { delimiter: ',' }).delimiter).toBe(',')
})

test.each([
  ['double quotes', '"', '"', lines('a,b', '"x, ""y""",1', '"z,w",2')],
  ['backslashes before quotes', '"', '\\', lines('a,b', '"x \\"y\\", z",1', '"v \\"w\\", u",2')],
  ['single quotes', "'", "'", lines('a,b', "'x, y',1", "'z, w',2")],
  ['no quotes but inches', '', '', lines('a\tb', '"5 inch\t1', '"6 inch\t2', '"7 inch\t3')],
  ['apostrophes', '"', '"', lines('a,b', "o'hara,1", "'tis,2")],
])('tells %s', (_, quote, escapeSign, text) => {
  expect(shape(text)).toMatchObject({ quote, escape: escapeSign })
})

test.each([
  ['names over numbers', true, lines('id,amount', '1,2.5')],
  ['names over days', true, lines('who,when', 'Ada,2024-01-05', 'Bob,2024-02-01')],
  ['names over texts', true, lines('first,last', 'Ada,Hopper', 'Bob,Ray')],
  ['names over nothing', true, 'id,name\n'],
  ['a header that comes again', true, lines('id,name', '1,Ada', 'id,name', '2,Bob')],
  ['numbers over numbers', false, lines('1,2', '3,4')],
  ['an address over addresses', false, lines('a@b.co,Ada', 'c@d.co,Bob')],
  ['texts that come again', false, lines('NSW,red', 'VIC,blue', 'NSW,green')],
])('tells a header: %s', (_, header, text) => {
  expect(shape(text).header).toBe(header)
  expect(shape(text, { header: !header }).header).toBe(!header)
})

test('cleans names, keeps labels, and marks columns without name and value', () => {
  const text = lines(
    'CustomerKey, given_name,Größe,2015,id,id,,',
    '1,a,b,3,4,5,,x',
    '2,a,b,3,4,5,,',
  )
  expect(shape(text, { header: true }).columns).toEqual([
    { name: 'customer_key', label: 'CustomerKey', empty: false },
    { name: 'given_name', label: 'given_name', empty: false },
    { name: 'grosse', label: 'Größe', empty: false },
    { name: 'c_2015', label: '2015', empty: false },
    { name: 'id', label: 'id', empty: false },
    { name: 'id_2', label: 'id', empty: false },
    { name: 'column_7', label: 'column_7', empty: true },
    { name: 'column_8', label: 'column_8', empty: false },
  ])
})

test('counts columns by the records where they are longer than the header', () => {
  const { columns } = shape(lines('a,b', '1,2,', '3,4,', '5,6,'), { delimiter: ',', header: true })
  expect(columns.map(({ name, empty }) => [name, empty])).toEqual([
    ['a', false],
    ['b', false],
    ['column_3', true],
  ])
})

test('keeps a name of several lines in one', () => {
  const { columns } = shape(lines('id,"unit\nprice"', '1,2'))
  expect(columns[1]).toMatchObject({ name: 'unit_price', label: 'unit price' })
})

test('passes over empty lines and the line that names the delimiter', () => {
  expect(shape('\n  \nsep=;\na;b\n1;2\n')).toMatchObject({ skip: 10, delimiter: ';', header: true })
})

test('does not judge by a record that was cut', () => {
  const text = 'a,b\n1,2\n3,4\n5'
  expect(csvShape({ text, isWhole: false }, {}, 'a.csv').columns).toHaveLength(2)
})
