import { named } from './definition.ts'
import type { FieldChange } from './difference.ts'
import type { PlacedProblem } from './place.ts'
import type { Plan, PlannedCreate } from './plan.ts'

/** A plan as text: `+` what is new, `~` what changes and how, `-` what goes, how many of each, and what is worth knowing. */
export function printPlan(plan: Plan): string {
  if (plan.problems.length > 0) return printProblems(plan)
  const blocks = [
    ...plan.create.map((one) => headOf('+', one)),
    ...plan.change.map((one) => [headOf('~', one), ...one.fields.flatMap(printField)].join('\n')),
    ...plan.remove.map((one) => `- ${named(one)}`),
  ]
  return [
    ...blocks,
    ...(blocks.length > 0 ? [''] : []),
    countsOf(plan),
    ...printWarnings(plan),
  ].join('\n')
}

const printWarnings = ({ warnings }: Plan): readonly string[] =>
  warnings.length === 0 ? [] : ['', 'Worth knowing:', ...warnings.map(printPlaced)]

const printPlaced = ({ at, say }: PlacedProblem) => `  ${at === '' ? '' : `${at}: `}${say}`

function printProblems({ problems }: Plan): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return [`${count}; nothing can be applied.`, ...problems.map(printPlaced)].join('\n')
}

const headOf = (sign: string, one: PlannedCreate) =>
  `${sign} ${named(one)}${one.from === undefined ? '' : `  (${one.from})`}`

function countsOf({ create, change, remove, unchanged }: Plan): string {
  const counts = [
    [create, 'to create'],
    [change, 'to change'],
    [remove, 'to remove'],
    [unchanged, 'unchanged'],
  ] as const
  return `Plan: ${counts.map(([list, words]) => `${list.length} ${words}`).join(', ')}.`
}

function printField(field: FieldChange): readonly string[] {
  if (!('old' in field)) return [`    + ${field.at}: ${shown(field.new)}`]
  if (!('new' in field)) return [`    - ${field.at}: ${shown(field.old)}`]
  if (isLong(field.old) || isLong(field.new)) return printLines(field)
  return [`    ${field.at}: ${shown(field.old)} → ${shown(field.new)}`]
}

const isLong = (value: unknown) => typeof value === 'string' && value.includes('\n')

// Text of several lines, such as SQL: only the lines between the first and the last that differ.
function printLines({ at, old, new: now }: FieldChange): readonly string[] {
  const before = String(old).trimEnd().split('\n')
  const after = String(now).trimEnd().split('\n')
  while (before.length > 0 && after.length > 0 && before[0] === after[0]) {
    before.shift()
    after.shift()
  }
  while (before.length > 0 && after.length > 0 && before.at(-1) === after.at(-1)) {
    before.pop()
    after.pop()
  }
  return [
    `    ${at}:`,
    ...before.map((line) => `      - ${line}`),
    ...after.map((line) => `      + ${line}`),
  ]
}

const mostLetters = 100

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing'
  return json.length > mostLetters ? `${json.slice(0, mostLetters - 3)}...` : json
}
