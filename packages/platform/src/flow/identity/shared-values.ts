import { cast, column, type Engine, join, type Made, made, placed, sql, value } from '#engine'
import { maskedValue } from '#kernel/mask.ts'
import { type Model, modelTable } from '#model'
import { evidenceOf } from './compile.ts'
import {
  askedBy,
  asksForLikeness,
  type Criterion,
  largestBlock,
  type MatchRule,
  type Ruleset,
} from './definition.ts'
import { formOf } from './forms.ts'
import { lasting, tellingFields } from './strangers.ts'

/** A value that ties people who agree in nothing else, such as the mailbox of a shop. */
interface SharedValue {
  /** Masked. */
  readonly matched: string
  readonly records: number
  /** How many people that are at least, by what they are called and when they were born. */
  readonly people: number
}

/** What a rule links by such values. */
export interface SharedBy {
  readonly rule: string
  readonly values: number
  readonly records: number
  readonly examples: SharedValue[]
}

/** Fewer may be a household, whatever they are called. */
const fewestPeople = 5

const mostExamples = 5

/**
 * The rules that tie many by an e-mail address or a telephone number alone, with the values by which they do. A family has one
 * last name, and one person who is written in many ways one birth date: so of what is known, the least number of different
 * ones is how many people share a value.
 */
export async function sharedValuesIn(
  engine: Engine,
  of: { readonly ruleset: Ruleset; readonly model: Model; readonly where: Made },
): Promise<SharedBy[]> {
  if (of.ruleset.on !== 'individual') return []
  const found: SharedBy[] = []
  for (const rule of of.ruleset.match.filter((rule) => isContactAlone(rule, of.model))) {
    const rows = await engine.rows(placed(sharedBy(of.ruleset, rule), of.where))
    const [first] = rows
    if (!first) continue
    found.push({
      rule: rule.label ?? rule.key,
      values: Number(first['all_values']),
      records: Number(first['all_records']),
      examples: rows.map((row) => ({
        matched: maskedValue(String(row['matched'])),
        records: Number(row['records']),
        people: Number(row['people']),
      })),
    })
  }
  return found
}

const isContact = ({ object, field }: Criterion, model: Model): boolean => {
  const of = model.find(object)?.fields[field]
  return of !== undefined && ['email', 'phone'].includes(formOf(object, field, of) ?? '')
}

/** Whether a rule asks for how somebody is reached, and for nothing that tells people apart. */
const isContactAlone = (rule: MatchRule, model: Model): boolean =>
  !asksForLikeness(rule) &&
  askedBy(rule).some((of) => isContact(of, model)) &&
  tellingFields(rule, model).length === lasting.length

function sharedBy(ruleset: Ruleset, rule: MatchRule) {
  const links = sql`select first, n, matched from ${evidenceOf(rule)}
    where size between ${value(fewestPeople)} and ${value(largestBlock(ruleset, rule))}`
  const different = lasting.map((name) => {
    const tidy = sql`nullif(lower(trim(${cast(column(name, 'r'), 'text')})), '')`
    // What few of them have says nothing.
    return sql`case when 2 * count(${tidy}) >= count(*) then count(distinct ${tidy}) end`
  })
  const people = sql`least(${join(different)})`
  const shared = sql`select m.matched, count(distinct m.n) as records, ${people} as people
    from (select first, n, matched from (${links}) l union select first, first, matched from (${links}) l) m
    join ${made('record')} k on k.n = m.n join ${modelTable(ruleset.on)} r on r._key = k.record
    group by m.first, m.matched`
  return sql`select *, count(*) over () as all_values, sum(records) over () as all_records
    from (${shared}) s where people >= ${value(fewestPeople)}
    order by people desc, records desc, matched limit ${value(mostExamples)}`
}
