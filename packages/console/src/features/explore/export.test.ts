import { expect, test } from 'vitest'
import { csvOf, jsonOf } from './export.ts'

const answer = {
  columns: [
    { name: 'name', type: 'text' },
    { name: 'total "net"', type: 'decimal' },
    { name: 'tags', type: 'json' },
  ],
  rows: [
    { name: 'Rossi, "Ada"\nmilano', 'total "net"': '-1.50', tags: ['a', 'b'] },
    { name: '=HYPERLINK("x")', 'total "net"': null, tags: null },
    { name: '+49 (30) 1234', 'total "net"': null, tags: null },
  ],
}

test('values stand as they are, quoted where they have to be', () => {
  expect(csvOf(answer)).toBe(
    [
      'name,"total ""net""",tags\r\n',
      '"Rossi, ""Ada""\nmilano",-1.50,"[""a"",""b""]"\r\n',
      `"'=HYPERLINK(""x"")",,\r\n`,
      '+49 (30) 1234,,\r\n',
    ].join(''),
  )
})

test('JSON keeps everything', () => {
  expect(JSON.parse(jsonOf(answer))).toEqual(answer.rows)
})
