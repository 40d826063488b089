import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type GraphNode, isMade, type Look, type NodeState } from './definition.ts'
import { withKnownInputs } from './order.ts'
import { outputsOf, reasonsOf, waitOf } from './staleness.ts'
import { isPrompt } from './times.ts'
import { viewOf } from './view.ts'
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
      freshness: fc.constantFrom<GraphNode['freshness']>(
        'live',
        'on demand',
        'by itself',
        { everyMs: 60_000 },
        { atLeastEveryMs: 60_000 },
        { cron: '0 6 * * *' },
        { asksFor: ['country'] },
      ),
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
        if (!isMade(one)) return false
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
          const isThere = look.states.get(input)?.built ?? !isMade(source)
          expect(isThere || due.includes(input)).toBeTruthy()
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('nothing is due that waits, unless what is due cannot be made without it; all else that is stale is', () => {
  fc.assert(
    fc.property(graphs, (look) => {
      const outputs = outputsOf(look)
      const due = new Set(keys(look, 'due or failed'))
      const needed = new Set([...due].flatMap((key) => byKeyIn(look, key).inputs))
      for (const one of look.nodes) {
        const reasons = reasonsOf(one, look, outputs)
        const wait = waitOf(one, reasons, look)?.for ?? 'another try'
        const isNew = look.states.get(one.key)?.built === undefined
        const follows = one.inputs.some((input) => due.has(input)) && isPrompt(one)
        const isNeeded = isNew && needed.has(one.key)
        const expected = wait === 'another try' ? reasons.length > 0 || follows : isNeeded
        expect([one.key, due.has(one.key)]).toEqual([one.key, isMade(one) && expected])
      }
    }),
    { numRuns: 300 },
  )
})

test('whatever is not up to date says why, and whatever waits says for what', () => {
  fc.assert(
    fc.property(graphs, (look) => {
      for (const { state, why, waits } of viewOf(look)) {
        if (state === 'stale') expect(why).not.toEqual([])
        if (waits) expect(why.at(-1)).toMatch(/^it (waits|asks|is tried again)/)
      }
    }),
    { numRuns: 300 },
  )
})

const byKeyIn = (look: Look, key: string) => look.nodes.find((one) => one.key === key)!

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
  expect(keys(lookAt([a, b, c], [resting]), 'due or failed')).toEqual(['b', 'c'])
})

test('due: what is made from something that waits for its time follows when that moves', () => {
  const daily = node('daily', ['a'], { freshness: { everyMs: 86_400_000 } })
  const below = node('below', ['daily'])
  const moved = { ...a, position: 2 }
  const nodes = [moved, daily, below]
  const look = lookAt(nodes, [made(daily), made(below)])
  expect(keys(look, 'due')).toEqual([])
  expect(keys(look)).toEqual(['daily', 'below'])
  expect(viewOf(look).map(({ key, state, waits }) => [key, state, waits?.for])).toEqual([
    ['a', 'fresh', undefined],
    ['daily', 'stale', 'its time'],
    ['below', 'fresh', undefined],
  ])
  const tomorrow = { ...look, now: new Date(now.getTime() + 86_400_000) }
  expect(keys(tomorrow, 'due')).toEqual(['daily', 'below'])
})

test('what asks for values is never made, also when it is named', () => {
  const open = node('open', ['a'], { freshness: { asksFor: ['country'] } })
  const below = node('below', ['open'])
  const look = lookAt([a, open, below], [])
  for (const want of ['stale', 'due', 'due or failed'] as const)
    expect(keys(look, want)).toEqual(['below'])
  expect(keys(look, ['open'])).toEqual([])
  expect(viewOf(look)[1]).toMatchObject({
    state: 'never built',
    why: ['it asks for values: country'],
    waits: { for: 'values' },
  })
})

test('a circle is named, and so is an input that is not there', () => {
  const circle = [node('x', ['c']), node('c', ['b']), node('b', ['a', 'x']), a]
  expect(() => workList(lookAt(circle, []))).toThrow('in a circle: x → c → b → x;')
  expect(() => workList(lookAt([node('x', ['lake:crm']), node('lake:crn', [])], []))).toThrow(
    'x is made from "lake:crm", which is not in the graph; did you mean "lake:crn"?',
  )
})

test('a node is made without the inputs that are gone, and the others as ever', () => {
  const nodes = withKnownInputs([node('x', ['unified:account', 'a']), a, node('c', ['a'])])
  expect(nodes.map(({ inputs }) => inputs)).toEqual([['a'], a.inputs, ['a']])
  expect(workList(lookAt(nodes, [])).map((step) => step.node.key)).toContain('c')
})
