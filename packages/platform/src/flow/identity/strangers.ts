import {
  call,
  cast,
  column,
  type Engine,
  join,
  type Made,
  made,
  type Part,
  placed,
  sql,
  value,
} from '#engine'
import { maskedValue } from '#kernel/mask.ts'
import { type Model, modelTable } from '#model'
import { evidenceOf } from './compile.ts'
import {
  askedBy,
  type Criterion,
  largestBlock,
  type MatchRule,
  type Ruleset,
} from './definition.ts'
import { identityFaults } from './faults.ts'
import { formOf } from './forms.ts'

/** What a rule links, as far as it can be told whether the two are one. */
interface Told {
  /** How many of its pairs were looked at. */
  readonly pairs: number
  /** How many of these agree in nothing else that tells people apart. */
  readonly strangers: number
  /** What such a pair has in common, masked. */
  readonly matched: string
}

/** What a run has found, by which rules. */
interface Found {
  readonly ruleset: Ruleset
  readonly model: Model
  readonly where: Made
}

/** What everybody has one of, and keeps. */
export const lasting = ['first_name', 'last_name', 'birth_date'] as const

/** Beyond this share of strangers a rule is too wide, and below this many pairs there is nothing to be said. */
const mostStrangers = 0.8
const fewestPairs = 100

/** About how many pairs of a rule are looked at. */
const sampled = 5000

/** What the pairs of a rule can be told apart by: what it does not ask for itself. */
export function tellingFields(rule: MatchRule, model: Model): readonly string[] {
  const asked = askedBy(rule)
  const { fields } = model.get('individual')
  const asks = (name: string) =>
    asked.some(({ object, field }) => object === 'individual' && field === name)
  return lasting.filter(
    (name) =>
      Object.hasOwn(fields, name) && !asks(name) && !(asks('person_name') && name !== 'birth_date'),
  )
}

const named =
  /(^|_)(first|last|person|full|middle|family|given)?_?name$|(^|_)(city|town|date|day|year|gender|title)$/

// An address that is somebody's own or a number may be shared, which simulations tell; it is never chance.
const isDescribing = ({ object, field }: Criterion, model: Model): boolean => {
  const of = model.find(object)?.fields[field]
  if (!of) return false
  const form = formOf(object, field, of)
  return form === undefined
    ? named.test(field) || of.type === 'date'
    : ['name', 'postcode', 'street', 'country'].includes(form)
}

/** Whether a rule asks only for what describes people, such as a name and a town, and for none of what is theirs alone. */
const isDescription = (rule: MatchRule, model: Model): boolean =>
  askedBy(rule).every((of) => isDescribing(of, model))

/** How the pairs of a rule agree in what it does not ask for; nothing where that says nothing. */
async function strangersBy(
  engine: Engine,
  { ruleset, model, rule, where }: Found & { readonly rule: MatchRule },
): Promise<Told | undefined> {
  const fields = tellingFields(rule, model)
  if (ruleset.on !== 'individual' || fields.length === 0 || !isDescription(rule, model))
    return undefined
  const links = sql`select first, n, matched from ${evidenceOf(rule)}
    where size <= ${value(largestBlock(ruleset, rule))}`
  const [counted] = await engine.rows(placed(sql`select count(*) as n from (${links}) l`, where))
  const every = Math.max(1, Math.floor(Number(counted?.['n'] ?? 0) / sampled))
  const both = fields.map((name) => sql`case when ${present(name)} then 1 else 0 end`)
  const agree = fields.map(
    (name) => sql`case when ${present(name)} and ${agreeing(name)} then 1 else 0 end`,
  )
  const people = modelTable(ruleset.on)
  const pairs = sql`select e.matched, ${join(both, sql` + `)} as told, ${join(agree, sql` + `)} as agreed
    from (select * from (${links}) l where mod(n, ${value(every)}) = 0) e
    join ${made('record')} x on x.n = e.first join ${made('record')} y on y.n = e.n
    join ${people} a on a._key = x.record join ${people} b on b._key = y.record`
  const [row] = await engine.rows(
    placed(
      sql`select count(*) as pairs, count(*) filter (where agreed = 0) as strangers,
        min(case when agreed = 0 then matched end) as matched from (${pairs}) p where told > 0`,
      where,
    ),
  )
  const [all, strangers] = [Number(row?.['pairs'] ?? 0), Number(row?.['strangers'] ?? 0)]
  return { pairs: all, strangers, matched: maskedValue(String(row?.['matched'] ?? '')) }
}

const tidy = (name: string, of: 'a' | 'b'): Part =>
  sql`lower(trim(${cast(column(name, of), 'text')}))`

const present = (name: string): Part => sql`(${tidy(name, 'a')} <> '' and ${tidy(name, 'b')} <> '')`

/** A slip in a name is still the name, one in a date another day. */
const agreeing = (name: string): Part =>
  name === 'birth_date'
    ? sql`${tidy(name, 'a')} = ${tidy(name, 'b')}`
    : sql`${call('jaro_winkler', tidy(name, 'a'), tidy(name, 'b'))} >= ${value(0.8, 'number')}`

/** A rule that takes strangers for one, and what its pairs agree in none of. */
interface TooWide extends Told {
  readonly rule: string
  readonly fields: readonly string[]
}

/** The first rule that takes strangers for one: who agree in a name and a town by chance, and in nothing else. */
export async function tooWideIn(engine: Engine, of: Found): Promise<TooWide | undefined> {
  if (of.ruleset.limits?.usual === false) return undefined
  for (const rule of of.ruleset.match) {
    const found = await strangersBy(engine, { ...of, rule })
    if (!found || found.pairs < fewestPairs || found.strangers < mostStrangers * found.pairs)
      continue
    return { rule: rule.label ?? rule.key, fields: tellingFields(rule, of.model), ...found }
  }
  return undefined
}

/** Refuses a run by such a rule. */
export async function refuseStrangers(engine: Engine, of: Found): Promise<void> {
  const found = await tooWideIn(engine, of)
  if (found) throw identityFaults.strangers({ ruleset: of.ruleset.key, ...found })
}
