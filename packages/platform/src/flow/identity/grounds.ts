import { column, join, made, type Part, type Step, sql, value } from '#engine'
import { evidenceOf } from './compile.ts'
import { addressOf, largestBlock, type Ruleset } from './definition.ts'
import { verdicts } from './groups.ts'

/** What stands in the place of a rule where people decided. No rule can be called so. */
export const byHand = 'by hand'

/** The number of the decision that evidence tells of, if it tells of one. */
export const decisionIn = (of: { readonly rule: string; readonly matched: string }) =>
  of.rule === byHand ? Number(of.matched.replace('decision ', '')) : undefined

/** Why records are one, and what was not made one although a rule offered it. */
export const groundSteps = (ruleset: Ruleset): readonly Step[] => [
  {
    name: 'evidence',
    says: 'why records are one, over all rules',
    query: join(
      [...starsOf(ruleset), tied(ruleset, sql`t.verdict = 0`, []), decided],
      sql` union all `,
    ),
  },
  {
    name: 'refused',
    says: 'links that were not made because a decision or a guard stands against them',
    query: tied(ruleset, sql`t.verdict > 0`, [
      sql`, ${reason} as reason, ${aboutIn(ruleset)} as about`,
    ]),
  },
]

const ends = sql`a.record as ${column('left')}, b.record as ${column('right')}`

/** The links of each rule as it offers them, where nothing stood against any of them. */
const starsOf = (ruleset: Ruleset): readonly Part[] =>
  ruleset.match.map(
    (rule) => sql`select ${value(rule.key)} as rule, ${ends}, e.matched
      from ${evidenceOf(rule)} e join ${made('record')} a on a.n = e.first join ${made('record')} b on b.n = e.n
      where e.size <= ${value(largestBlock(ruleset))} and e.first not in (select n from ${made('troubled')})`,
  )

/** Links of groups that were made again, as far as they came to this. */
function tied({ match }: Ruleset, condition: Part, more: readonly Part[]): Part {
  const rules = match.map(({ key }, i) => sql`(${value(i)}, ${value(key)})`)
  return sql`select m.key as rule, ${ends}, c.matched${join(more, sql``)}
    from ${made('tie')} t join ${made('candidate')} c on c.link = t.link
    join (values ${join(rules)}) m(rule, key) on m.rule = c.rule
    join ${made('record')} a on a.n = t.other join ${made('record')} b on b.n = c.n where ${condition}`
}

const reason = sql`case t.verdict ${join(
  verdicts.map((verdict, i) => sql`when ${value(i)} then ${value(verdict)}`),
  sql` `,
)} end`

/** The identifier whose values differ; nothing where it is something else. */
function aboutIn({ limits }: Ruleset): Part {
  const cases = (limits?.identifiers ?? []).map(
    (of, i) => sql` when ${value(i)} then ${value(addressOf(of))}`,
  )
  if (cases.length === 0) return value('')
  return sql`case t.identifier${join(cases, sql``)} else '' end`
}

const decided = sql`select ${value(byHand)} as rule, ${ends}, 'decision ' || d.decision as matched
  from ${made('must')} d join ${made('record')} a on a.n = d.${column('left')}
  join ${made('record')} b on b.n = d.${column('right')}`
