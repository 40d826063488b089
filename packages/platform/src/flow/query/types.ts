import type { Part } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { raw } from './desk.ts'
import type { Parts } from './tree.ts'

const fieldTypesByWord: Readonly<Record<string, FieldType>> = {
  text: 'text',
  var_char: 'text',
  char: 'text',
  tiny_int: 'integer',
  small_int: 'integer',
  int: 'integer',
  big_int: 'integer',
  decimal: 'decimal',
  float: 'number',
  double: 'number',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
}

/** Our word for a type that the parser has read; undefined when it is none of ours. */
export function fieldTypeOf(type: Parts): FieldType | undefined {
  type.take('length')
  return fieldTypesByWord[type.word('data_type')]
}

const moreTypes: Readonly<Record<string, string>> = {
  int128: 'hugeint',
  interval: 'interval',
  time: 'time',
}

/** A type that queries may cast to: one of ours, a decimal of any size, or a list of these. */
export function queryType(type: Parts): FieldType | Part | undefined {
  const word = type.word('data_type')
  if (word === 'array') {
    const element = type.inner('element_type')
    const of = element && queryType(element)
    return of === undefined ? undefined : raw(typeNameOf(of), '[]')
  }
  if (word === 'decimal') return decimalType(type)
  if (word === 'timestamp' && type.flag('timezone')) return raw('timestamptz')
  const more = moreTypes[word]
  return more === undefined ? fieldTypeOf(type) : raw(more)
}

/** A type as a part of a statement. */
export const typeNameOf = (type: FieldType | Part): Part =>
  typeof type === 'string' ? { kind: 'type', type } : type

function decimalType(type: Parts): Part {
  const [precision, scale] = [type.take('precision'), type.take('scale')]
  if (!isSize(precision)) return raw('decimal(18,3)')
  return raw(`decimal(${precision}, ${isSize(scale) ? scale : 0})`)
}

const isSize = (of: unknown): of is number =>
  typeof of === 'number' && Number.isInteger(of) && of >= 0 && of <= 38
