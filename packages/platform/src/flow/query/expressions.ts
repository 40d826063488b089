import { join, type Part, sql } from '#engine'
import { type Desk, raw, refused, refuseRest, type Writer, type Writers } from './desk.ts'
import { kindOf, type Node, open, openParts, type Parts } from './tree.ts'

const distinctions = ['null_safe_eq', 'null_safe_neq']
const comparisons = ['eq', 'neq', 'lt', 'lte', 'gt', 'gte', ...distinctions]

/** A writer that wants brackets around a comparison that stands before its word. */
export const bracketed = <D extends Desk>(part: string, writer: Writer<D>): Writer<D> =>
  unmixed(part, comparisons, writer)

/** A comparison. Engines read `a is distinct from b = c` and `a = not b is null` from the right, the parser from the left. */
export const compared = <D extends Desk>(writer: Writer<D>): Writer<D> =>
  unmixed('left', distinctions, unmixed('right', ['not'], writer))

/** The expressions that queries and formulas share: literals, operators, conditions, casts. */
export const sharedWriters: Writers<Desk> = {
  literal: writeLiteral,
  boolean: (of) => raw(of.flag('value') ? 'true' : 'false'),
  null: () => raw('null'),
  paren: (of, desk) => must(of, 'this', desk),
  annotated: (of, desk) => must(of, 'this', desk),
  column: (of, desk) => {
    const name = of.name('name')
    return name ? desk.column(name, of.name('table')) : refused
  },

  and: chain('and'),
  or: chain('or'),
  add: unmixed('left', ['concat'], chain('+')),
  sub: unmixed('left', ['concat'], infix('-')),
  mul: chain('*'),
  div: (of, desk) => desk.divide(must(of, 'left', desk), must(of, 'right', desk)),
  mod: infix('%'),
  concat: chain('||'),
  eq: compared(infix('=')),
  neq: compared(infix('<>')),
  lt: compared(infix('<')),
  lte: compared(infix('<=')),
  gt: compared(infix('>')),
  gte: compared(infix('>=')),
  null_safe_eq: compared(infix('is not distinct from')),
  null_safe_neq: compared(infix('is distinct from')),
  neg: (of, desk) => raw('(- ', must(of, 'this', desk), ')'),
  not: (of, desk) => raw('(not ', must(of, 'this', desk), ')'),

  like: bracketed('left', likeAs('like')),
  i_like: bracketed('left', likeAs('ilike')),
  between: bracketed('this', (of, desk) =>
    raw(
      '(',
      must(of, 'this', desk),
      of.flag('not') ? ' not between ' : ' between ',
      must(of, 'low', desk),
      ' and ',
      must(of, 'high', desk),
      ')',
    ),
  ),
  is_null: isWord('null'),
  is_true: isWord('true'),
  is_false: isWord('false'),

  case: writeCase,
  if_func: (of, desk) => {
    const otherwise = of.node('false_value')
    return raw(
      'case when ',
      must(of, 'condition', desk),
      ' then ',
      must(of, 'true_value', desk),
      ...(otherwise ? [' else ', desk.write(otherwise)] : []),
      ' end',
    )
  },
  cast: (of, desk) => writeCast(of, desk, 'strict'),
  try_cast: (of, desk) => writeCast(of, desk, 'try'),
}

/** `x in (…)` with a list of values; queries also know sub-queries. */
export const writeInList = bracketed('this', (of, desk) => {
  const negation = of.flag('not') ? ' not in (' : ' in ('
  return raw('(', must(of, 'this', desk), negation, listed(of.nodes('expressions'), desk), '))')
})

/** Writes a part that must be there. */
export function must(of: Parts, part: string, desk: Desk): Part {
  const node = of.node(part)
  if (node) return desk.write(node)
  desk.forbid(`${of.kind} without ${part}`, { word: of.kind })
  return refused
}

/** A list of expressions with commas between. */
export const listed = (nodes: readonly Node[], desk: Desk): Part =>
  join(nodes.map((node) => desk.write(node)))

function infix(operator: string): Writer<Desk> {
  return (of, desk) =>
    raw('(', must(of, 'left', desk), ` ${operator} `, must(of, 'right', desk), ')')
}

