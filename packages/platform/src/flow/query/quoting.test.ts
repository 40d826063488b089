import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryEngine } from '#engine/testing'
import { checkQuery } from './check.ts'

const engine = await memoryEngine()

const asked = async (text: string) => {
  const checked = checkQuery(text, [])
  const { rows } = await engine.checked(checked.text)
  return { columns: checked.columns, cells: Object.values(rows[0] ?? {}) }
}

const nasty = fc.constantFrom(
  "'",
  '"',
  '\\',
  '--',
  '/*',
  '*/',
  ';',
  '$$',
  '$a$',
  '`',
  '\n',
  'é',
  '😀',
  "e'",
  '%',
  ' ',
  'x',
  ')',
  '\u00a0',
)
const text = fc
  .array(fc.oneof(nasty, fc.string({ maxLength: 3 })), { maxLength: 8 })
  .map((parts) => parts.join('').replaceAll('\0', ''))

test('a text arrives as it was written, however it was quoted', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (of) => {
      const plain = `'${of.replaceAll("'", "''")}'`
      const escaped = `e'${of.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
      const { cells } = await asked(
        `select ${plain} as a, ${escaped} as b /* ' /* nested */ */ -- "`,
      )
      expect(cells).toEqual([of, of])
    }),
    { numRuns: 80 },
  )
})

test('a name arrives as it was written', async () => {
  const name = text.filter((of) => of.trim() !== '')
  await fc.assert(
    fc.asyncProperty(name, async (of) => {
      const quoted = `"${of.replaceAll('"', '""')}"`
      const { columns, cells } = await asked(
        `select t.${quoted} from (select 7 as ${quoted}) as t where ${quoted} = 7`,
      )
      expect([columns, cells]).toEqual([[of], [7]])
    }),
    { numRuns: 80 },
  )
})

test('text between dollars arrives as it was written', async () => {
  await fc.assert(
    fc.asyncProperty(
      text.filter((of) => !of.includes('$')),
      async (of) => {
        const { cells } = await asked(`select $$${of}$$ as a, $tag$${of}$tag$ as b`)
        expect(cells).toEqual([of, of])
      },
    ),
    { numRuns: 40 },
  )
})

// What the parser takes for the order of operators must be what the engine takes for it.
const number = fc.constantFrom('1', '2', '3', '-1', '0.5')
const numeric: fc.Arbitrary<string> = fc.letrec<{ n: string }>((tie) => ({
  n: fc.oneof(
    { depthSize: 'small' },
    number,
    fc
      .tuple(tie('n'), fc.constantFrom('+', '-', '*', '%', '^', '**'), tie('n'))
      .map(([a, o, b]) => `${a} ${o} ${b}`),
    tie('n').map((n) => `- ${n}`),
    tie('n').map((n) => `(${n})`),
    tie('n').map((n) => `${n}::int`),
  ),
})).n
const truth: fc.Arbitrary<string> = fc.letrec<{ t: string }>((tie) => ({
  t: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      'true',
      'false',
      'null::boolean',
      '1 = 1',
      "'a' like 'b'",
      '1 between 0 and 2',
      '1 not between 0 and 2',
      '2 in (1, 2)',
      '1 is null',
      'null is distinct from 1',
      '1 + 1 < 3',
    ),
    fc
      .tuple(tie('t'), fc.constantFrom('and', 'or', '=', '<>', 'is distinct from'), tie('t'))
      .map(([a, o, b]) => `${a} ${o} ${b}`),
    tie('t').map((t) => `not ${t}`),
    tie('t').map((t) => `(${t})`),
    tie('t').map((t) => `NOT(${t})`),
    tie('t').map((t) => `${t} is null`),
    tie('t').map((t) => `${t} is not true`),
  ),
})).t

// What could mean either of two things is refused; what passes must mean the same.
function isRefused(expression: string): boolean {
  try {
    checkQuery(`select ${expression} as v`, [])
    return false
  } catch {
    return true
  }
}

test.each([
  ['numbers', numeric],
  ['conditions', truth],
  [
    'texts',
    fc
      .array(fc.constantFrom("'a'", '1', '2 + 3', 'null', '-1'), { minLength: 2, maxLength: 4 })
      .map((parts) => parts.join(' || ')),
  ],
])('%s mean the same to us and to the engine', async (_, expression) => {
  await fc.assert(
    fc.asyncProperty(expression, async (of) => {
      const raw = await engine.checked(`select ${of} as v`).catch(() => undefined)
      fc.pre(raw !== undefined)
      fc.pre(!isRefused(of))
      const { cells } = await asked(`select ${of} as v`)
      expect(cells).toEqual(Object.values(raw?.rows[0] ?? {}))
    }),
    { numRuns: 80 },
  )
})
