import { as, call, column, type Engine, join, type Ready, type Row, sql } from '#engine'
import {
  addressOf,
  blockedOf,
  type Compared,
  comparedBy,
  comparedValues,
  heldByOne,
  isPhone,
  keyOfOne,
  type MatchRule,
  type PhoneAsker,
  type Ruleset,
  readyPhone,
  settledValue,
  valuesOfOne,
} from '#identity'
import type { Model } from '#model'
import type { Ground } from './api.ts'
import { halves } from './known.ts'
import type { Given } from './rows.ts'

/** The key of the values that a rule compares. */
export interface Key {
  readonly high: number
  readonly low: number
}

/** A value of a strong identifier; values of one slot are comparable. */
export interface Held extends Key {
  readonly slot: number
}

/** A record as it is looked up. */
export interface AskedRecord {
  /** Its own key, if it may be there already. */
  readonly key: string | undefined
  readonly keys: readonly Key[]
  readonly held: readonly Held[]
  /** Values that say nothing about who it is. */
  readonly silent: readonly {
    readonly reason: Ground
    readonly rule: string
    readonly about: string
  }[]
}

/** Turns the rows of a record into keys, by the same SQL as a run. */
export interface Tidier {
  readonly tidy: (given: Given) => Promise<AskedRecord>
  readonly close: () => Promise<void>
}

type Values = Readonly<Record<string, string>>

/** Makes the questions ready that turn the rows of one record into keys. */
export async function makeTidier(engine: Engine, ruleset: Ruleset, model: Model): Promise<Tidier> {
  const phone = await readyPhone(engine)
  const compared = comparedValues(ruleset, model)
  const objects = await inTurn([...compared], async ([object, columns]) => {
    const asker = await readyValues(engine, model, columns)
    return { object, ...asker, ask: (row: Values) => valuesIn(row, { columns, phone, asker }) }
  })
  const rules = await inTurn(ruleset.match, (rule) => ruleAsker(engine, ruleset, rule))
  const identifiers = await inTurn(ruleset.limits?.identifiers ?? [], (_, i) =>
    readyHeld(engine, ruleset, i),
  )
  const ofRecord = await engine.ready(
    { name: 'text' },
    ({ name }) => sql`select ${call('key64', name)} as key`,
  )
  const all = [
    ...[...objects.values()].flat(),
    ...rules.map(({ ready }) => ready),
    ...identifiers,
    ofRecord,
  ]
  const inLine = line()
  const tidy = async ({ space, record, rows }: Given): Promise<AskedRecord> => {
    const values = new Map<string, readonly Values[]>()
    for (const { object, ask } of objects) values.set(object, await inTurn(rows[object] ?? [], ask))
    const found = (await inTurn(rules, (rule) => rule.ask(values, space))).flat()
    const held = await inTurn(ruleset.limits?.identifiers ?? [], async ({ object }, i) => {
      const each = await inTurn(
        values.get(object) ?? [],
        async (row) => identifiers[i]?.ask(row) ?? [],
      )
      return each.flat().map(heldFrom)
    })
    const name = record && [space, record.source, record.id].join(separator)
    const [own] = name === undefined ? [] : await ofRecord.ask({ name })
    return {
      key: own && String(own['key']),
      keys: found.flatMap(({ key }) => (key ? [key] : [])),
      held: held.flat(),
      silent: found.flatMap(({ silent }) => (silent ? [silent] : [])),
    }
  }
  return {
    tidy: (given) => inLine(() => tidy(given)),
    close: () =>
      inLine(async () => {
        for (const ready of all) await ready.close()
      }),
  }
}

/** Lets one in at a time, and closes after those who came before. */
function line() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work)
    last = mine
    return mine
  }
}

/** As keys of records are made. */
const separator = '\u001f'

/** One after the other: what is made ready is asked by one at a time. */
async function inTurn<T, R>(
  all: readonly T[],
  work: (of: T, i: number) => Promise<R>,
): Promise<R[]> {
  const done: R[] = []
  for (const [i, of] of all.entries()) done.push(await work(of, i))
  return done
}

const inputsOf = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, 'text'] as const))

const textsOf = (row: Row | undefined): Values =>
  Object.fromEntries(
    Object.entries(row ?? {}).flatMap(([name, of]) => (of === null ? [] : [[name, String(of)]])),
  )

