import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { GraphNode, Look, NodeState } from './definition.ts'
import { outputsOf, reasonsOf } from './staleness.ts'
import { type Want, workList } from './work-list.ts'

const now = new Date('2026-01-01T12:00:00Z')

function node(key: string, inputs: readonly string[], more: Partial<GraphNode> = {}): GraphNode {
  return { key, kind: 'k', label: key, inputs, definition: 'd', freshness: 'live', ...more }
}

/** A node that is up to date with inputs at position 1. */
function made({ key, inputs }: GraphNode, more: Partial<NodeState> = {}): NodeState {
  const worked = Object.fromEntries(inputs.map((input) => [input, 1]))
  const built = {
    definition: 'd',
    worked,
    counts: {},
    refreshedAt: now.toISOString(),
    durationMs: 1,
  }
  return { key, state: 'idle', output: 1, built, ...more }
}

const lookAt = (nodes: readonly GraphNode[], states: readonly NodeState[]): Look => ({
  nodes,
  states: new Map(states.map((state) => [state.key, state])),
  now,
})
const keys = (look: Look, want?: Want) => workList(look, want).map((step) => step.node.key)

const graphs = fc
  .array(
    fc.record({
      inputs: fc.array(fc.nat(), { maxLength: 3 }),
      freshness: fc.constantFrom<GraphNode['freshness']>('live', 'on demand', 'by itself', {
        everyMs: 60_000,
      }),
      state: fc.constantFrom<'none' | 'old' | NodeState['state']>(
        'none',
        'old',
        'idle',
        'idle',
        'idle',
        'failed',
      ),
      output: fc.integer({ min: 1, max: 2 }),
      place: fc.nat(),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => {
    const nodes = parts.map(({ inputs, freshness }, i) => {
      const above = i === 0 ? [] : [...new Set(inputs.map((n) => `n${n % i}`))]
      return node(`n${i}`, above, { freshness })
    })
    const states = parts.flatMap(({ state, output }, i) => {
      if (state === 'none') return []
      const one = made(nodes[i]!, { output, state: state === 'old' ? 'idle' : state })
      return state === 'old' ? [{ ...one, built: { ...one.built!, definition: 'old' } }] : [one]
    })
    const shuffled = nodes.toSorted((a, b) => {
      const placeOf = ({ key }: GraphNode) => parts[Number(key.slice(1))]!.place
      return placeOf(a) - placeOf(b)
    })
    return lookAt(shuffled, states)
  })

test('no node stands before its inputs; in the list is what is stale or below something stale', () => {
  fc.assert(
    fc.property(graphs, (look) => {
      const byKey = new Map(look.nodes.map((one) => [one.key, one]))
      const outputs = outputsOf(look)
      const isStale = (key: string): boolean => {
        const one = byKey.get(key)!
        return reasonsOf(one, look, outputs).length > 0 || one.inputs.some(isStale)
      }
      const list = keys(look)
      expect(new Set(list)).toEqual(new Set([...byKey.keys()].filter(isStale)))
      for (const [i, key] of list.entries()) {
        for (const input of byKey.get(key)!.inputs) expect(list.indexOf(input)).toBeLessThan(i)
      }
    }),
    { numRuns: 300 },
  )
})

test('what is due is stale, and never waits for an input that nobody makes', () => {
  fc.assert(
    fc.property(graphs, (look) => {
      const due = keys(look, 'due')
      expect(keys(look)).toEqual(expect.arrayContaining(due))
      for (const key of due) {
        for (const input of look.nodes.find((one) => one.key === key)!.inputs) {
          const source = look.nodes.find((one) => one.key === input)!
          const isThere = look.states.get(input)?.built ?? source.freshness === 'by itself'
          expect(isThere || due.includes(input)).toBeTruthy()
        }
      }
    }),
    { numRuns: 300 },
  )
})

const a = node('a', [], { freshness: 'by itself', position: 1 })
const b = node('b', ['a'])
const c = node('c', ['b'])
const d = node('d', ['a'], { freshness: 'on demand' })

test('each step says why', () => {
  const moved = { ...a, position: 4 }
  const look = lookAt([c, b, moved, d], [made(b), made(c), made(d)])
  expect(workList(look).map((step) => `${step.node.key}: ${step.why}`)).toEqual([
    'b: a has moved on from 1 to 4',
    'c: b will be refreshed first',
    'd: a has moved on from 1 to 4',
  ])
  expect(keys(look, 'due')).toEqual(['b', 'c'])
  expect(keys(lookAt([a, b, c], [made(b), made(c)]))).toEqual([])
})

test('what is asked for comes with what is stale above it, and alone when nothing is', () => {
  const look = lookAt([a, b, c, d], [made(b), made(c)])
  expect(workList(look, ['c']).map((step) => `${step.node.key}: ${step.why}`)).toEqual([
    'c: it was asked for',
  ])
  expect(keys(lookAt([a, b, c, d], [made(c)]), ['c'])).toEqual(['b', 'c'])
  expect(() => workList(look, ['cc'])).toThrow(
    'there is no node "cc" in the graph; did you mean "c"?',
  )
})

test('due: what is on demand is made when something live needs it for the first time', () => {
  const e = node('e', ['d'])
  expect(keys(lookAt([a, d, e], []), 'due')).toEqual(['d', 'e'])
})

test('due: nothing is made from what was never built and rests after a failure', () => {
  const tried = { definition: 'd', startedAt: now.toISOString(), failures: 3 }
  const resting: NodeState = { key: 'b', state: 'failed', output: 0, tried }
  expect(keys(lookAt([a, b, c], [resting]), 'due')).toEqual([])
  expect(keys(lookAt([a, b, c], [resting]))).toEqual(['b', 'c'])
})

test('a circle is named, and so is an input that is not there', () => {
  const circle = [node('x', ['c']), node('c', ['b']), node('b', ['a', 'x']), a]
  expect(() => workList(lookAt(circle, []))).toThrow('in a circle: x → c → b → x;')
  expect(() => workList(lookAt([node('x', ['lake:crm']), node('lake:crn', [])], []))).toThrow(
    'x is made from "lake:crm", which is not in the graph; did you mean "lake:crn"?',
  )
})