// Where the parser orders operators otherwise than engines do, whoever leaves out the brackets has to say what is meant.
function unmixed<D extends Desk>(
  part: string,
  kinds: readonly string[],
  writer: Writer<D>,
): Writer<D> {
  return (of, desk) => {
    const operand = of.node(part)
    if (!operand || !kinds.includes(operatorOf(operand))) return writer(of, desk)
    desk.forbid('this mix of operators without brackets', { node: operand })
    return refused
  }
}

// `not (a)` is read as a call of a function.
const operatorOf = (node: Node): string =>
  kindOf(node) === 'function' && open(node).word('name').toLowerCase() === 'not'
    ? 'not'
    : kindOf(node)

// `a and b and c` is a tree that leans to the left; it is written flat, so that long ones do not nest.
function chain(operator: string): Writer<Desk> {
  return (of, desk) => {
    const operands: Part[] = []
    let at: Parts = of
    for (;;) {
      operands.unshift(must(at, 'right', desk))
      const left = at.node('left')
      if (!left || kindOf(left) !== of.kind) {
        operands.unshift(left ? desk.write(left) : refused)
        refuseRest(at, desk)
        break
      }
      refuseRest(at, desk)
      at = open(left)
    }
    return raw('(', join(operands, raw(` ${operator} `)), ')')
  }
}

function likeAs(operator: string): Writer<Desk> {
  return (of, desk) => {
    const escaped = of.node('escape')
    return raw(
      '(',
      must(of, 'left', desk),
      ` ${operator} `,
      must(of, 'right', desk),
      ...(escaped ? [' escape ', desk.write(escaped)] : []),
      ')',
    )
  }
}

function isWord(word: string): Writer<Desk> {
  return unmixed('this', ['not'], (of, desk) =>
    raw('(', must(of, 'this', desk), of.flag('not') ? ` is not ${word})` : ` is ${word})`),
  )
}

function writeCase(of: Parts, desk: Desk): Part {
  const operand = of.node('operand')
  const otherwise = of.node('else_')
  const whens = of.take('whens')
  const branches = (Array.isArray(whens) ? whens : []).map((pair: unknown) => {
    const when = openParts('case', { pair }).nodes('pair')
    return sql` when ${writeOr(when[0], desk)} then ${writeOr(when[1], desk)}`
  })
  return raw(
    'case',
    ...(operand ? [' ', desk.write(operand)] : []),
    ...branches,
    ...(otherwise ? [' else ', desk.write(otherwise)] : []),
    ' end',
  )
}

const writeOr = (node: Node | undefined, desk: Desk) => (node ? desk.write(node) : refused)

function writeCast(of: Parts, desk: Desk, how: 'strict' | 'try'): Part {
  const type = of.inner('to')
  return type ? desk.castTo(type, must(of, 'this', desk), how) : refused
}

function writeLiteral(of: Parts, desk: Desk): Part {
  const text = String(of.take('value') ?? '')
  const type = of.word('literal_type')
  switch (type) {
    case 'string':
    case 'national_string':
      return desk.text(text)
    case 'dollar_string':
      // The parser keeps `$tag$text$tag$` as tag, zero character, text.
      return desk.text(text.slice(text.indexOf('\0') + 1))
    case 'escape_string':
      return writeEscaped(text.replace(/^e:/i, ''), desk)
    case 'number':
      return writeNumber(text, desk)
    case 'date':
    case 'timestamp':
      return desk.castTo(openParts('type', { data_type: type }), desk.text(text), 'strict')
    default:
      desk.forbid(`a literal of kind ${type.replaceAll('_', ' ')}`, { word: text })
      return refused
  }
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

// E'…' strings: the escapes that everybody knows are undone here, so that they are written like any other text.
function writeEscaped(text: string, desk: Desk): Part {
  const unknown = [...text.matchAll(/\\(.?)/gs)].find(([, letter = '']) => !(letter in escapes))
  if (!unknown)
    return desk.text(text.replace(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? ''))
  desk.forbid(`the escape ${unknown[0]} in a text`, {})
  return refused
}

function writeNumber(text: string, desk: Desk): Part {
  if (/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && text.length < 60) return raw(text)
  desk.forbid(`the number ${text.slice(0, 40)}`, { word: text })
  return refused
}
