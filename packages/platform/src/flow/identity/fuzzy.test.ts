import fc from 'fast-check'
import { expect, test } from 'vitest'
import { join, made, makeAll, type Part, placed, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { isLong } from '#kernel/testing/long.ts'
import { type Precision, precisions } from './definition.ts'
import { type FuzzyKind, fuzzyKindOf, spelled } from './fuzzy.ts'
import { type FuzzyRule, fuzzyKeySteps, fuzzyPairSteps } from './fuzzy-evidence.ts'
import { shortNameStep } from './short-names.ts'
import { editsBetween, jaroWinkler } from './testing/textbook.ts'

const engine = await memoryEngine()
const bench = { engine, ask: {}, now: () => new Date(0), timings: [] }

type Pair = readonly [string, string]

/** Which pairs of values are alike: each pair in a space of its own, met by an exact criterion beside the fuzzy one. */
async function alike(
  kind: FuzzyKind,
  precision: Precision,
  pairs: readonly Pair[],
): Promise<boolean[]> {
  const rows = pairs.flatMap((pair, i) =>
    pair.map((text, side) => sql`(${value(2 * i + side)}, ${value(String(i))}, ${value(text)})`),
  )
  const agreed = sql`select n, space, nullif(${spelled[kind](sql`raw`)}, '') as v0, 'x' as v1
    from (values ${join(rows)}) t(n, space, raw) where nullif(${spelled[kind](sql`raw`)}, '') is not null`
  const found = await evidence(agreed, [{ column: 'v0', kind, precision }], 100)
  const joined = new Set(found.map(({ first }) => Number(first) / 2))
  return pairs.map((_, i) => joined.has(i))
}

const one = { object: 'individual', field: 'first_name' } as const

/** A rule over columns, fuzzy and exact ones. */
function ruleOf(key: string, agreed: Part, fuzzy: FuzzyRule['fuzzy'], columns: number): FuzzyRule {
  const all = Array.from({ length: columns }, (_, i) => ({
    ...one,
    field: `f${i}`,
    by: fuzzy.some((of) => of.column === `v${i}`) ? ('fuzzy' as const) : ('exact' as const),
  }))
  const says = { name: `evidence_${key}`, says: 'pairs' }
  return { rule: { key, all }, fuzzy, agreed, limit: 100, evidence: says }
}

/** What rules find when they are looked at together, rule by rule. */
function evidenceOfAll(rules: readonly FuzzyRule[]) {
  const steps = [...rules.flatMap(fuzzyKeySteps), ...fuzzyPairSteps(rules, 'everything')]
  return makeAll(bench, [shortNameStep, ...steps], new Map(), (where) =>
    Promise.all(
      rules.map(({ evidence: { name } }) =>
        engine.rows(placed(sql`select * from ${made(name)} order by first, n, matched`, where)),
      ),
    ),
  )
}

async function evidence(agreed: Part, fuzzy: FuzzyRule['fuzzy'], limit: number, columns = 2) {
  const [found = []] = await evidenceOfAll([{ ...ruleOf('r', agreed, fuzzy, columns), limit }])
  return found
}

/** Pairs by the highest precision at which they are alike; `never` at none. */
type Cases = Readonly<Record<Precision | 'never', readonly Pair[]>>

const cases: Readonly<Record<FuzzyKind, Cases>> = {
  first_name: {
    high: [
      ['José', 'jose'],
      ['Jean-Pierre', 'Jean Pierre'],
      ['Jürgen', 'Juergen'],
      ['Bob', 'Robert'],
      ['William', 'Bill'],
      ['Micheal', 'Michael'],
      ['Саша', 'Александр'],
      ['Дмитрий', 'Дмитрии'],
      ['Γιώργος', 'Γιωργος'],
      ['محمّد', 'محمد'],
      ['Ivan', 'Иван'],
      ['小明', '小明'],
    ],
    medium: [
      ['Anna Maria', 'Anna'],
      ['Екатерина Ивановна', 'Екатерина'],
      ['Jonh', 'John'],
      ['Catharina', 'Catarinna'],
    ],
    low: [
      ['J.', 'Jane'],
      ['J P', 'Jean Pierre'],
      ['Johnson', 'Jonsen'],
      ['И.', 'Иван'],
      ['J.', 'J. P.'],
    ],
    never: [
      ['Maria', 'Peter'],
      ['Tim', 'Tom'],
      ['Иван', 'Пётр'],
      ['小明', '小红'],
      ['王小明', '王小红'],
      ['فاطمة', 'محمد'],
      ['A'.repeat(10_000), `${'A'.repeat(9_999)}B`],
    ],
  },
  last_name: {
    high: [
      ["O'Brien", 'OBrien'],
      ['Müller', 'Mueller'],
      ['Schmidt', 'Schmitt'],
      ['Nuñez', 'Nunez'],
      ['Горбачёв', 'Горбачев'],
      ['Иванов', 'Иваноф'],
    ],
    medium: [
      ['Müller-Lüdenscheid', 'Müller'],
      ['Jansen', 'Hansen'],
      ['García López', 'Garcia'],
    ],
    low: [['Johnson', 'Jonsen']],
    never: [
      ['Smith', 'Jones'],
      ['Li', 'Lu'],
      ['王', '汪'],
      ['كريم', 'خالد'],
    ],
  },
  full_name: {
    high: [
      ['Smith, John', 'John Smith'],
      ['Bob Smith', 'Smith Robert'],
      ['Иванов Пётр', 'Пётр Иванов'],
      ['王小明', '王小明'],
    ],
    medium: [['John A Smith', 'John Smith']],
    low: [['J. Smith', 'John Smith']],
    never: [
      ['John Smith', 'John Miller'],
      ['John Smith', 'Jane Smith'],
    ],
  },
  company: {
    high: [
      ['ACME GmbH & Co. KG', 'Acme'],
      ['Acme S.A.', 'ACME, Inc.'],
      ['Bank Deutsche AG', 'Deutsche Bank'],
      ['ООО Газпром', 'Gazprom'],
      ['株式会社トヨタ', 'トヨタ'],
      ['北京科技有限公司', '北京科技'],
      ['Data Cloud Ltd', 'Datacloud Limited'],
      ['Sienens Energy', 'Siemens Energy'],
    ],
    medium: [['Siemens Energy Germany', 'Siemens Energy']],
    low: [['Royal Bank of Scotland plc', 'Bank of Scotland Ireland']],
    never: [
      ['Deutsche Bank', 'Deutsche Bahn'],
      ['Bank of America', 'Bank of China'],
      ['Acme', 'Acme Holding Europe'],
      ['GmbH', 'AG'],
    ],
  },
  street: {
    high: [
      ['12 Main Street', 'Main St. 12'],
      ['Hauptstraße 5', 'Hauptstr. 5'],
      ['Hauptstr. 12 a', 'Hauptstraße 12a'],
      ['улица Ленина 5', 'ул. Ленина, 5'],
    ],
    medium: [
      ['12 Main Street', 'Main Street'],
      ['Hauptstr. 12', 'Hauptstr. 12, 4'],
      ['Hauptstrase 12', 'Hauptstraße 12'],
    ],
    low: [['7 Rosenwood Avenue', '7 Rosewod Av East']],
    never: [
      ['12 Main Street', '13 Main Street'],
      ['12 Main Street', '12 Park Road'],
      ['12', '13'],
    ],
  },
  text: {
    high: [
      ['São Paulo', 'Sao Paulo'],
      ['Munchne', 'Munchen'],
    ],
    medium: [
      ['Frankfurt am Main', 'Frankfort a Main'],
      ['Saint Petersburg', 'St Petersburg'],
    ],
    low: [['Jonsenville', 'Johnsonwille']],
    never: [
      ['Berlin', 'Paris'],
      ['', ''],
      ['-', '-'],
    ],
  },
}

const kinds = Object.entries(cases) as [FuzzyKind, Cases][]

test.each(kinds)('%s: what is alike at each precision', async (kind, of) => {
  for (const precision of precisions) {
    const asked = precisions.slice(precisions.indexOf(precision))
    for (const best of [...precisions, 'never'] as const) {
      const expected = asked.some((one) => one === best)
      const answers = await alike(kind, precision, of[best])
      const turned = await alike(
        kind,
        precision,
        of[best].map(([a, b]) => [b, a] as const),
      )
      const wrong = of[best].filter((_, i) => answers[i] !== expected || turned[i] !== expected)
      expect(wrong, `${kind} at ${precision}, ${best}`).toEqual([])
    }
  }
})

test('letters are compared as the textbook compares them, in scripts with letters too', async () => {
  const near = (least: number, shortest: number) => (a: string, b: string) =>
    Math.min(a.length, b.length) >= shortest && jaroWinkler(a, b) >= least
  const edit = (shortest: number) => (a: string, b: string) =>
    Math.min(a.length, b.length) >= shortest && editsBetween(a, b) <= 1
  const oracle: Record<Precision, (a: string, b: string) => boolean> = {
    high: (a, b) => a === b || (a[0] === b[0] && edit(5)(a, b)),
    medium: (a, b) => oracle.high(a, b) || edit(4)(a, b) || near(0.92, 4)(a, b),
    low: (a, b) => oracle.medium(a, b) || near(0.87, 3)(a, b),
  }
  for (const letters of ['abcd', 'бвгд', 'βγδκ', 'בגדה', 'بدهم']) {
    const word = fc
      .array(fc.constantFrom(...letters), { minLength: 1, maxLength: 9 })
      .map((of) => of.join(''))
    const changed = fc.tuple(word, fc.nat(8), fc.constantFrom(...letters)).map(([of, at, by]) => {
      const other = `${of.slice(0, at)}${by}${of.slice(at + 1)}`
      return [of, other] as const
    })
    const pairs = fc.sample(fc.oneof(changed, fc.tuple(word, word)), { numRuns: 200, seed: 7 })
    for (const precision of precisions) {
      const expected = pairs.map(([a, b]) => oracle[precision](a, b))
      expect(await alike('last_name', precision, pairs)).toEqual(expected)
    }
  }
})

test('names of several words are alike by the share of words that are, as counted by hand', async () => {
  const near = (a: string, b: string, precision: Precision): boolean =>
    a === b ||
    (Math.min(a.length, b.length) >= 5 && a[0] === b[0] && editsBetween(a, b) <= 1) ||
    (precision !== 'high' &&
      Math.min(a.length, b.length) >= 4 &&
      (editsBetween(a, b) <= 1 || jaroWinkler(a, b) >= 0.92)) ||
    (precision === 'low' && Math.min(a.length, b.length) >= 3 && jaroWinkler(a, b) >= 0.87)
  const share = { high: 1, medium: 0.8, low: 0.7 }
  const isAlike = ([x, y]: Pair, precision: Precision) => {
    const [left, right] = [new Set(x.split(' ')), new Set(y.split(' '))]
    const met = (one: Set<string>, other: Set<string>) =>
      [...one].filter((a) => [...other].some((b) => near(a, b, precision))).length
    const words = left.size + right.size
    const isSame = x.replaceAll(' ', '') === y.replaceAll(' ', '')
    return isSame || (met(left, right) + met(right, left)) / words >= share[precision]
  }
  // No word is a legal form, nor changed by being tidied up.
  const word = fc.constantFrom(
    'nordwind',
    'nordwynd',
    'nordwint',
    'sudwind',
    'adler',
    'edler',
    'tor',
  )
  const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((of) => of.join(' '))
  const pairs = fc.sample(fc.tuple(name, name), { numRuns: 300, seed: 11 })
  for (const precision of precisions) {
    const expected = pairs.map((pair) => isAlike(pair, precision))
    expect(await alike('company', precision, pairs)).toEqual(expected)
    expect(new Set(expected).size).toBe(2)
  }
})

test('rules that compare the same values find together what each finds alone', async () => {
  const said = fc.constantFrom('robert', 'bob', 'rupert', 'roberto', 'r', 'schmidt', 'schmitt')
  const text = fc.array(said, { minLength: 1, maxLength: 3 }).map((of) => of.join(' '))
  const compared = fc.record({
    kind: fc.constantFrom<FuzzyKind>('first_name', 'last_name', 'full_name', 'company', 'text'),
    precision: fc.constantFrom(...precisions),
  })
  const people = fc.array(fc.tuple(text, text, fc.nat(2)), { minLength: 8, maxLength: 16 })
  const asked = fc.array(fc.tuple(compared, compared), { minLength: 2, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(people, asked, async (of, rules) => {
      const lines = of.map(
        ([a, b, x], n) => sql`(${value(n)}, ${value(a)}, ${value(b)}, ${value(`${x}`)})`,
      )
      const agreed = sql`select n, 's' as space, v0, v1, v2 from (values ${join(lines)}) t(n, v0, v1, v2)`
      const made = rules.map(([a, b], i) =>
        ruleOf(
          `r${i}`,
          agreed,
          [
            { ...a, column: 'v0' },
            { ...b, column: 'v1' },
          ],
          3,
        ),
      )
      const alone = []
      for (const rule of made) alone.push(...(await evidenceOfAll([rule])))
      expect(await evidenceOfAll(made)).toEqual(alone)
    }),
    { numRuns: isLong ? 10 : 4 },
  )
})

test('a rule with fuzzy criteria only lets records meet by derived keys, as all pairs would', async () => {
  const first = ['Robert', 'Bob', 'Katharina', 'Kati', 'Michael', 'Micheal', 'Anna', 'Иван', 'Ivan']
  const last = ['Schmidt', 'Schmitt', 'Schmid', 'Meyer', 'Meier', 'Иванов', 'Ivanov', 'Garcia']
  const people = first.flatMap((a) => last.map((b) => [a, b] as const))
  const agreedOf = (more: Part) => sql`select n, 's' as space,
    ${spelled.first_name(sql`a`)} as v0, ${spelled.last_name(sql`b`)} as v1${more}
    from (values ${join(people.map(([a, b], i) => sql`(${value(i)}, ${value(a)}, ${value(b)})`))}) t(n, a, b)`
  const fuzzy = [
    { column: 'v0', kind: 'first_name', precision: 'medium' },
    { column: 'v1', kind: 'last_name', precision: 'medium' },
  ] as const
  const derived = await evidence(agreedOf(sql``), fuzzy, 1000)
  const all = await evidence(agreedOf(sql`, 'x' as v2`), fuzzy, 1000, 3)
  const pairs = (of: typeof all) => of.map(({ first, n }) => `${first} ${n}`)
  expect(pairs(derived)).toEqual(pairs(all))
  expect(derived.length).toBe(100)
  expect(derived.every(({ size }) => Number(size) === 2)).toBe(true)
})

test('pairs are true pairs, and a block above the limit makes none and is told once', async () => {
  const names = ['Jonas', 'Jonae', 'Xonae']
  const agreed = sql`select n, 's' as space, v as v0, 'x' as v1 from (values ${join(
    names.map((name, i) => sql`(${value(i)}, ${value(name.toLowerCase())})`),
  )}) t(n, v)`
  const fuzzy = [{ column: 'v0', kind: 'text', precision: 'high' }] as const
  const found = await evidence(agreed, fuzzy, 3)
  expect(found.map(({ first, n, matched }) => [Number(first), Number(n), matched])).toEqual([
    [0, 1, 'jonas ~ jonae · x'],
    [1, 2, 'jonae ~ xonae · x'],
  ])
  expect(await evidence(agreed, fuzzy, 2)).toMatchObject([{ matched: 'x', size: 3 }])
})

test.each([
  ['individual', 'first_name', 'first_name'],
  ['individual', 'last_name', 'last_name'],
  ['individual', 'person_name', 'full_name'],
  ['account', 'name', 'company'],
  ['lead', 'company_name', 'company'],
  ['contact_point_address', 'address_line_1', 'street'],
  ['contact_point_address', 'city', 'text'],
  ['contact_point_email', 'email_address', undefined],
  ['contact_point_address', 'postal_code', undefined],
  ['party_identification', 'identification_number', undefined],
  ['website_engagement', 'anonymous_id', undefined],
])('%s.%s is compared as %s', (object, field, kind) => {
  expect(fuzzyKindOf(object, field, { type: 'text' })).toBe(kind)
  expect(fuzzyKindOf(object, field, { type: 'date' })).toBeUndefined()
})
