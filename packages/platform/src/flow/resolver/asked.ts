import { as, call, column, type Engine, join, type Row, sql, value } from '#engine'
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
  keyOfOne,
  kindsHeld,
  type MatchRule,
  namesOfHeld,
  type PhoneAsker,
  type Ruleset,
  readyPhone,
  settledValue,
  slotOf,
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
  const inLine = line()
  const tidy = async ({ space, record, rows }: Given): Promise<AskedRecord> => {
    const name = record && [space, record.source, record.id].join(separator)
    const { found, held, own } = await keys.ask(await values.ask(rows), { space, name })
    return {
      key: own,
      keys: found.flatMap(({ key }) => (key ? [key] : [])),
      held,
      clean: cleanStreams(ruleset).flatMap((stream, i) => (stream === record?.stream ? [i] : [])),
      silent: found.flatMap(({ silent }) => (silent ? [silent] : [])),
    }
  }
  return {
    tidy: (given) => inLine(() => tidy(given)),
    close: () =>
      inLine(async () => {
        for (const ready of [values, keys]) await ready.close()
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
    choices: (values: Tidied): readonly Choice[] =>
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

type Tidied = ReadonlyMap<string, readonly Values[]>

/** What rows hold of an identifier: the values that count, each with its kind. */
async function identifierChoices(engine: Engine, identifier: Identifier) {
  const query = kindsHeld(identifier)
  const only = query && new Set((await engine.rows(query)).map(({ v }) => String(v)))
  const names = namesOfHeld(identifier)
  return (values: Tidied): readonly Holding[] =>
    (values.get(identifier.object) ?? []).flatMap((row) => {
      const of = row[names.value]
      const kind = (names.kind === undefined ? undefined : row[names.kind]) ?? ''
      return of === undefined || only?.has(kind) === false ? [] : [{ of, kind }]
    })
}

interface Holding {
  readonly of: string
  readonly kind: string
}

/** Whose record it may be, and the space whose rules it goes by. */
interface Asking {
  readonly space: string
  readonly name: string | undefined
}

interface Keyed {
  readonly found: readonly Found[]
  readonly held: readonly Held[]
  readonly own: string | undefined
}

/** The question for the keys of all rules, identifiers and the record itself, one choice of each at a time. */
async function readyKeys(engine: Engine, ruleset: Ruleset) {
  const rules = await inTurn(ruleset.match, (rule) => ruleChoices(engine, ruleset, rule))
  const identifiers = await inTurn(ruleset.limits?.identifiers ?? [], (of) =>
    identifierChoices(engine, of),
  )
  const namesOf = (rule: MatchRule, i: number) => comparedBy(rule).map((_, j) => `r${i}_v${j}`)
  const ofHeld = identifiers.flatMap((_, i) => [`h${i}_of`, `h${i}_kind`])
  const ofRules = rules.flatMap(({ rule }, i) => namesOf(rule, i))
  const names = ['space', 'name', ...ofRules, ...ofHeld]
  const ready = await engine.ready(inputsOf(names), (of) => {
    const cells = rules.flatMap(({ rule }, i) => {
      const values = namesOf(rule, i).map((name) => column(name))
      const { key, saysNothing } = keyOfOne(ruleset, rule, values)
      return [as(key, column(`key${i}`)), as(saysNothing, column(`silent${i}`))]
    })
    const held = identifiers.flatMap((_, i) => [
      as(slotOf(value(i), column(`h${i}_kind`)), column(`slot${i}`)),
      as(call('key64', column(`h${i}_of`)), column(`held${i}`)),
    ])
    const own = as(call('key64', column('name')), column('own'))
    const given = names.map((name) => as(of[name] ?? never(), column(name)))
    return sql`select ${join([own, ...cells, ...held])} from (select ${join(given)}) given`
  })
  const blank = Object.fromEntries(names.map((name) => [name, '']))
  /** What one choice of each asks; nothing where nobody has to be asked. */
  const inputsFor = (chosen: Chosen): Record<string, string> => ({
    ...Object.fromEntries(
      rules.flatMap(({ rule }, i) => {
        const of = chosen.rules[i]
        return of && !of.silent ? namesOf(rule, i).map((name, j) => [name, of.values[j] ?? '']) : []
      }),
    ),
    ...Object.fromEntries(
      chosen.held.flatMap((of, i) =>
        of
          ? [
              [`h${i}_of`, of.of],
              [`h${i}_kind`, of.kind],
            ]
          : [],
      ),
    ),
    ...(chosen.name === undefined ? {} : { name: chosen.name }),
  })
  const askOnce = async (chosen: Chosen, space: string): Promise<Keyed> => {
    const inputs = inputsFor(chosen)
    const isAsked = Object.keys(inputs).length > 0
    const [row = {}] = isAsked ? await ready.ask({ ...blank, space, ...inputs }) : []
    const found = chosen.rules.flatMap((of, i) => {
      const { about = '', rule } = rules[i] ?? {}
      return of ? [foundIn(row, i, { ...of, about, rule: rule?.key ?? '' })] : []
    })
    const held = chosen.held.flatMap((of, i) => (of ? [heldIn(row, i)] : []))
    return { found, held, own: chosen.name === undefined ? undefined : String(row['own']) }
  }
  return {
    ask: async (values: Tidied, { space, name }: Asking): Promise<Keyed> => {
      const choices = rules.map((rule) => rule.choices(values))
      const holdings = identifiers.map((of) => of(values))
      const turns = Math.max(1, ...[...choices, ...holdings].map(({ length }) => length))
      const all: Keyed[] = []
      for (let turn = 0; turn < turns; turn++) {
        const chosen = {
          rules: choices.map((of) => of[turn]),
          held: holdings.map((of) => of[turn]),
          name: turn === 0 ? name : undefined,
        }
        all.push(await askOnce(chosen, space))
      }
      return {
        found: all.flatMap(({ found }) => found),
        held: all.flatMap(({ held }) => held),
        own: all[0]?.own,
      }
    },
    close: ready.close,
  }
}

interface Chosen {
  readonly rules: readonly (Choice | undefined)[]
  readonly held: readonly (Holding | undefined)[]
  readonly name: string | undefined
}

function heldIn(row: Row, i: number): Held {
  const [high, low] = halves(String(row[`held${i}`]))
  return { slot: Number(row[`slot${i}`]), high, low }
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
