import { expect, test } from 'vitest'
import { sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import type { MatchingSettings } from './definition.ts'
import { withMatching } from './matching.ts'
import { digitsOfPattern } from './patterns.ts'
import { benchOf, dice, recordsOf } from './testing/people.ts'

const settings: MatchingSettings = {
  comparisons: [{ column: 'code', levels: [{ is: 'exact' }, { is: 'edits', at_most: 1 }] }],
  blocks: [{ key: 'pair', all: [{ column: 'pair' }] }],
}
const letters = 'abc'

/** Everything that one edit makes of a text: left out, put in, another one, swapped with its neighbour. */
function oneEditAway(text: string): ReadonlySet<string> {
  const cuts = Array.from({ length: text.length + 1 }, (_, i) => [text.slice(0, i), text.slice(i)])
  return new Set(
    cuts.flatMap(([before = '', after = '']) => [
      ...(after ? [`${before}${after.slice(1)}`] : []),
      ...[...letters].flatMap((one) => [
        `${before}${one}${after}`,
        ...(after ? [`${before}${one}${after.slice(1)}`] : []),
      ]),
      ...(after.length > 1 ? [`${before}${after[1]}${after[0]}${after.slice(2)}`] : []),
    ]),
  )
}

test('what is told apart before distances are worked out is more than one edit away', async () => {
  const roll = dice(5)
  const text = () =>
    Array.from({ length: 1 + Math.floor(roll() * 7) }, () => letters[Math.floor(roll() * 3)])
  const pairs = Array.from({ length: 3000 }, () => {
    const one = text().join('')
    const near = [...oneEditAway(one)]
    const far = roll() < 0.5 ? text().join('') : near[Math.floor(roll() * near.length)]
    return [one, far || one] as const
  })
  const engine = await memoryEngine()
  const records = await recordsOf(
    engine,
    'codes',
    pairs.flatMap((of, pair) => of.map((code) => ({ pair: `p${pair}`, code }))),
  )
  const learned = {
    prior: 0.5,
    matches: 0,
    rounds: 0,
    converged: true,
    log_likelihood: [],
    frequencies: {},
    left_out: {},
    comparisons: [{ m: [0.4, 0.3, 0.3], u: [0.4, 0.3, 0.3] }],
  }
  const rows = await withMatching(benchOf(engine), records, settings, ({ scored }) =>
    scored(learned, 0, (found) => engine.rows(sql`select pattern from ${found} order by "left"`)),
  )
  const expected = pairs.map(([one, other]) => {
    if (one === other) return 1
    return oneEditAway(one).has(other) ? 2 : 3
  })
  expect(rows.map((row) => digitsOfPattern(settings, Number(row['pattern']))[0])).toEqual(expected)
})
