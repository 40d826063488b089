import { type Part, sql, tryCast, value } from '#engine'
import { refuseIfAny } from '#kernel/fault.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { raw, refused, writeNode } from './desk.ts'
import { callType, writeFormulaCall } from './formula-calls.ts'
import {
  type FormulaDesk,
  type FormulaField,
  type FormulaLookup,
  fieldNamed,
  type LookupSource,
  refuseFormula,
  writeField,
} from './formula-desk.ts'
import { typeOf } from './formula-types.ts'
import { formulaWriters } from './formula-writers.ts'
import { type Parsed, parseText, tokensOf } from './parse.ts'
import { collectProblems, type Problems } from './problems.ts'
import { kindOf, type Node, open, type Parts } from './tree.ts'
import { fieldTypeOf } from './types.ts'

/** What a formula may use. */
export interface FormulaSources {
  readonly fields: readonly FormulaField[]
  readonly lookups?: Readonly<Record<string, LookupSource>>
  /** Whether rows may have fields that are not known yet: whatever else is named is null so far. */
  readonly isOpen?: boolean
}

/** A formula as an engine expression over a row that is called `r`. */
export interface CompiledFormula {
  readonly part: Part
  /** The fields it reads. */
  readonly reads: readonly string[]
  /** The fields it names that no row has had yet. */
  readonly lacks: readonly string[]
  /** What it gives; absent when it is always null. */
  readonly type?: FieldType
  readonly lookups: readonly FormulaLookup[]
  /** Whether something was divided by zero for a row, so that it has nothing; absent where nothing is divided. */
  readonly isUndivided?: Part
}

const longestFormula = 5000

/** Compiles a formula; throws everything that is wrong with it at once. */
export function compileFormula(text: string, sources: FormulaSources): CompiledFormula {
  const parsed = parseText(inOurWords(text), 'select ', longestFormula)
  const problems = collectProblems(parsed)
  const node = onlyExpression(parsed, problems)
  const desk = deskOf(sources, problems)
  const part = node && desk.write(node)
  refuseIfAny(problems.found())
  if (!node || !part) throw new Error('a formula was neither written nor refused')
  const type = desk.typeOf(node)
  return {
    part: type === 'decimal' && kindOf(node) !== 'column' ? tryCast(part, type) : part,
    reads: [...desk.reads],
    lacks: [...desk.lacks],
    ...(type === undefined ? {} : { type }),
    lookups: desk.lookups,
    ...undivided({ node, part, sources, problems }),
  }
}

// Written once more with infinity as the answer: what has something then, and else nothing, was divided by zero.
function undivided({
  node,
  part,
  sources,
  problems,
}: {
  readonly node: Node
  readonly part: Part
  readonly sources: FormulaSources
  readonly problems: Problems
}): Pick<CompiledFormula, 'isUndivided'> {
  let divides = false
  const desk = deskOf(sources, problems, (a, b) => {
    divides = true
    return sql`(${tryCast(a, 'number')} / ${tryCast(b, 'number')})`
  })
  const infinite = desk.write(node)
  return divides ? { isUndivided: sql`(${part} is null and ${infinite} is not null)` } : {}
}

// The parser takes our type `number` for a decimal; it is a double. Both words have six letters, so places stay.
function inOurWords(text: string): string {
  const letters = [...text]
  const tokens = tokensOf(text)
  tokens.forEach(({ text: word, offset }, i) => {
    const before = tokens[i - 1]?.text.toLowerCase()
    const isType = before === 'as' || before === '::'
    const written = letters
      .slice(offset, offset + 6)
      .join('')
      .toLowerCase()
    if (isType && word.toLowerCase() === 'number' && written === 'number') {
      letters.splice(offset, 6, ...'double')
    }
  })
  return letters.join('')
}

function onlyExpression({ statements }: Parsed, problems: Problems): Node | undefined {
  const [statement, second] = statements
  if (!statement || problems.found().length > 0) return undefined
  const parts = open(statement)
  const [expression, another] = parts.nodes('expressions')
  const isOne = kindOf(statement) === 'select' && !second && !another && parts.rest().length === 0
  if (isOne && expression && kindOf(expression) !== 'alias') return expression
  problems.forbid('more than one expression', { node: another ?? second })
  return undefined
}

function deskOf(
  { fields, lookups: sources = {}, isOpen = false }: FormulaSources,
  problems: Problems,
  divide: FormulaDesk['divide'] = (a, b) => sql`(${a} / nullif(${b}, 0))`,
): FormulaDesk {
  const desk: FormulaDesk = {
    problems,
    fields,
    sources,
    lookups: [],
    reads: new Set(),
    isOpen,
    lacks: new Set(),
    forbid: problems.forbid,
    write: (node) => writeNode(node, formulaWriters, desk),
    typeOf: (node) =>
      typeOf(node, {
        field: (name) => fieldNamed(name, fields)?.type,
        call: (name, args) => callType({ name, args }, desk),
      }),
    text: (of) => value(of),
    column: (name, of) => writeField(name, of, desk),
    call: (call) =>
      call.name === 'not' ? writeNot(call.args, desk) : writeFormulaCall(call, desk),
    divide,
    castTo: (type, of) => writeCast(type, of, desk),
  }
  return desk
}

const writeNot = ([of]: readonly Node[], desk: FormulaDesk): Part =>
  of ? raw('(not ', desk.write(of), ')') : refused

function writeCast(type: Parts, of: Part, desk: FormulaDesk): Part {
  const to = fieldTypeOf(type)
  const size = type.take('precision') ?? type.take('scale')
  if (to !== undefined && typeof size !== 'number') return tryCast(of, to)
  const types = 'text, integer, decimal, number, boolean, date, timestamp'
  return refuseFormula(`types are ${types}, without a size`, undefined, desk)
}
