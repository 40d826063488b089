import { join, type Part, tryCast } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { raw, refused, type Writer, type Writers } from './desk.ts'
import { bracketed, compared, sharedWriters } from './expressions.ts'
import { type FormulaDesk, refuseFormula } from './formula-desk.ts'
import { branchesOf, familyOf } from './formula-types.ts'
import { kindOf, type Node, open } from './tree.ts'

/** The expressions of formulas: the shared ones, with types that must fit. */
export const formulaWriters: Writers<FormulaDesk> = {
  ...sharedWriters,
  in: bracketed('this', (of, desk) => {
    const [first, ...others] = writeAlike(
      present([of.node('this'), ...of.nodes('expressions')]),
      desk,
    )
    return raw('(', first ?? refused, of.flag('not') ? ' not in (' : ' in (', join(others), '))')
  }),
  between: bracketed('this', (of, desk) => {
    const nodes = present(['this', 'low', 'high'].map((part) => of.node(part)))
    const [first = refused, low = refused, high = refused] = writeAlike(nodes, desk)
    return raw('(', first, of.flag('not') ? ' not between ' : ' between ', low, ' and ', high, ')')
  }),
  eq: compared(comparison('=')),
  neq: compared(comparison('<>')),
  lt: compared(comparison('<')),
  lte: compared(comparison('<=')),
  gt: compared(comparison('>')),
  gte: compared(comparison('>=')),
  null_safe_eq: compared(comparison('is not distinct from')),
  null_safe_neq: compared(comparison('is distinct from')),
  add: numeric('add'),
  sub: numeric('sub'),
  mul: numeric('mul'),
  div: numeric('div'),
  mod: numeric('mod'),
  case: (of, desk) => {
    sharedType(branchesOf({ case: { whens: of.take('whens'), else_: of.take('else_') } }), desk)
    return shared('case')(of, desk)
  },
}

/** Writes values that stand side by side: they must be of one kind; a text that is written out becomes what the others are. */
export function writeAlike(nodes: readonly Node[], desk: FormulaDesk): readonly Part[] {
  const type = sharedType(nodes, desk)
  return nodes.map((node) => {
    const part = desk.write(node)
    const converts = type !== undefined && familyOf(type) !== 'text' && isText(node)
    return converts ? tryCast(part, type) : part
  })
}

/** The type that the values share, apart from written texts; a mix of kinds is refused. */
function sharedType(nodes: readonly Node[], desk: FormulaDesk): FieldType | undefined {
  const types = nodes
    .filter((node) => !isText(node))
    .map((node) => desk.typeOf(node))
    .filter((type) => type !== undefined)
  const other = types.find((type) => types[0] && familyOf(type) !== familyOf(types[0]))
  if (other !== undefined) {
    const why = `${types[0]} and ${other} do not fit together; cast one of them, for example cast(… as ${types[0]})`
    refuseFormula(why, nodes[0], desk)
  }
  return types[0]
}

const isText = (node: Node) =>
  kindOf(node) === 'literal' && open(node).word('literal_type') === 'string'

function shared(kind: string): Writer<FormulaDesk> {
  return (of, desk) => sharedWriters[kind]?.(of, desk) ?? refused
}

const present = (nodes: readonly (Node | undefined)[]): readonly Node[] =>
  nodes.filter((node) => node !== undefined)

function comparison(operator: string): Writer<FormulaDesk> {
  return (of, desk) => {
    const sides = present([of.node('left'), of.node('right')])
    return raw('(', join(writeAlike(sides, desk), raw(` ${operator} `)), ')')
  }
}

function numeric(kind: string): Writer<FormulaDesk> {
  return (of, desk) => {
    const [left, right] = [of.node('left'), of.node('right')]
    const types = [left, right].map((node) => node && desk.typeOf(node))
    const why = whyNoNumber(kind, types)
    return why ? refuseFormula(why, left, desk) : shared(kind)(of, desk)
  }
}

function whyNoNumber(kind: string, types: readonly (FieldType | undefined)[]): string | undefined {
  const [left, right] = types
  const bad = types.find((type) => type && ['text', 'boolean'].includes(familyOf(type)))
  if (bad) return `${bad} is no number; cast it first, for example cast(… as decimal)`
  const days = (left === 'date' && kind === 'add') || (left === 'date' && kind === 'sub')
  if (days && (right === undefined || right === 'integer' || right === 'date')) return undefined
  const time = types.find((type) => type && familyOf(type) === 'time')
  return time && `use date_add and date_diff with ${time} values`
}
