import { expect, test } from 'vitest'
import { fixedPrefix, inOrder, isHidden, leadsOut, pathMatcher } from './paths.ts'

test.each([
  ['*.csv', 'a.csv', true],
  ['*.csv', 'b/a.csv', false],
  ['**/*.csv', 'a.csv', true],
  ['**/*.csv', 'b/c/a.csv', true],
  ['./b/{a,x}.csv', 'b/a.csv', true],
  ['**/*', '.git/config', false],
  ['.*', '.hidden', false],
  ['*.csv', 'A.CSV', false],
])('%s stands for %s: %s', (pattern, path, stands) => {
  expect(pathMatcher(pattern)(path)).toBe(stands)
})

test.each([
  ['sales/2024-*.csv', 'sales/2024-'],
  ['./a/b.csv', 'a/b.csv'],
  ['{a,b}/c.csv', ''],
  ['a+(b).csv', 'a'],
  ['a\\*b', 'a'],
])('what %s stands for begins with %s', (pattern, prefix) => {
  expect(fixedPrefix(pattern)).toBe(prefix)
})

test('tells what leads out, what is hidden, and the order people count in', () => {
  const paths = ['a', '../a', '/a', 'a/../../b', '{..,a}/b', 'C:\\a', 'a..b']
  expect(paths.filter(leadsOut)).toEqual(['../a', '/a', 'a/../../b', '{..,a}/b', 'C:\\a'])
  expect(['a.b', '.a', 'a/.b/c'].filter(isHidden)).toEqual(['.a', 'a/.b/c'])
  expect(inOrder(['p-10', 'p-2', 'a'])).toEqual(['a', 'p-2', 'p-10'])
})