/** The question that tidies up the values of a row, its telephone numbers aside. */
async function readyValues(engine: Engine, model: Model, columns: readonly Compared[]) {
  const rest = columns.filter((of) => !isPhone(of))
  if (rest.length === 0) return { close: async () => {} }
  const fields = [...new Set(rest.map(({ field }) => field))]
  const ready = await engine.ready(inputsOf(fields), (texts) => valuesOfOne(rest, model, texts))
  return { ready, close: ready.close }
}

interface Asking {
  readonly columns: readonly Compared[]
  readonly phone: PhoneAsker
  readonly asker: { readonly ready?: Ready<string> }
}

/** The values of one row, as they are compared. */
async function valuesIn(row: Values, { columns, phone, asker }: Asking): Promise<Values> {
  const plain = textsOf((await asker.ready?.ask(row))?.[0])
  const found = await inTurn(columns, async (of) => {
    const raw = row[of.field]
    if (isPhone(of)) return raw === undefined ? undefined : phone.ask(raw, row['country'])
    const tidied = plain[of.name]
    return tidied === undefined ? undefined : settledValue(of, tidied)
  })
  return Object.fromEntries(
    found.flatMap((of, i) => (of === undefined ? [] : [[columns[i]?.name ?? '', of]])),
  )
}

const readyHeld = (engine: Engine, ruleset: Ruleset, i: number) => {
  const { object, field, by = 'exact', per } = ruleset.limits?.identifiers?.[i] ?? never()
  const names = [`${field}__${by}`, ...(per === undefined ? [] : [`${per}__exact`])]
  return engine.ready(inputsOf(names), (of) => {
    const cells = names.map((name) => as(of[name] ?? never(), column(name)))
    return heldByOne(ruleset, i, sql`(select ${join(cells)}) ${column(object)}`)
  })
}

function never(): never {
  throw new Error('an input was not declared')
}

function heldFrom(row: Row): Held {
  return { slot: Number(row['slot']), high: Number(row['high']), low: Number(row['low']) }
}

interface Found {
  readonly key?: Key
  readonly silent?: AskedRecord['silent'][number]
}

/** More combinations of rows than this are not tried. */
const mostCombinations = 1000

/** Asks for the keys of a rule, for each choice of one row of each object that it looks at. */
async function ruleAsker(engine: Engine, ruleset: Ruleset, rule: MatchRule) {
  const compared = comparedBy(rule)
  const objects = [...new Set(compared.map(({ object }) => object))]
  const blocked = await inTurn(compared, async (of) => {
    const query = blockedOf(ruleset, of)
    const rows = query ? await engine.rows(query) : []
    return new Set(rows.map(({ v }) => String(v)))
  })
  const names = compared.map((_, i) => `v${i}`)
  const ready = await engine.ready(inputsOf(['space', ...names]), (of) => {
    const { key, saysNothing } = keyOfOne(ruleset, rule)
    const cells = ['space', ...names].map((name) => as(of[name] ?? never(), column(name)))
    return sql`select ${key} as key, ${saysNothing} as silent from (select ${join(cells)}) given`
  })
  const one = async (choice: Readonly<Record<string, Values>>, space: string): Promise<Found[]> => {
    const values = compared.map(({ object, name }) => choice[object]?.[name])
    if (values.some((of) => of === undefined)) return []
    const at = values.findIndex((of, i) => blocked[i]?.has(of ?? ''))
    const about = compared.map(addressOf)
    if (at >= 0)
      return [{ silent: { reason: 'blocked_value', rule: rule.key, about: about[at] ?? '' } }]
    const inputs = Object.fromEntries(values.map((of, i) => [`v${i}`, of ?? null]))
    const [row] = await ready.ask({ space, ...inputs })
    if (!row || row['silent'] === true)
      return [{ silent: { reason: 'placeholder', rule: rule.key, about: about.join(', ') } }]
    const [high, low] = halves(String(row['key']))
    return [{ key: { high, low } }]
  }
  return {
    ready,
    ask: async (values: ReadonlyMap<string, readonly Values[]>, space: string) => {
      const choices = objects.reduce<Readonly<Record<string, Values>>[]>(
        (some, object) =>
          some
            .flatMap((choice) =>
              (values.get(object) ?? []).map((row) => ({ ...choice, [object]: row })),
            )
            .slice(0, mostCombinations),
        [{}],
      )
      return (await inTurn(choices, (choice) => one(choice, space))).flat()
    },
  }
}
