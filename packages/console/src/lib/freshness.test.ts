import type { GraphNode } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { targetOf } from './freshness.ts'

test.each<[GraphNode['freshness'], string]>([
  ['live', 'at once'],
  [{ everyMs: 90_000 }, 'every 1 min 30 s'],
  [{ atLeastEveryMs: 90_000 }, 'at once, and at least every 1 min 30 s'],
  [{ cron: '0 6 * * *' }, '0 6 * * * (UTC)'],
  [{ asksFor: ['country', 'city'] }, 'country, city'],
])('when something is refreshed is told in words', (freshness, words) => {
  expect(targetOf({ freshness })).toContain(words)
})
