import type { Engine, Row } from '#engine'
import {
  addressOf,
  besideOthers,
  blockedOf,
  type Compared,
  cleanStreams,
  comparedBy,
  comparedValues,
  type Identifier,
  isPhone,
  isPlaceholderIn,
  keyedText,
  kindsHeld,
  type MatchRule,
  namesOfHeld,
  type PhoneTidier,
  type Ruleset,
  readyPhone,
  settledValue,
  slotOfOne,
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

/** Turns the rows of a record into keys, the same as those of a run. */
export interface Tidier {
  readonly tidy: (given: Given) => Promise<AskedRecord>
  readonly close: () => Promise<void>
}

type Values = Readonly<Record<string, string>>

/** Makes ready what turns the rows of one record into keys: the engine is asked once for a row of each object. */
export async function makeTidier(engine: Engine, ruleset: Ruleset, model: Model): Promise<Tidier> {
  const values = await readyValues(engine, ruleset, model)
  const keysOf = await keysMade(engine, ruleset)
  const inLine = line()
  const tidy = async ({ space, record, rows }: Given): Promise<AskedRecord> => {
    const name = record && [space, record.source, record.id].join(separator)
    const { found, held } = keysOf(await values.ask(rows), space)
    return {
      key: name === undefined ? undefined : String(engine.dialect.key64(name)),
      keys: found.flatMap(({ key }) => (key ? [key] : [])),
      held,
      clean: cleanStreams(ruleset).flatMap((stream, i) => (stream === record?.stream ? [i] : [])),
      silent: found.flatMap(({ silent }) => (silent ? [silent] : [])),
    }
  }
  return {
    tidy: (given) => inLine(() => tidy(given)),
    close: () => inLine(values.close),
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

type Tidied = ReadonlyMap<string, readonly Values[]>

/** The question that tidies up the values of rows: a row of each object at once, its telephone numbers aside. */
async function readyValues(engine: Engine, ruleset: Ruleset, model: Model) {
  const phone = await readyPhone(engine)
  const objects = [...comparedValues(ruleset, model)].map(([object, columns], i) => {
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
      of.fields.map((field) => {
        const isText = model.get(of.object).fields[field]?.type === 'text'
        // Of blank text comes nothing either, and a question without nulls is not planned anew.
        const none = isText ? '' : null
        return [besideOthers(of, field), rows[of.object]?.[turn]?.[field] ?? none]
      }),
    )
    return textsOf((await ready?.ask(Object.fromEntries(inputs)))?.[0])
  }
  return {
    ask: async (rows: Rows): Promise<Tidied> => {
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
  readonly phone: PhoneTidier
}

/** The values of one row, as they are compared. */
async function valuesIn(
  row: Values,
  { columns, place }: { readonly columns: readonly Compared[]; readonly place: string },
  { plain, phone }: Answered,
): Promise<Values> {
  const found = await inTurn(columns, async (of) => {
    const raw = row[of.field]
    if (isPhone(of)) return raw === undefined ? undefined : phone.tidy(raw, row['country'])
    const tidied = plain[besideOthers({ place }, of.name)]
    return tidied === undefined ? undefined : settledValue(of, tidied)
  })
  return Object.fromEntries(
    found.flatMap((of, i) => (of === undefined ? [] : [[columns[i]?.name ?? '', of]])),
  )
}

function never(): never {
  throw new Error('an input was not declared')
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
  const silent = (reason: Ground, of: string) => ({ silent: { reason, rule: rule.key, about: of } })
  const foundIn = (rows: Readonly<Record<string, Values>>, space: string): Found | undefined => {
    const values = compared.map(({ object, name }) => rows[object]?.[name])
    const known = values.filter((of) => of !== undefined)
    if (known.length < values.length) return undefined
    const at = known.findIndex((of, i) => blocked[i]?.has(of))
    if (at >= 0) return silent('blocked_value', about[at] ?? '')
    if (compared.some((of, i) => isPlaceholderIn(ruleset, of, known[i] ?? '')))
      return silent('placeholder', about.join(', '))
    return { key: keyOf(engine.dialect.key64(keyedText(rule, space, known))) }
  }
  return (rows: Tidied, space: string): readonly Found[] =>
    objects
      .reduce<Readonly<Record<string, Values>>[]>(
        (some, object) =>
          some
            .flatMap((chosen) =>
              (rows.get(object) ?? []).map((row) => ({ ...chosen, [object]: row })),
            )
            .slice(0, mostCombinations),
        [{}],
      )
      .flatMap((chosen) => foundIn(chosen, space) ?? [])
}

/** What rows hold of an identifier: the values that count, each in the slot of its kind. */
async function identifierValues(engine: Engine, identifier: Identifier, place: number) {
  const query = kindsHeld(identifier)
  const only = query && new Set((await engine.rows(query)).map(({ v }) => String(v)))
  const names = namesOfHeld(identifier)
  const { key64 } = engine.dialect
  return (rows: Tidied): readonly Held[] =>
    (rows.get(identifier.object) ?? []).flatMap((row) => {
      const of = row[names.value]
      const kind = (names.kind === undefined ? undefined : row[names.kind]) ?? ''
      if (of === undefined || only?.has(kind) === false) return []
      return [{ slot: slotOfOne(place, key64(kind)), ...keyOf(key64(of)) }]
    })
}

function keyOf(key: bigint): Key {
  const [high, low] = halves(key)
  return { high, low }
}

/** The keys of all rules and identifiers: the first choice of each, then the second. */
async function keysMade(engine: Engine, ruleset: Ruleset) {
  const rules = await inTurn(ruleset.match, (rule) => ruleChoices(engine, ruleset, rule))
  const identifiers = await inTurn(ruleset.limits?.identifiers ?? [], (of, i) =>
    identifierValues(engine, of, i),
  )
  return (rows: Tidied, space: string) => ({
    found: inTurns(rules.map((choices) => choices(rows, space))),
    held: inTurns(identifiers.map((values) => values(rows))),
  })
}

/** The first of each, then the second of each, to the last. */
function inTurns<T>(all: readonly (readonly T[])[]): readonly T[] {
  const turns = Math.max(0, ...all.map(({ length }) => length))
  return Array.from({ length: turns }, (_, turn) =>
    all.flatMap((of) => of.slice(turn, turn + 1)),
  ).flat()
}
