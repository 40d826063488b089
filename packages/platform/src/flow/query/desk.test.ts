import { expect, test } from 'vitest'
import { duckdb, print } from '#engine'
import { type Desk, raw, writeNode } from './desk.ts'
import { sharedWriters } from './expressions.ts'

function written(node: Readonly<Record<string, unknown>>) {
  const forbidden: string[] = []
  const desk: Desk = {
    write: (inner) => writeNode(inner, sharedWriters, desk),
    text: (of) => raw(`'${of}'`),
    column: ({ text }) => raw(text),
    call: ({ name }) => raw(`${name}()`),
    divide: (a, b) => raw(a, ' / ', b),
    castTo: (_, of) => of,
    forbid: (what) => forbidden.push(what),
  }
  return { text: print(desk.write(node), duckdb).text, forbidden }
}

const one = { literal: { literal_type: 'number', value: '1' } }

test('a kind of node that nobody wrote for is refused', () => {
  expect(written({ brand_new_kind: { this: one } }).forbidden).toEqual(['brand new kind'])
  expect(written({ constructor: {} }).forbidden).toEqual(['constructor'])
  expect(written({ raw: { sql: 'drop table x' } }).forbidden).toEqual(['raw'])
})

test('a part that nobody asks for is refused when it holds something', () => {
  const and = { left: one, right: one, left_comments: ['x'], brand_new: null, other: [] }
  expect(written({ and }).forbidden).toEqual([])
  expect(written({ and: { ...and, brand_new: 'x' } }).forbidden).toContain('and brand new')
  const nested = { and: { left: { and: { ...and, hook: { a: 1 } } }, right: one } }
  expect(written(nested).forbidden).toEqual(['and hook'])
})

test('a number is a number', () => {
  const literal = { literal_type: 'number', value: '1); drop table x' }
  expect(written({ literal }).forbidden).toHaveLength(1)
})
