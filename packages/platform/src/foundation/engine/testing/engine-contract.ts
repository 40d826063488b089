import { describe, expect, test } from 'vitest'
import type { Engine } from '../engine.ts'
import {
  call,
  cast,
  column,
  type FunctionName,
  functionNames,
  type Member,
  members,
  type Part,
  type TableName,
  table,
  tryCast,
  value,
} from '../expression.ts'
import { as, join, sql } from '../sql.ts'

const words = sql`(select 1 as n, ${value('b')} as w union all select 2, ${value('a')}) t`

/** What every dialect must answer alike: the question and its only cell. */
const answers: Readonly<Record<FunctionName, { ask: Part; expect: unknown }>> = {
  key64: {
    ask: sql`${call('key64', value('x'))} = ${call('key64', value('x'))} and ${call('key64', value('x'))} > 0`,
    expect: true,
  },
  strip_accents: { ask: call('strip_accents', value('Zoë Ångström')), expect: 'Zoe Angstrom' },
  replace_all: { ask: call('replace_all', value('a1b2'), value('[0-9]'), value('')), expect: 'ab' },
  matches: { ask: call('matches', value('abc'), value('^a')), expect: true },
  contains: { ask: call('contains', value('a%c'), value('%')), expect: true },
  starts_with: { ask: call('starts_with', value('a_c'), value('ab')), expect: false },
  ends_with: { ask: call('ends_with', value('abc'), value('bc')), expect: true },
  extract_match: { ask: call('extract_match', value('ab12'), value('[0-9]+')), expect: '12' },
  split: { ask: call('split', value('a|b'), value('|')), expect: ['a', 'b'] },
  split_part: { ask: call('split_part', value('a|b'), value('|'), value(2)), expect: 'b' },
  parse_date: {
    ask: call('parse_date', value('31.12.2025'), value('%Y-%m-%d'), value('%d.%m.%Y')),
    expect: '2025-12-31',
  },
  parse_timestamp: {
    ask: call('parse_timestamp', value('31.12.2025 10:30'), value('%d.%m.%Y %H:%M')),
    expect: '2025-12-31T10:30:00.000Z',
  },
  first_by: {
    ask: sql`(select ${call('first_by', column('w'), sql`(${column('n')}, ${column('w')})`)} from ${words})`,
    expect: 'b',
  },
  last_by: {
    ask: sql`(select ${call('last_by', column('w'), column('n'))} from ${words})`,
    expect: 'a',
  },
  last_known: {
    ask: sql`(select max(v) from (select ${call('last_known', sql`case when n = 1 then w end`)} over (order by n) as v from ${words}) u)`,
    expect: 'b',
  },
  list_of: {
    ask: sql`(select ${call('list_of', column('w'), column('w'))} from ${words})`,
    expect: ['a', 'b'],
  },
  json_text: { ask: call('json_text', value('{"a":{"b":"c"}}'), value('$.a.b')), expect: 'c' },
  json_is_object: {
    ask: sql`${call('json_is_object', value('{"a":1}'))} and not ${call('json_is_object', value('{'))} and not ${call('json_is_object', value('[1]'))}`,
    expect: true,
  },
  json_is_valid: {
    ask: sql`${call('json_is_valid', value('[1]'))} and not ${call('json_is_valid', value('{'))} and ${call('json_is_valid', sql`cast(null as varchar)`)} is null`,
    expect: true,
  },
  json_items: {
    ask: sql`(select ${call('list_of', call('json_items', column('w')), column('n'))} from (
      ${join(
        ['[{"a":1},null,"x",[2]]', '[]', '{"a":1}', '7', 'no "JSON"', 'null', null].map(
          (of, i) =>
            sql`select ${as(value(i), column('n'))}, ${as(value(of, 'text'), column('w'))}`,
        ),
        sql` union all `,
      )}) t)`,
    expect: [
      ['{"a":1}', 'null', '"x"', '[2]'],
      [],
      ['{"a":1}'],
      ['7'],
      ['"no \\"JSON\\""'],
      [],
      [],
    ],
  },
  json_keys: { ask: call('json_keys', value('{"a":1,"b":2}')), expect: ['a', 'b'] },
  json_at: {
    ask: call('json_at', value('{"a":{"b":null},"c":[{}]}'), value('/a'), value('/c'), value('/d')),
    expect: ['{"b":null}', '[{}]', null],
  },
  json_keys_at: {
    ask: call(
      'json_keys_at',
      value('{"a":{"b":null},"c":[{}]}'),
      value(''),
      value('/a'),
      value('/c'),
    ),
    expect: [['a', 'c'], ['b'], []],
  },
  json_object: { ask: call('json_object', value('a'), value('x')), expect: '{"a":"x"}' },
  json_kind: {
    ask: sql`(select ${call('list_of', call('json_kind', column('w'), value('/a/b')), column('n'))} from (
      ${join(
        ['"x"', '7', '7.0', '7.5', '1e30', 'true', '[1]', '{"c":1}'].map(
          (of, i) =>
            sql`select ${as(value(i), column('n'))}, ${as(value(`{"a":{"b":${of}}}`), column('w'))}`,
        ),
        sql` union all `,
      )}) t)`,
    expect: ['text', 'integer', 'integer', 'number', 'number', 'boolean', 'list', 'object'],
  },
  json_of: {
    ask: call(
      'json_object',
      value('a'),
      call('json_of', value('x"')),
      value('b'),
      call('json_of', value(1)),
    ),
    expect: '{"a":"x\\"","b":1}',
  },
  json_read: {
    ask: call('json_object', value('a'), call('json_read', value('{"b":[1]}'))),
    expect: '{"a":{"b":[1]}}',
  },
  json_has: {
    ask: sql`${call('json_has', value('["a","B"]'), value('B'))} and not ${call('json_has', value('{"a":"B"}'), value('B'))} and ${call('json_has', value('B'), value('B'))} is null`,
    expect: true,
  },
  json_has_folded: {
    ask: sql`${call('json_has_folded', value('["a","Ü",null]'), value('ü'))} and not ${call('json_has_folded', value('["a"]'), value('b'))}`,
    expect: true,
  },
  local_time: {
    ask: sql`${call('local_time', value(new Date('2026-07-01T22:30:00Z')), value('Europe/Berlin'))}`,
    expect: '2026-07-02T00:30:00.000Z',
  },
  json_patch: {
    ask: call(
      'json_patch',
      value('{"a":1,"b":{"c":2,"d":null}}'),
      value('{"a":null,"b":{"c":null}}'),
    ),
    expect: '{"b":{"d":null}}',
  },
  days_between: {
    ask: call('days_between', value('2026-01-01', 'date'), value('2026-03-01', 'date')),
    expect: 59,
  },
  add_days: {
    ask: cast(call('add_days', value('2026-01-01', 'date'), value(-1)), 'date'),
    expect: '2025-12-31',
  },
  now: { ask: sql`${call('now')} > ${value('2026-01-01T00:00:00Z', 'timestamp')}`, expect: true },
  today: { ask: sql`${call('today')} > ${value('2026-01-01', 'date')}`, expect: true },
  random_order: {
    ask: sql`${call('random_order', value('s'))} = ${call('random_order', value('s'))}`,
    expect: true,
  },
  code32: {
    ask: sql`${call('code32', value('s'))} between 0 and 2147483647 and ${call('code32', value('s'))} <> ${call('code32', value('t'))}`,
    expect: true,
  },
  code64: {
    ask: sql`${call('code64', value('s'), sql`cast(null as varchar)`)} > 0
      and ${call('code64', value('s'), value(1))} <> ${call('code64', value('s'), value(2))}`,
    expect: true,
  },
  title_case: { ask: call('title_case', value('jean PAUL')), expect: 'Jean Paul' },
  unnest: {
    ask: sql`(select max(v) from (select ${call('unnest', sql`(select ${call('list_of', column('w'))} from ${words})`)} as v) u)`,
    expect: 'b',
  },
  places: {
    ask: sql`(select ${call('list_of', column('p'), column('p'))} from (select ${as(call('unnest', column('l')), column('v'))}, ${as(call('places', column('l')), column('p'))}
      from (select ${as(call('json_items', value('["b","a"]')), column('l'))}) s) u where v = case p when 1 then '"b"' else '"a"' end)`,
    expect: [1, 2],
  },
  epoch_ms: { ask: call('epoch_ms', value('1970-01-01T00:00:01Z', 'timestamp')), expect: 1000 },
  from_epoch_ms: {
    ask: call('from_epoch_ms', value(1500)),
    expect: '1970-01-01T00:00:01.500Z',
  },
  day_of: { ask: call('day_of', value('2026-02-03T10:00:00Z', 'timestamp')), expect: '2026-02-03' },
  // The examples of Winkler (1990) and Damerau (1964).
  jaro_winkler: {
    ask: sql`cast(round(${call('jaro_winkler', value('dwayne'), value('duane'))} * 1000) as integer)`,
    expect: 840,
  },
  levenshtein: { ask: call('levenshtein', value('smith'), value('smtihe')), expect: 3 },
  octets: { ask: call('octets', value('jürgen')), expect: 7 },
  hamming: {
    ask: sql`${call('hamming', value('2026'), value('2062'))} = 2 and ${call('hamming', value('20'), value('2'))} is null`,
    expect: true,
  },
  damerau_levenshtein: {
    ask: call('damerau_levenshtein', value('smith'), value('smtihe')),
    expect: 2,
  },
}

