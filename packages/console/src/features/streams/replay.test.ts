import { expect, test } from 'vitest'
import { changesIn } from './replay.ts'

const same = { changed: 0, added: 0, missing: 0 }

test('rows that are as they were change nothing', () => {
  expect(changesIn(same, [same, same])).toBe(0)
})

test('what changes, comes or goes counts, in the lake and in the model', () => {
  expect(changesIn({ ...same, changed: 2 }, [{ changed: 1, added: 3, missing: 4 }, same])).toBe(10)
})
