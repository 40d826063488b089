import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bridgesOf } from './bridges.ts'
import { type Tie, weakestOf } from './weakest.ts'

const tie: fc.Arbitrary<Tie> = fc
  .record({
    ends: fc.tuple(fc.nat(6), fc.nat(6)).filter(([a, b]) => a !== b),
    links: fc.integer({ min: 1, max: 3 }),
    weight: fc.option(fc.constantFrom(3.5, 4.25, 9), { nil: undefined }),
    isDecided: fc.constantFrom(false, false, false, true),
  })
  .map(({ ends: [a, b], weight, ...of }) => ({
    ...of,
    left: `${Math.min(a, b)}`,
    right: `${Math.max(a, b)}`,
    ...(weight === undefined ? {} : { weight, links: 1 }),
  }))

const graphs = fc
  .array(tie, { minLength: 1, maxLength: 12 })
  .map((ties) => [...new Map(ties.map((of) => [`${of.left} ${of.right}`, of])).values()])

/** Who is reached from a record. */
function reached(from: string, ties: readonly Tie[]): Set<string> {
  const found = new Set([from])
  for (const at of found)
    for (const { left, right } of ties) {
      if (left === at) found.add(right)
      if (right === at) found.add(left)
    }
  return found
}

/** How much holds two parts together, what is weaker first: a model's word by its weight, then rules by their number. */
const strength = ({ weight, links }: Tie): readonly number[] =>
  weight === undefined ? [1, links] : [0, weight]

test('the weakest bridge is the one that the textbook finds by taking each tie away', () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(graphs, (all) => {
      const whole = reached(all[0]?.left ?? '', all)
      const ties = all.filter(({ left }) => whole.has(left))
      const cuts = ties.flatMap((of) => {
        const side = reached(
          of.left,
          ties.filter((other) => other !== of),
        )
        if (of.isDecided || side.has(of.right)) return []
        const smaller = Math.min(side.size, whole.size - side.size)
        return [{ of, rank: [...strength(of), -smaller] }]
      })
      const least = cuts
        .map(({ rank }) => rank)
        .reduce<readonly number[] | undefined>((best, rank) => {
          const i = rank.findIndex((mark, at) => mark !== best?.[at])
          return best === undefined || (i >= 0 && rank[i]! < best[i]!) ? rank : best
        }, undefined)
      const found = weakestOf(bridgesOf(ties))
      if (least === undefined) expect(found).toBeUndefined()
      else {
        seen.add(found?.edge.weight === undefined ? 'rules' : 'model')
        expect([...strength(found!.edge), -Math.min(...found!.parts)]).toEqual(least)
      }
    }),
    { numRuns: 500 },
  )
  expect(seen).toEqual(new Set(['rules', 'model']))
})
