import { type FieldType, isNumeric } from '#kernel/scalar.ts'
import { callOf } from './calls.ts'
import { kindOf, type Node, open, openParts } from './tree.ts'
import { fieldTypeOf } from './types.ts'

/** Where types of names and calls come from. */
export interface KnownTypes {
  readonly field: (name: string) => FieldType | undefined
  readonly call: (name: string, args: readonly Node[]) => FieldType | undefined
}

/** The type of an expression; undefined when it is null, or refused elsewhere. */
export function typeOf(node: Node, known: KnownTypes): FieldType | undefined {
  const found = callOf(node)
  if (found) return known.call(found.call.name, found.call.args)
  const kind = kindOf(node)
  if (truths.has(kind)) return 'boolean'
  const parts = open(node)
  const of = (part: string) => {
    const inner = parts.node(part)
    return inner && typeOf(inner, known)
  }
  switch (kind) {
    case 'literal':
      return literalType(parts.word('literal_type'), parts.word('value'))
    case 'column':
      return known.field(parts.name('name')?.text ?? '')
    case 'concat':
      return 'text'
    case 'div':
      return 'number'
    case 'add':
    case 'sub':
    case 'mul':
    case 'mod':
      return arithmeticType(kind, of('left'), of('right'))
    case 'neg':
    case 'paren':
    case 'annotated':
      return of('this')
    case 'cast':
    case 'try_cast': {
      const type = parts.inner('to')
      return type && fieldTypeOf(type)
    }
    case 'if_func':
      return commonType([of('true_value'), of('false_value')])
    case 'case':
      return commonType(branchesOf(node).map((branch) => typeOf(branch, known)))
    default:
      return undefined
  }
}

/** The values that a CASE can give. */
export function branchesOf(node: Node): readonly Node[] {
  const parts = open(node)
  const whens = parts.take('whens')
  const otherwise = parts.node('else_')
  const values = (Array.isArray(whens) ? whens : []).flatMap((pair: unknown) =>
    openParts('case', { pair }).nodes('pair').slice(1, 2),
  )
  return otherwise ? [...values, otherwise] : values
}

/** The type that values of several types have together: the widest number, an instant rather than a day. */
export function commonType(types: readonly (FieldType | undefined)[]): FieldType | undefined {
  const known = types.filter((type) => type !== undefined)
  return widest.find((type) => known.includes(type)) ?? known[0]
}

const widest: readonly FieldType[] = ['number', 'decimal', 'integer', 'timestamp', 'date', 'text']

/** What can be compared and mixed with what. */
export function familyOf(type: FieldType): 'text' | 'number' | 'time' | 'boolean' {
  if (isNumeric(type)) return 'number'
  if (type === 'date' || type === 'timestamp') return 'time'
  return type === 'boolean' ? 'boolean' : 'text'
}

const truths = new Set(
  'and or not eq neq lt lte gt gte null_safe_eq null_safe_neq like i_like in between is_null is_true is_false boolean'.split(
    ' ',
  ),
)

function literalType(literal: string, text: string): FieldType | undefined {
  if (literal === 'date' || literal === 'timestamp') return literal
  if (literal !== 'number') return 'text'
  if (/^\d+$/.test(text)) return 'integer'
  return /e/i.test(text) ? 'number' : 'decimal'
}

function arithmeticType(
  kind: string,
  left: FieldType | undefined,
  right: FieldType | undefined,
): FieldType | undefined {
  if (left === 'date' || left === 'timestamp') {
    return kind === 'sub' && right !== undefined && familyOf(right) === 'time' ? 'integer' : left
  }
  return commonType([left, right])
}
