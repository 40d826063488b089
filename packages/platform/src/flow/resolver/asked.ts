import { as, call, column, type Engine, join, type Row, sql } from '#engine'
import {
  addressOf,
  besideOthers,
  blockedOf,
  type Compared,
  cleanStreams,
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
  /** Its stream, if it is one in which nobody stands twice: the place in the list. */
  readonly clean: readonly number[]
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

/** Makes the questions ready that turn the rows of one record into keys; as few as can be, for each is a way to the engine. */
export async function makeTidier(engine: Engine, ruleset: Ruleset, model: Model): Promise<Tidier> {
  const compared = comparedValues(ruleset, model)
  const values = await readyValues(engine, model, compared)
  const keys = await readyKeys(engine, ruleset)
  const identifiers = await inTurn(ruleset.limits?.identifiers ?? [], (_, i) =>
    readyHeld(engine, ruleset, i),
  )
  const ofRecord = await engine.ready(
    { name: 'text' },
    ({ name }) => sql`select ${call('key64', name)} as key`,
  )
  const inLine = line()
  const tidy = async ({ space, record, rows }: Given): Promise<AskedRecord> => {
    const tidied = await values.ask(rows)
    const found = await keys.ask(tidied, space)
    const held = await inTurn(ruleset.limits?.identifiers ?? [], async ({ object }, i) => {
      const each = await inTurn(
        tidied.get(object) ?? [],
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
      clean: cleanStreams(ruleset).flatMap((stream, i) => (stream === record?.stream ? [i] : [])),
      silent: found.flatMap(({ silent }) => (silent ? [silent] : [])),
    }
  }
  return {
    tidy: (given) => inLine(() => tidy(given)),
    close: () =>
      inLine(async () => {
        for (const ready of [values, keys, ...identifiers, ofRecord]) await ready.close()
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

type Rows = Given['rows']

/** The questions that tidy up the values of rows: one for a row of each object, its telephone numbers aside. */
async function readyValues(
  engine: Engine,
  model: Model,
  compared: ReadonlyMap<string, readonly Compared[]>,
) {
  const phone = await readyPhone(engine)
  const objects = [...compared].map(([object, columns], i) => {
    const plain = columns.filter((of) => !isPhone(of))
    const fields = [...new Set(plain.map(({ field }) => field))]
    return { object, columns, plain, fields, place: `o${i}` }
  })
  const asked = objects.filter(({ plain }) => plain.length > 0)
  const names = asked.flatMap((of) => of.fields.map((field) => besideOthers(of, field)))
  const ready =
    names.length === 0
      ? undefined
      : await engine.ready(inputsOf(names), (texts) =>
          valuesOfOne(
            asked.map((of) => ({
              place: of.place,
              columns: of.plain,
              texts: Object.fromEntries(
                of.fields.map((field) => [field, texts[besideOthers(of, field)] ?? never()]),
              ),
            })),
            model,
          ),
        )
  const askOnce = async (rows: Rows, turn: number): Promise<Values> => {
    const inputs = asked.flatMap((of) =>
      of.fields.map((field) => [besideOthers(of, field), rows[of.object]?.[turn]?.[field] ?? null]),
    )
    return textsOf((await ready?.ask(Object.fromEntries(inputs)))?.[0])
  }
  return {
    ask: async (rows: Rows): Promise<ReadonlyMap<string, readonly Values[]>> => {
      const found = new Map<string, Values[]>(objects.map(({ object }) => [object, []]))
      const turns = Math.max(0, ...objects.map(({ object }) => rows[object]?.length ?? 0))
      for (let turn = 0; turn < turns; turn++) {
        const plain = await askOnce(rows, turn)
        for (const of of objects) {
          const row = rows[of.object]?.[turn]
          if (row) found.get(of.object)?.push(await valuesIn(row, of, { plain, phone }))
        }
      }
      return found
    },
    close: async () => {
      await ready?.close()
      await phone.close()
    },
  }
}

interface Answered {
  readonly plain: Values
  readonly phone: PhoneAsker
}

/** The values of one row, as they are compared. */
async function valuesIn(
  row: Values,
  { columns, place }: { readonly columns: readonly Compared[]; readonly place: string },
  { plain, phone }: Answered,
): Promise<Values> {
  const found = await inTurn(columns, async (of) => {
    const raw = row[of.field]
    if (isPhone(of)) return raw === undefined ? undefined : phone.ask(raw, row['country'])
    const tidied = plain[besideOthers({ place }, of.name)]
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

/** What a rule looks at: a row of each object, in every choice of them. */
async function ruleChoices(engine: Engine, ruleset: Ruleset, rule: MatchRule) {
  const compared = comparedBy(rule)
  const objects = [...new Set(compared.map(({ object }) => object))]
  const blocked = await inTurn(compared, async (of) => {
    const query = blockedOf(ruleset, of)
    const rows = query ? await engine.rows(query) : []
    return new Set(rows.map(({ v }) => String(v)))
  })
  const about = compared.map(addressOf)
  const choiceOf = (rows: Readonly<Record<string, Values>>): Choice | undefined => {
    const values = compared.map(({ object, name }) => rows[object]?.[name])
    const known = values.filter((of) => of !== undefined)
    if (known.length < values.length) return undefined
    const at = known.findIndex((of, i) => blocked[i]?.has(of))
    if (at < 0) return { values: known }
    const silent = { reason: 'blocked_value', rule: rule.key, about: about[at] ?? '' } as const
    return { values: known, silent }
  }
  return {
    rule,
    about: about.join(', '),
    choices: (values: ReadonlyMap<string, readonly Values[]>): readonly Choice[] =>
      objects
        .reduce<Readonly<Record<string, Values>>[]>(
          (some, object) =>
            some
              .flatMap((rows) =>
                (values.get(object) ?? []).map((row) => ({ ...rows, [object]: row })),
              )
              .slice(0, mostCombinations),
          [{}],
        )
        .flatMap((rows) => choiceOf(rows) ?? []),
  }
}

interface Choice {
  readonly values: readonly string[]
  /** Why it says nothing, where that is known without asking. */
  readonly silent?: AskedRecord['silent'][number]
}

/** The question for the keys of all rules, one choice of each at a time. */
async function readyKeys(engine: Engine, ruleset: Ruleset) {
  const rules = await inTurn(ruleset.match, (rule) => ruleChoices(engine, ruleset, rule))
  const namesOf = (rule: MatchRule, i: number) => comparedBy(rule).map((_, j) => `r${i}_v${j}`)
  const names = ['space', ...rules.flatMap(({ rule }, i) => namesOf(rule, i))]
  const ready = await engine.ready(inputsOf(names), (of) => {
    const cells = rules.flatMap(({ rule }, i) => {
      const values = namesOf(rule, i).map((name) => column(name))
      const { key, saysNothing } = keyOfOne(ruleset, rule, values)
      return [as(key, column(`key${i}`)), as(saysNothing, column(`silent${i}`))]
    })
    const given = names.map((name) => as(of[name] ?? never(), column(name)))
    return sql`select ${join([sql`1`, ...cells])} from (select ${join(given)}) given`
  })
  const askOnce = async (chosen: readonly (Choice | undefined)[], space: string) => {
    if (chosen.every((of) => of === undefined || of.silent)) return {}
    const inputs = rules.flatMap(({ rule }, i) =>
      namesOf(rule, i).map((name, j) => [name, chosen[i]?.values[j] ?? null]),
    )
    return (await ready.ask({ space, ...Object.fromEntries(inputs) }))[0] ?? {}
  }
  return {
    ask: async (
      values: ReadonlyMap<string, readonly Values[]>,
      space: string,
    ): Promise<readonly Found[]> => {
      const all = rules.map(({ choices }) => choices(values))
      const turns = Math.max(0, ...all.map(({ length }) => length))
      const found: Found[][] = rules.map(() => [])
      for (let turn = 0; turn < turns; turn++) {
        const chosen = all.map((of) => of[turn])
        const row = await askOnce(chosen, space)
        for (const [i, of] of chosen.entries())
          if (of)
            found[i]?.push(
              foundIn(row, i, {
                ...of,
                about: rules[i]?.about ?? '',
                rule: rules[i]?.rule.key ?? '',
              }),
            )
      }
      return found.flat()
    },
    close: ready.close,
  }
}

function foundIn(
  row: Row,
  i: number,
  { silent, rule, about }: Choice & { readonly rule: string; readonly about: string },
): Found {
  if (silent) return { silent }
  if (row[`silent${i}`] === true) return { silent: { reason: 'placeholder', rule, about } }
  const [high, low] = halves(String(row[`key${i}`]))
  return { key: { high, low } }
}
