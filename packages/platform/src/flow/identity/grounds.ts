import { column, join, made, type Part, type Step, sql, value } from '#engine'
import { maskedValue } from '#kernel/mask.ts'
import { evidenceOf } from './compile.ts'
import {
  addressOf,
  asksForLikeness,
  largestBlock,
  type MatchRule,
  type Ruleset,
} from './definition.ts'
import { verdicts } from './groups.ts'
import { modelLinks, modelRefused } from './model-links.ts'
import { isModelRule, modelRuleOf } from './model-words.ts'

/** What stands in the place of a rule where people decided. No rule can be called so. */
export const byHand = 'by hand'

/** The number of the decision that evidence tells of, if it tells of one. */
export const decisionIn = (of: { readonly rule: string; readonly matched: string }) =>
  of.rule === byHand ? Number(of.matched.replace('decision ', '')) : undefined

/**
 * Whether links of a rule are about their two records only: those of a model, and those of rules that ask for likeness. All
 * others say that everybody who shares a value agrees with everybody else who does.
 */
export const tiesPairs = (rule: string, { match }: Ruleset): boolean =>
  isModelRule(rule) || match.some((of) => of.key === rule && asksForLikeness(of))

/** What evidence may be shown of: words as they are, values masked. */
export const shownMatch = (of: { readonly rule: string; readonly matched: string }): string =>
  of.rule === byHand || isModelRule(of.rule) ? of.matched : maskedValue(of.matched)

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
    query: join(
      [
        tied(ruleset, sql`t.verdict > 0`, [
          sql`, ${reason} as reason, ${aboutIn(ruleset)} as about`,
        ]),
        ...takenApart(ruleset),
      ],
      sql` union all `,
    ),
  },
]

const ends = sql`a.record as ${column('left')}, b.record as ${column('right')}`

/** The links of each rule, and of the model, as they are offered where nothing stood against any of them. */
function starsOf(ruleset: Ruleset): readonly Part[] {
  const star = (rule: string, of: Part, more: Part) =>
    sql`select ${value(rule)} as rule, ${ends}, e.matched
      from ${of} e join ${made('record')} a on a.n = e.first join ${made('record')} b on b.n = e.n
      where ${more}e.first not in (select n from ${made('troubled')})`
  const limit = (rule: MatchRule) => sql`e.size <= ${value(largestBlock(ruleset, rule))} and `
  const weighed = modelRuleOf(ruleset)
  return [
    ...ruleset.match.map((rule) => star(rule.key, evidenceOf(rule), limit(rule))),
    ...(weighed === undefined ? [] : [star(weighed, modelLinks, sql``)]),
  ]
}

/** Links of groups that were made again, as far as they came to this. */
function tied(ruleset: Ruleset, condition: Part, more: readonly Part[]): Part {
  const weighed = modelRuleOf(ruleset)
  const names = [
    ...ruleset.match.map(({ key }) => key),
    ...(weighed === undefined ? [] : [weighed]),
  ]
  const rules = names.map((name, i) => sql`(${value(i)}, ${value(name)})`)
  return sql`select m.key as rule, ${ends}, c.matched${join(more, sql``)}
    from ${made('tie')} t join ${made('candidate')} c on c.link = t.link
    join (values ${join(rules)}) m(rule, key) on m.rule = c.rule
    join ${made('record')} a on a.n = t.other join ${made('record')} b on b.n = c.n where ${condition}`
}

/** Pairs of a model whose groups were taken apart between them, and that nothing else has brought together. */
function takenApart(ruleset: Ruleset): readonly Part[] {
  const weighed = modelRuleOf(ruleset)
  if (weighed === undefined) return []
  return [
    sql`select ${value(weighed)} as rule, ${ends}, p.matched, p.reason, '' as about from ${modelRefused} p
      join ${made('cluster')} one on one.n = p.first join ${made('cluster')} other on other.n = p.n
      join ${made('record')} a on a.n = p.first join ${made('record')} b on b.n = p.n
      where one.root <> other.root`,
  ]
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
