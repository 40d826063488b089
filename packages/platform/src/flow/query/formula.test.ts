import { describe, expect, test } from 'vitest'
import { as, column, sql, table, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { Fault } from '#kernel/fault.ts'
import { compileFormula, type FormulaSources } from './formula.ts'
import { formulaFunctions } from './formula-functions.ts'

const engine = await memoryEngine()
await engine.change('rows', async (writer) => {
  await writer.run(
    sql`create table lake.shops as select * from (values ('B1', 'Berlin', 1), ('B1', 'Bonn', 2), ('H2', 'Hamburg', 3)) t(code, city, size)`,
  )
  await writer.run(sql`create table lake.people as select * from (values
    (1, 'Ada', 'ada@x.org', '9.50', date '1990-02-03', 2.5, true), (2, ${value("O'Hara")}, null, 'free', null, null, false))
    t(id, "First Name", email, price, born, weight, known)`)
})

const sources: FormulaSources = {
  fields: [
    { name: 'id', type: 'integer' },
    { name: 'First Name', type: 'text' },
    { name: 'email', type: 'text' },
    { name: 'price', type: 'text' },
    { name: 'born', type: 'date' },
    { name: 'weight', type: 'number' },
    { name: 'known', type: 'boolean' },
  ],
  lookups: {
    shops: {
      table: table('lake', 'shops'),
      fields: [
        { name: 'code', type: 'text' },
        { name: 'city', type: 'text' },
        { name: 'size', type: 'integer' },
      ],
    },
  },
}

const answers = async (formula: string) => {
  const { part } = compileFormula(formula, sources)
  const rows = await engine.rows(
    sql`select ${as(part, column('v'))} from lake.people r order by r.id`,
  )
  return rows.map((row) => row['v'])
}

describe('the documented functions', () => {
  test.each(formulaFunctions.map((of) => [of.example.formula, of] as const))(
    '%s',
    async (formula, of) => {
      expect(await answers(formula)).toEqual([of.example.gives, of.example.gives])
      expect(formula).toContain(`${of.name}(`)
    },
  )

  test.each(formulaFunctions.map(({ example }) => example.formula))(
    '%s is asked of fields that no row has had yet',
    async (formula) => {
      const absent = sources.fields.map((field) => ({ ...field, isAbsent: true }))
      for (const fields of [absent, []]) {
        const { part, lacks, reads } = compileFormula(formula, { ...sources, fields, isOpen: true })
        const rows = await engine.rows(sql`select ${as(part, column('v'))} from lake.people r`)
        expect(rows).toHaveLength(2)
        expect(reads).toEqual([])
        expect(lacks.every((name) => formula.includes(name))).toBe(true)
      }
    },
  )

  test('have names of their own and say what they do', () => {
    expect(new Set(formulaFunctions.map(({ name }) => name)).size).toBe(formulaFunctions.length)
    expect(
      formulaFunctions.filter(({ about, takes }) => !about.endsWith('.') || takes === ''),
    ).toEqual([])
  })
})

describe('formulas', () => {
  test.each<[string, unknown[]]>([
    ["\"first name\" || ' <' || email || '>'", ['Ada <ada@x.org>', null]],
    ["lower(coalesce(EMAIL, 'nobody'))", ['ada@x.org', 'nobody']],
    ["case when price = 'free' then 0 else cast(price as decimal) end", [9.5, 0]],
    ['cast(price as number) * 2', [19, null]],
    ['price::integer', [10, null]],
    ["try_cast(price as decimal) > '9'", [true, null]],
    ["born >= '1990-01-01' and born < date '1991-01-01'", [true, null]],
    ["born = 'no day'", [null, null]],
    ["json_text(email, '$.a')", [null, null]],
    ["born in ('1990-02-03')", [true, null]],
    ["born not between '1990-01-01' and '1990-12-31'", [false, null]],
    ['born + 1 = date_add(born, 1)', [true, null]],
    ["date_diff(born, to_date('1990-02-05'))", [2, null]],
    ['year(born) * 100 + month(born)', [199002, null]],
    ['id / 0', [null, null]],
    ['id % 2 = 1 or not known', [true, true]],
    ['known is true', [true, false]],
    ['email is null', [false, true]],
    ["email like '%@X.org' or email ilike '%@X.org'", [true, null]],
    ["\"First Name\" in ('Ada', 'O''Hara')", [true, true]],
    ['concat(id, known)', ['1true', '2false']],
    ['upper(id)', ['1', '2']],
    ["nullif(trim(price), 'free')", ['9.50', null]],
    ["if(known, 'yes', null)", ['yes', null]],
    ['greatest(id, 1.5)', [1.5, 2]],
    ['round(weight)', [3, null]],
    ['substr(email, 1, id)', ['a', null]],
    ["lookup('shops', 'code', concat('B', id), 'city')", ['Berlin', null]],
    ["lookup('shops', 'size', id, 'city')", ['Berlin', 'Bonn']],
    ["lookup('shops', 'size', cast(id as text), 'code') || '!'", ['B1!', 'B1!']],
    ["lookup('shops', 'city', lookup('shops', 'size', id, 'city'), 'size')", [1, 2]],
    ['hash(id, null) = hash(id, email)', [false, true]],
    ["'it''s' || $$ a 'b' $$ || e'\\n'", ["it's a 'b' \n", "it's a 'b' \n"]],
    ['1 -- a comment', [1, 1]],
  ])('%s', async (formula, expected) => {
    expect(await answers(formula)).toEqual(expected)
  })

  test('say what they read, look up and give', () => {
    const compiled = compileFormula(
      "concat(email, ID, lookup('shops', 'CODE', email, 'city'))",
      sources,
    )
    expect(compiled.reads).toEqual(['email', 'id'])
    expect(compiled.type).toBe('text')
    expect(compiled.lookups).toEqual([{ stream: 'shops', keyField: 'code', resultField: 'city' }])
  })

  test('look up any field of a stream whose fields are not known yet', () => {
    const shops = { table: table('lake', 'shops'), fields: undefined }
    const compiled = compileFormula("id * lookup('shops', 'anything', email, 'price')", {
      ...sources,
      lookups: { shops },
    })
    expect(compiled.lookups).toEqual([
      { stream: 'shops', keyField: 'anything', resultField: 'price' },
    ])
  })

  test.each([
    ['id', 'integer'],
    ['id + 1', 'integer'],
    ['id * 1.5', 'decimal'],
    ['id * weight', 'number'],
    ['id / 2', 'number'],
    ['- id', 'integer'],
    ['born', 'date'],
    ['born + 1', 'date'],
    ['cast(price as number)', 'number'],
    ['price::timestamp', 'timestamp'],
    ['id = 1', 'boolean'],
    ['not known', 'boolean'],
    ["coalesce(born, '2020-01-01')", 'date'],
    ['case when known then 1 else 2.5 end', 'decimal'],
    ["lookup('shops', 'code', 'x', 'size')", 'integer'],
    ['date_add(to_timestamp(price), 1)', 'timestamp'],
    ['null', undefined],
  ])('%s is of type %s', (formula, type) => {
    expect(compileFormula(formula, sources).type).toBe(type)
  })
})

const problemsOf = (formula: string) => {
  try {
    compileFormula(formula, sources)
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.problems.map(({ at, say }) => `${at} ${say}`)
    throw thrown
  }
  return []
}

describe('refusals of formulas', () => {
  test('come all at once, with line and column and what was meant', () => {
    expect(problemsOf('concat(emial,\n uper(price))')).toEqual([
      'line 1, column 8 nothing here has a column "emial"; did you mean "email"?',
      'line 2, column 2 the function uper cannot be used; did you mean "upper"?',
    ])
  })

  test.each([
    '',
    'id, email',
    'id as x',
    'id from people',
    'id; drop table x',
    'id) from people; --',
    '*',
    'r.id',
    'people.id',
    '(select 1)',
    'exists (select 1)',
    'id in (select 1)',
    'sum(id)',
    'row_number() over ()',
    'count(*)',
    "read_text('/etc/passwd')",
    "getenv('HOME')",
    "current_setting('x')",
    'now()',
    '$1',
    'id + email',
    'email * 2',
    'known + 1',
    'born + weight',
    'born - to_timestamp(price)',
    'id = email',
    'born > id',
    'coalesce(id, email)',
    'case when known then id else email end',
    'id in (email)',
    'cast(id as json)',
    'cast(id as decimal(10, 2))',
    'cast(id as foo)',
    'id::int[]',
    'upper()',
    'upper(id, 1)',
    'parse_date(email, price)',
    "parse_date(email, '%Q')",
    "parse_date(email, 'yyyy-mm-dd')",
    'regexp_extract(email, price)',
    "lpad(price, 100000, '0')",
    "lpad(price, id, '0')",
    'year(price)',
    'round(price)',
    'left(email, price)',
    "lookup(email, 'code', id, 'city')",
    "lookup('shop', 'code', id, 'city')",
    "lookup('shops', 'cod', id, 'city')",
    "lookup('shops', 'code', id, 'secret')",
    'email || id + 1',
    '[1, 2]',
    "{'a': 1}",
    'id is null, 1',
    "x'ab'",
    "date_trunc('month', born)",
    `'${'x'.repeat(6000)}'`,
  ])('%.60s', (formula) => {
    expect(problemsOf(formula)).not.toEqual([])
  })
})
