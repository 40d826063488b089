import { expect, test } from 'vitest'
import { nextLink } from './links.ts'

test.each([
  [undefined, undefined],
  ['', undefined],
  ['<https://a.test/?p=2>; rel="next"', 'https://a.test/?p=2'],
  ['</x>; rel=prev, </y?a=1,2;3>; rel=next', '/y?a=1,2;3'],
  ['</x>; title="rel=next, <no>"; rel="last", </y>;REL="First NEXT"', '/y'],
  ['</x>; rel="nextpage"', undefined],
  ['</x> ; type=a ; rel = "next"', '/x'],
  ['</x>; title="a \\" b"; rel=next; rel=last', '/x'],
  ['https://a.test; rel=next', undefined],
])('%s leads to %s', (header, expected) => {
  expect(nextLink(header)).toBe(expected)
})