const people = table('lake', 'people')

const member = (path: string, as: Member['as'] = 'text'): Member => ({
  path: path.split('.'),
  name: `_${path}`,
  as,
})

interface Awkward {
  readonly each: readonly Member[]
  readonly bodies: readonly string[]
  readonly expect: readonly unknown[][]
}

/** Objects whose members are hard to tell apart: the members, the objects, and a row of cells for each. */
const awkward: readonly (readonly [string, Awkward])[] = [
  [
    'values as text, others as JSON, what is empty or absent as nothing',
    {
      each: [member('a'), member('b.c', 'json'), member('b.d.e')],
      bodies: [
        '{"a":"it\'s \\"","b":{"c":"x","d":{"e":1.50}}}',
        '{"a":{"x":[1]},"b":{"c":[1, 2]}}',
        '{"a":null,"b":{"c":null,"d":{}}}',
        '{}',
      ],
      expect: [
        ['it\'s "', '"x"', '1.5', false],
        ['{"x":[1]}', '[1,2]', null, false],
        [null, null, null, false],
        [null, null, null, false],
      ],
    },
  ],
  [
    'something else in the middle of a path',
    {
      each: [member('a.b'), member('c.d.e')],
      bodies: ['{"a":"x"}', '{"a":{"b":1},"c":{"d":[1]}}', '{"a":{"z":1},"c":null}'],
      expect: [
        [null, null, true],
        ['1', null, true],
        [null, null, false],
      ],
    },
  ],
  [
    'a value here, an object there',
    {
      each: [member('a'), member('a.b')],
      bodies: ['{"a":"x"}', '{"a":{"b":"y"}}', '{"a":[1]}'],
      expect: [
        ['x', null, false],
        [null, 'y', false],
        ['[1]', null, false],
      ],
    },
  ],
  [
    'names that differ only in their case, and strange ones',
    {
      each: [
        member('id'),
        { ...member('ID'), name: 'id_2' },
        member('Ab.x'),
        { ...member('aB.x'), name: 'ab_x_2' },
        member('a/b~"\''),
        member(''),
      ],
      bodies: ['{"id":1,"ID":2,"Ab":{"x":3},"aB":{"x":4},"a/b~\\"\'":5,"":6}', '{"ID":2}'],
      expect: [
        ['1', '2', '3', '4', '5', '6', false],
        [null, '2', null, null, null, null, false],
      ],
    },
  ],
  ['no member at all', { each: [], bodies: ['{"a":1}'], expect: [[false]] }],
]

