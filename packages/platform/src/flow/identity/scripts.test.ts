import { expect, test } from 'vitest'
import { type Engine, sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { modelOf } from '#model'
import type { Criterion, Ruleset } from './definition.ts'
import { trainModel } from './model-train.ts'
import { runIdentity } from './run.ts'
import { type MadeRecord, madeRecords, putMade, putRows } from './testing/index.ts'

const model = modelOf([])
const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))

const run = (engine: Engine, ruleset: Ruleset) => runIdentity({ engine, model, ruleset, clock })

/** The records of every profile that has several, as a list of ids. */
async function together(engine: Engine, on = 'individual'): Promise<readonly string[]> {
  const links = on === 'individual' ? sql`unified.link_individual` : sql`unified.link_account`
  const records = on === 'individual' ? sql`model.individual` : sql`model.account`
  const rows = await engine.rows(sql`select string_agg(r.id, ' ' order by r.id) as ids
    from ${links} l join ${records} r on r._key = l.record group by l.profile having count(*) > 1 order by 1`)
  return rows.map(({ ids }) => String(ids))
}

const ruleset = (on: Ruleset['on'], ...all: readonly Criterion[]): Ruleset => ({
  key: 'all',
  on,
  match: all.map((of) => ({ key: `${of.field}_${of.by}_${of.precision ?? ''}`, all: [of] })),
  reconcile: { default: 'last_updated' },
  // Only what is equal or alike is to be told here, not how few values there are.
  limits: { block: 1000 },
})

const names = [
  ...['Иван Петров', 'Пётр Кузнецов', 'Ольга Сидорова', 'Олег Сидоров'],
  ...['Γιώργος Παπαδόπουλος', 'Μαρία Παππά', 'Νίκος Νικολάου'],
  ...['王小明', '李小红', '王伟', '李伟', '張偉', '佐藤健', '鈴木一郎', 'さくら', 'サクラ'],
  ...['김철수', '이영희', '박지성', 'محمد علي', 'فاطمة حسن', 'יוסף כהן', 'שרה לוי'],
  ...['राहुल शर्मा', 'प्रिया सिंह', 'สมชาย ใจดี', 'สมหญิง รักดี', 'Արամ', 'გიორგი'],
  ...['John Smith', 'Jane Miller'],
]

test.each([
  { by: 'normalised' as const },
  { by: 'exact' as const },
  { by: 'fuzzy' as const, precision: 'high' as const },
  { by: 'fuzzy' as const, precision: 'medium' as const },
])('people whose names no Latin letter writes are themselves: $by $precision', async (method) => {
  const engine = await memoryEngine()
  // Capitals know no final sigma, which only tidying up puts right.
  const other = method.by === 'exact' ? (of: string) => of : (of: string) => of.toUpperCase()
  const rows = names.flatMap((person_name, i) => [
    { id: `${i}a`, person_name },
    { id: `${i}b`, person_name: ` ${other(person_name)} ` },
  ])
  const blanks = ['', ' ', '\u3000', '-', '。', '؟', '—', '()', '\u200b'].map((of, i) => ({
    id: `blank${i}`,
    person_name: of,
  }))
  await putRows(engine, model, 'individual', [...rows, ...blanks])
  await run(
    engine,
    ruleset('individual', { object: 'individual', field: 'person_name', ...method }),
  )
  expect(await together(engine)).toEqual(names.map((_, i) => `${i}a ${i}b`).toSorted())
})

test.each(['normalised', 'fuzzy'] as const)(
  'what is left of nothing is no value: firms, streets and postcodes, %s',
  async (by) => {
    const engine = await memoryEngine()
    const firms = [
      'ООО Ромашка',
      'ООО Василёк',
      '株式会社山田',
      '株式会社田中',
      'شركة النور',
      'GmbH',
      'AG',
    ]
    const streets = ['улица Ленина 1', 'улица Мира 1', '中山路 1', '人民路 1', 'شارع 1', '!!', '??']
    const postcodes = ['١٢٣٤٥', '٥٤٣٢١', '〒100-0001', '〒530-0001', '一二三', '四五六', '--']
    await putRows(
      engine,
      model,
      'account',
      firms.map((name, i) => ({
        id: `${i}`,
        name,
        address_line_1: streets[i],
        postal_code: postcodes[i],
      })),
    )
    const fields =
      by === 'fuzzy' ? ['name', 'address_line_1'] : ['name', 'address_line_1', 'postal_code']
    const criteria = fields.map((field) => ({ object: 'account', field, by }))
    await run(engine, ruleset('account', ...criteria))
    expect(await together(engine, 'account')).toEqual([])
  },
)

const latin = 'abcdefghijklmnopqrstuvwxyz'
const alphabets = [
  latin,
  'абцдефгхийклмнопярстувшжыз',
  'αβψδεφγηιξκλμνοπθρστυωςχζϊ',
  'ابكدهفجحيخقلمنوپصرستعطشذزغ',
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许',
]

/** The same people, every fifth in another script; in that of the last, two signs are a name. */
const inScripts = (records: readonly MadeRecord[]): readonly MadeRecord[] =>
  records.map((of) => {
    const script = Number(of.entity.slice(1)) % alphabets.length
    const written = (name: string | null) => {
      if (name === null) return null
      const signs = [...name].map(
        (letter) => [...(alphabets[script] ?? '')][latin.indexOf(letter)] ?? letter,
      )
      return script === alphabets.length - 1 ? signs.slice(0, 2).join('') : signs.join('')
    }
    return { ...of, first_name: written(of.first_name), last_name: written(of.last_name) }
  })

test('a model that is told nothing tells people of all scripts apart as it does those of one', async () => {
  const engine = await memoryEngine()
  const records = inScripts(madeRecords(250, 7))
  await putMade(engine, model, records)
  const given = { key: 'alike', on: 'individual' as const }
  const bench = { engine, ask: { lane: 'heavy' } as const, now: clock.now, timings: [] }
  const matcher = { ...given, ...(await trainModel({ bench, model }, given, {})) }
  await run(engine, { ...ruleset('individual'), model: { use: 'alike' }, matcher })
  const pairs = (await together(engine)).flatMap((ids) => {
    const all = ids.split(' ')
    return all.flatMap((a, i) => all.slice(i + 1).map((b) => [a, b] as const))
  })
  const right = pairs.filter(([a, b]) => a.slice(0, -1) === b.slice(0, -1))
  const real = records.filter(({ id }) => id.endsWith('b')).length
  expect(right.length / pairs.length).toBeGreaterThan(0.97)
  expect(right.length / real).toBeGreaterThan(0.9)
})