async function makePeople(engine: Engine) {
  await engine.change('people', async (writer) => {
    await writer.run(
      sql`create or replace table ${people} (${column('id')} integer, ${column('name')} varchar)`,
    )
    await writer.run(sql`insert into ${people} values (1, ${value("o'hara")}), (2, ${value('b')})`)
  })
}

const count = async (engine: Engine) =>
  Number((await engine.rows(sql`select count(*) as n from ${people}`))[0]?.['n'])

/** The promise of every engine, run against a real one. */
export function describeEngine(name: string, open: () => Promise<Engine>): void {
  describe(name, async () => {
    const engine = await open()

    test.each(functionNames)('answers %s', async (fn) => {
      const { ask, expect: answer } = answers[fn]
      const [row] = await engine.rows(sql`select ${as(ask, column('v'))}`)
      expect(row?.['v']).toEqual(answer)
    })

    test.each(["o'hara", 'a"b', '; drop table x --', 'naïve\nline', '$1', '\\'])(
      'keeps the name %j inside its quotes',
      async (hostile) => {
        const [row] = await engine.rows(
          sql`select ${column(hostile)} as v from (select 7 as ${column(hostile)}) t`,
        )
        expect(row?.['v']).toBe(7)
      },
    )

    test.each([
      ["it's", 'text'],
      [9007199254740993n, 'integer'],
      [1.5, 'number'],
      [true, 'boolean'],
      [null, 'text'],
      ['2026-01-31', 'date'],
      ['12.3400', 'decimal'],
    ] as const)('carries %s as %s', async (of, type) => {
      const [row] = await engine.rows(sql`select ${value(of, type)} as v`)
      expect(row?.['v']).toEqual(type === 'decimal' ? 12.34 : of)
    })

    test('gives null for what does not fit a type', async () => {
      const [row] = await engine.rows(sql`select ${tryCast(value('x'), 'integer')} as v`)
      expect(row?.['v']).toBeNull()
    })

    test.each([
      ['2026-01-31T10:00:00+02:00', '2026-01-31T08:00:00.000Z'],
      ['2026-01-31 10:00:00-0530', '2026-01-31T15:30:00.000Z'],
      ['2026-01-31T10:00:00Z', '2026-01-31T10:00:00.000Z'],
      ['2026-01-31 10:00', '2026-01-31T10:00:00.000Z'],
      ['soon', null],
    ])('reads %s as an instant in UTC', async (text, instant) => {
      const [row] = await engine.rows(sql`select ${tryCast(value(text), 'timestamp')} as v`)
      expect(row?.['v']).toBe(instant)
    })

    test('does not break off at an instant that is too far away', async () => {
      const far = tryCast(value('294247-01-10T04:00:54.775806Z'), 'timestamp')
      expect(await engine.rows(sql`select ${far} > ${value(new Date(8.64e15))} as v`)).toEqual([
        { v: true },
      ])
    })

    test('knows days and instants before and after the years of four digits', async () => {
      const times = [-8_000, -1, 0, 1, 987, 9_999, 12_026].map((year) => {
        const at = new Date('2026-03-01T10:30:00.500Z')
        at.setUTCFullYear(year)
        return at
      })
      const rows = await engine.rows(
        join(
          times.map(
            (at, i) => sql`select ${value(i)} as n, ${call('epoch_ms', value(at))} as instant,
              ${value(at, 'date')} as day`,
          ),
          sql` union all `,
        ),
      )
      const found = rows.toSorted((a, b) => Number(a['n']) - Number(b['n']))
      expect(found.map((row) => row['instant'])).toEqual(times.map((at) => at.getTime()))
      expect(found.map((row) => row['day'])).toEqual(
        times.map((at) => at.toISOString().split('T')[0]),
      )
    })

    test('undoes a change as a whole when it fails', async () => {
      await makePeople(engine)
      await expect(
        engine.change('a bad change', async (writer) => {
          await writer.run(sql`delete from ${people}`)
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      expect(await count(engine)).toBe(2)
    })

    test('hands out rising positions, and takes them back with the change', async () => {
      const first = await engine.change('positions', (writer) => writer.positions(10))
      await engine
        .change('undone', async (writer) => {
          await writer.positions(5)
          throw new Error('no')
        })
        .catch(() => {})
      expect(await engine.change('positions', (writer) => writer.positions(1))).toBe(first + 10)
    })

    test('changes come one after the other', async () => {
      await makePeople(engine)
      await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          engine.change('add', (writer) =>
            writer.run(
              sql`insert into ${people} select max(id) + 1, ${value(`p${i}`)} from ${people}`,
            ),
          ),
        ),
      )
      const [row] = await engine.rows(sql`select max(id) as top from ${people}`)
      expect(row?.['top']).toBe(10)
    })

    test('the key of a text that is here already is the one that the engine makes', async () => {
      for (const text of ['', 'x', 'a\u001fb', 'Zoë 😀', 'x'.repeat(2000)]) {
        const [row] = await engine.rows(sql`select ${call('key64', value(text))} as k`)
        expect(String(engine.dialect.key64(text))).toBe(String(row?.['k']))
      }
    })

    test('a question made ready is asked with other inputs, by name, many at once', async () => {
      const ready = await engine.ready(
        { word: 'text', n: 'integer' },
        (
          of,
        ) => sql`select upper(w) || ${value('!')} as w, ${call('replace_all', sql`w`, value('[^\\p{L}\\p{N}]+'), value('-'))} as bare, n + ${value(1)} as n
          from (select ${of.word} as w, ${of.n} as n) t`,
      )
      const answers = await Promise.all([
        ready.ask({ word: "it's", n: 1 }),
        ready.ask({ word: 'né·x9', n: 2 }),
        ready.ask({}),
      ])
      expect(answers).toEqual([
        [{ w: "IT'S!", bare: 'it-s', n: 2 }],
        [{ w: 'NÉ·X9!', bare: 'né-x9', n: 3 }],
        [{ w: null, bare: null, n: null }],
      ])
      await ready.close()
      await expect(engine.ready({}, () => sql`select nonsense`)).rejects.toThrow()
    })

    test('a computation stands in a table of its own, and is gone afterwards', async () => {
      const seen = await engine.staged(sql`select 1 as a union all select 2`, async (staged) => {
        const [row] = await engine.rows(sql`select sum(a) as s from ${staged}`)
        return { staged, sum: row?.['s'] }
      })
      expect(seen.sum).toBe(3)
      await expect(engine.rows(sql`select * from ${seen.staged}`)).rejects.toThrow()
    })

    test('a computation inside a change sees the change, and is undone with it', async () => {
      await makePeople(engine)
      const seen = await engine.change('more', async (writer) => {
        await writer.run(sql`insert into ${people} values (3, 'c')`)
        return writer.staged(sql`select max(id) as top from ${people}`, (staged) =>
          writer.rows(sql`select top from ${staged}`),
        )
      })
      expect(seen).toEqual([{ top: 3 }])
      const failing = engine.change('failing', (writer) =>
        writer.staged(sql`select 1 as a`, async () => {
          throw new Error('no')
        }),
      )
      await expect(failing).rejects.toThrow('no')
      expect(await engine.rows(sql`select 1 as a`)).toEqual([{ a: 1 }])
    })

    test.each(awkward)('takes objects apart: %s', async (_, { each, bodies, expect: rows }) => {
      const lines = join(
        bodies.map(
          (body, i) => sql`select ${as(value(i), column('n'))}, ${as(value(body), column('body'))}`,
        ),
        sql` union all `,
      )
      const found = await engine.rows(
        sql`select ${join([...each.map(({ name }) => column(name)), column('_stray')])} from ${members(sql`(${lines})`, 'body', each)} t order by n`,
      )
      expect(found.map((row) => Object.values(row))).toEqual(rows)
    })

    test('numbers go in and out as typed arrays', async () => {
      const numbers = Int32Array.from({ length: 5000 }, (_, i) => i * 3)
      const back = await engine.stagedIntegers({ a: numbers, b: numbers }, (staged) =>
        engine.integers(sql`select ${join([column('a'), column('b')])} from ${staged} order by 1`),
      )
      expect(back[0]).toEqual(numbers)
    })

    test('streams what does not fit at once', async () => {
      let seen = 0
      for await (const rows of engine.stream(sql`select * from range(10000) t(n)`))
        seen += rows.length
      expect(seen).toBe(10_000)
    })

    test('stops a query whose time is up, and goes on with the next', async () => {
      const endless = sql`select count(*) from range(100000000) a, range(100000) b`
      await expect(engine.rows(endless, { timeoutMs: 100 })).rejects.toMatchObject({
        code: 'engine.took_too_long',
      })
      expect(await engine.rows(sql`select 1 as a`)).toEqual([{ a: 1 }])
    })

    test('stops a query that nobody waits for any more', async () => {
      const endless = sql`select count(*) from range(100000000) a, range(100000) b`
      await expect(
        engine.rows(endless, { lane: 'heavy', signal: AbortSignal.timeout(100) }),
      ).rejects.toThrow(/timeout/i)
    })

    test('tells of tables as they are after a change', async () => {
      await makePeople(engine)
      const columns = async () =>
        (await engine.tables('lake')).find(({ name }) => name === 'people')?.columns.length
      expect(await columns()).toBe(2)
      await engine.change('wider', (writer) =>
        writer.run(sql`alter table ${people} add column ${column('more')} integer`),
      )
      expect(await columns()).toBe(3)
    })

    test('tells of tables that are made, made anew, renamed and gone', async () => {
      const of = (name: string) => table('lake', name)
      const change = (...statements: readonly Part[]) =>
        engine.change('tables', async (writer) => {
          for (const one of statements) await writer.run(one)
        })
      const told = async () =>
        Object.fromEntries(
          (await engine.tables('lake'))
            .filter(({ name }) => name.startsWith('made_'))
            .map(({ name, columns }) => [name, columns.map((one) => `${one.name} ${one.type}`)]),
        )
      const [a, b, c] = [of('made_a'), of('made_b'), of('made_c')]
      await change(sql`create table ${b} as select 1 as x`)
      expect(await told()).toEqual({ made_b: ['x INTEGER'] })
      await change(sql`create table if not exists ${a} (x bigint, y text)`)
      expect(await told()).toEqual({ made_a: ['x BIGINT', 'y VARCHAR'], made_b: ['x INTEGER'] })
      await change(sql`create or replace table ${a} as select y, 1.5 as x from ${a}`)
      expect(await told()).toEqual({
        made_a: ['y VARCHAR', 'x DECIMAL(2,1)'],
        made_b: ['x INTEGER'],
      })
      await expect(
        change(sql`create or replace table ${b} as select 2 as z`, sql`select * from ${c}`),
      ).rejects.toThrow()
      expect((await told())['made_b']).toEqual(['x INTEGER'])
      await change(
        sql`create table ${c} as select * from ${b}`,
        sql`drop table ${b}`,
        sql`alter table ${c} rename to ${column('made_d')}`,
      )
      expect(Object.keys(await told())).toEqual(['made_a', 'made_d'])
      const many = Array.from({ length: 8 }, (_, i) => of(`made_m${i}`))
      await change(...many.map((one) => sql`create table ${one} as select 1 as x`))
      expect(Object.keys(await told())).toHaveLength(10)
      await change(...[a, of('made_d'), ...many].map((one) => sql`drop table ${one}`))
      expect(await told()).toEqual({})
    })

    test('an answer that is kept holds until a table that it was read from changes', async () => {
      await makePeople(engine)
      const pets = table('lake', 'pets')
      await engine.change('pets', (writer) =>
        writer.run(sql`create table ${pets} as select 1 as id`),
      )
      const asked = (keptWhile: readonly TableName[], who = 'anybody') =>
        engine.rows(
          sql`select count(*) as n, random() as told, ${value(who)} as who from ${people}`,
          { keptWhile },
        )
      const first = await asked([people])
      expect(await asked([people])).toEqual(first)
      expect(await asked([people], 'somebody')).not.toEqual(first)
      await engine.change('others', (writer) => writer.run(sql`delete from ${pets}`))
      expect(await asked([people])).toEqual(first)
      const undone = engine.change('undone', async (writer) => {
        await writer.run(sql`delete from ${people}`)
        // What is asked meanwhile knows nothing of it, and is not taken for what is there afterwards.
        expect(await asked([people])).toEqual(first)
        throw new Error('no')
      })
      await expect(undone).rejects.toThrow('no')
      expect(await asked([people])).toEqual(first)
      let amid: unknown
      await engine.change('done', async (writer) => {
        await writer.run(sql`delete from ${people}`)
        amid = await asked([people, pets])
      })
      expect(amid).toMatchObject([{ n: 2 }])
      for (const tables of [[people], [people, pets]])
        expect(await asked(tables)).toMatchObject([{ n: 0 }])
      const anew = table('lake', 'people__new')
      await engine.change('another', async (writer) => {
        await writer.run(sql`create table ${anew} as select 1 as id`)
        await writer.run(sql`drop table ${people}`)
        await writer.run(sql`alter table ${anew} rename to ${column('people')}`)
      })
      expect(await asked([people])).toMatchObject([{ n: 1 }])
      await engine.change('by its name alone', (writer) => writer.run(sql`delete from lake.people`))
      expect(await asked([people])).toMatchObject([{ n: 0 }])
    })

    test('checked text cannot write', async () => {
      await makePeople(engine)
      await expect(engine.checked('delete from lake.people')).rejects.toThrow()
      expect(await count(engine)).toBe(2)
      expect(await engine.checked('select 1.50 as a')).toMatchObject({
        columns: [{ name: 'a', type: 'decimal' }],
      })
    })

    test('a question that holds what users write cannot write either', async () => {
      await makePeople(engine)
      const holds = 'what users write' as const
      await expect(engine.rows(sql`delete from lake.people`, { holds })).rejects.toThrow()
      expect(await count(engine)).toBe(2)
      expect(await engine.rows(sql`select ${value(1)} as a`, { holds })).toEqual([{ a: 1 }])
    })
  })
}
